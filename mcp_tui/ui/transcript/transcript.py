"""The chat view: a line-API widget over a story's blocks. What it costs is what it shows, whatever the length."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from mcp_tui.chat.events import TurnFailed
from mcp_tui.ui.later import later
from mcp_tui.ui.transcript import selecting, walking
from mcp_tui.ui.transcript.blocks import Block, NoteBlock, NoteKind, OutputBlock, UserBlock
from mcp_tui.ui.transcript.column import Column
from mcp_tui.ui.transcript.lines import MAX_WIDTH
from mcp_tui.ui.transcript.palette import Palette
from mcp_tui.ui.transcript.story import Story
from mcp_tui.ui.widgets.pieces import in_front

if TYPE_CHECKING:
    from asyncio import TimerHandle

    from textual.selection import Selection
    from textual.timer import Timer

    from mcp_tui.chat.events import TurnEvent
    from mcp_tui.domain.chat import ToolCall
    from mcp_tui.domain.permission import Request

_PACE = 0.05
"""Seconds between two drawings while an answer streams."""
_SHARE = 4
"""Drawing pauses at least this many times as long as it took, so that no answer can eat the machine."""
_MORE = " ↓ more "


class Transcript(ScrollView, can_focus=True):
    """The conversation. Events go in through `fold`, blocks are read, opened and copied with the keyboard or mouse."""

    DEFAULT_CSS = """
    Transcript { height: 1fr; background: transparent; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", "Block above", show=False, id="transcript.up"),
        Binding("down", "walk(1)", "Block below", show=False, id="transcript.down"),
        Binding("enter", "use", "Unfold, or fold", id="transcript.open"),
        Binding("y", "copy_block", "Copy the block", id="transcript.copy"),
        Binding("o", "open_link", "Open an address in it, after a question", show=False, id="transcript.link"),
        Binding("r", "retry", "Try again, where the endpoint failed", show=False, id="transcript.retry"),
        Binding("t", "more_time", "60 s more for the calls that run", show=False, id="transcript.time"),
    ]

    HELP = "The conversation. Up and down choose a block, enter opens it, y copies it, o opens an address in it."

    @dataclass
    class LinkRequested(Message):
        """The user wants to open an address that stands in this text."""

        text: str

    @dataclass
    class CopyRequested(Message):
        """The user wants this text in the clipboard."""

        text: str
        """In its shown form."""

    class RetryRequested(Message):
        """The user wants the failed turn again."""

    def __init__(
        self,
        *,
        empty_text: Content | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._empty_text = empty_text or Content("")
        self._empty_lines: tuple[object, list[Strip]] | None = None
        """The empty text as it was last laid out, and for what."""
        self._story = Story()
        self._column = Column()
        self._cursor: int | None = None
        self._follows = True
        self._drawn_at = self._cost = 0.0
        self._drawing: TimerHandle | None = None
        self._ticking: Timer | None = None
        self._palette: Palette | None = None

    # ---- what comes in ----------------------------------------------------------------------

    def add_user(self, text: str) -> None:
        """Show what the user said, and go to the end: the answer comes there."""
        self._follows = True
        self._add(UserBlock(text))

    def add_note(self, text: str, *, kind: NoteKind = "quiet") -> None:
        """Show a sentence of ours."""
        self._add(NoteBlock(text, kind))

    def add_output(self, title: str, text: str, *, markdown: bool = False) -> None:
        """Show what a command gave."""
        self._add(OutputBlock(title, text, markdown=markdown))

    def add_user_call(
        self, server: str, tool: str, arguments: dict[str, Any], request: Request | None = None
    ) -> ToolCall:
        """Show a call that the user typed. Fold its events (approved, progressed, …) with the returned call."""
        call = self._story.ask_for_user(server, tool, arguments, request)
        self._changed()
        return call

    def fold(self, event: TurnEvent) -> None:
        """Let one event of a turn change what is shown."""
        self._story.fold(event)
        if isinstance(event, TurnFailed):
            self._cursor = len(self._story.blocks) - 1
        if self._story.changed:
            self._changed()

    def stopped(self) -> None:
        """The user stopped the turn: say so, and close what is open."""
        self._story.stop()
        self._changed()

    def clear(self) -> None:
        """An empty conversation."""
        self._story, self._column = Story(), Column()
        self._cursor, self._follows = None, True
        self.flush()

    @property
    def is_empty(self) -> bool:
        return not self._story.blocks

    @property
    def empty_text(self) -> Content:
        """The sentence that stands in an empty conversation."""
        return self._empty_text

    @empty_text.setter
    def empty_text(self, text: Content) -> None:
        self._empty_text, self._empty_lines = text, None
        self.refresh()

    def _add(self, block: Block) -> None:
        self._story.add(block)
        self._changed()

    # ---- drawing, at most 20 times a second ---------------------------------------------------

    def _changed(self) -> None:
        """Draw soon: at once when nothing was drawn lately, else when the pace allows it."""
        if self._drawing is None and self.is_mounted:
            pause = max(_PACE, self._cost * _SHARE) - (time.monotonic() - self._drawn_at)
            self._drawing = later(self, max(0.0, pause), self.flush)
        if self._ticking is not None and self._story.is_running:
            self._ticking.resume()

    def flush(self) -> None:
        """Draw what came in since the last time, now."""
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None
        width = min(MAX_WIDTH, self.scrollable_content_region.width)
        if width <= 0:
            return
        began = time.monotonic()
        held, held_offset = self._held_block()
        self._column.place(self._story.blocks, self._story.changed, width)
        self._story.changed.clear()
        size = Size(width, self._column.height)
        if size != self.virtual_size:
            self.virtual_size = size
        if self._follows:
            self._jump(self.max_scroll_y)
        elif held is not None:
            top, bottom = self._column.span(held)
            if (row := min(top + held_offset, bottom)) != self.scroll_offset.y:
                self._jump(row)
        self.refresh()
        self._drawn_at = time.monotonic()
        self._cost = self._drawn_at - began

    def _held_block(self) -> tuple[int | None, int]:
        """The block at the top of the view and the row of it, so that reading is not disturbed."""
        row = self.scroll_offset.y
        index = None if self._follows else self._column.at(row)
        return (None, 0) if index is None else (index, row - self._column.span(index)[0])

    def _tick(self) -> None:
        if not self._story.is_running:
            if self._ticking is not None:
                self._ticking.pause()
        elif in_front(self) and self._story.tick(still=self.app.animation_level == "none"):
            self._changed()

    def on_mount(self) -> None:
        self._ticking = self.set_interval(0.1, self._tick, pause=not self._story.is_running)
        self.watch(self.app, "theme", self._theme_changed, init=False)

    def on_resize(self) -> None:
        self.flush()

    def _theme_changed(self) -> None:
        self._palette = self._empty_lines = None
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self._palette is not None and self._palette.page != self.rich_style.bgcolor:
            self._palette = None

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._follows = new_value >= self.max_scroll_y

    @property
    def _colours(self) -> Palette:
        if self._palette is None:
            ansi = self.app.current_theme.ansi
            self._palette = Palette(self.app.get_css_variables(), ansi, self.rich_style.bgcolor)
        return self._palette

    def render_line(self, y: int) -> Strip:
        """The row `y` of the view."""
        width = self.scrollable_content_region.width
        if self.is_empty:
            return self._empty_line(y, width)
        row = self.scroll_offset.y + y
        line = self._column.line(row)
        strip = line.strip(self._colours, self._column.width)
        if self.has_focus and self._is_of_cursor(row):
            strip = self._colours.mark(strip, self._column.width)
        if (selection := self.text_selection) is not None:
            style = self.screen.get_component_rich_style("screen--selection")
            strip = selecting.marked(strip, selection, row, line.lead, style)
        strip = strip.apply_offsets(0, row).extend_cell_length(width, self._colours.style(""))
        if y == self.scrollable_content_region.height - 1 and self.max_scroll_y > row - y:
            room = max(0, width - len(_MORE))
            return Strip.join([strip.crop(0, room), Strip([Segment(_MORE, self._colours.style("quiet"))])])
        return strip

    def _empty_line(self, y: int, width: int) -> Strip:
        look = width, self.visual_style
        if self._empty_lines is None or self._empty_lines[0] != look:
            room = max(1, width - 2)
            laid = Visual.to_strips(self, self._empty_text, room, None, look[1], apply_selection=False)
            self._empty_lines = look, laid
        strips = self._empty_lines[1]
        ground = self._colours.style("")
        if y >= len(strips):
            return Strip.blank(width, ground)
        return Strip.join([Strip([Segment(" ", ground)]), strips[y]]).extend_cell_length(width, ground)

    # ---- selecting with the mouse ---------------------------------------------------------------

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected rows without their bars, padding and fill."""
        return selecting.text(self._column, selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    # ---- keys and mouse ---------------------------------------------------------------------

    def _is_of_cursor(self, row: int) -> bool:
        if self._cursor is None or self._cursor >= self._column.count:
            return False
        top, bottom = self._column.span(self._cursor)
        return top <= row < bottom

    @property
    def _chosen(self) -> Block | None:
        """The focused block; the last one when none was chosen yet."""
        if self._cursor is None and self._story.blocks:
            self._cursor = len(self._story.blocks) - 1
        return None if self._cursor is None else self._story.blocks[self._cursor]

    def on_focus(self) -> None:
        self.flush()
        if self._cursor is None and self._story.blocks:
            self._cursor = len(self._story.blocks) - 1
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_walk(self, by: int) -> None:
        """Choose the next block up or down; a block taller than the view is scrolled through first."""
        self.flush()
        if self.is_empty:
            return
        step = walking.step(self._column, self._cursor, by, walking.View(self.scroll_offset.y, self.size.height))
        self._cursor = step.cursor
        if step.row is not None:
            self._jump(step.row)
        self.refresh()

    def _jump(self, row: int) -> None:
        """Scroll at once: a scroll in motion would be cut short, or cut the view off the end, by the next delta."""
        self.scroll_to(y=row, animate=False, force=True, immediate=True)

    def action_page_up(self) -> None:
        self._jump(self.scroll_offset.y - self.size.height)

    def action_page_down(self) -> None:
        self._jump(self.scroll_offset.y + self.size.height)

    def action_scroll_home(self) -> None:
        self._jump(0)

    def action_scroll_end(self) -> None:
        self.flush()
        self._jump(self.max_scroll_y)

    def action_use(self) -> None:
        """Open or fold the focused block; a failed turn is asked for again."""
        block = self._chosen
        if block is None:
            return
        if block.retryable:
            self.post_message(self.RetryRequested())
        elif block.foldable:
            self._toggle(block)

    def _toggle(self, block: Block) -> None:
        self._follows = False
        block.toggle()
        self._story.changed.add(block)
        self.flush()

    def action_copy_block(self) -> None:
        """Copy the focused block."""
        if (block := self._chosen) is not None:
            self.post_message(self.CopyRequested(block.copied))

    def action_open_link(self) -> None:
        """Open an address that stands in the focused block, after a question."""
        if (block := self._chosen) is not None:
            self.post_message(self.LinkRequested(block.copied))

    def action_retry(self) -> None:
        """Ask for the failed turn again, when its error is the focused block."""
        if (block := self._chosen) is not None and block.retryable:
            self.post_message(self.RetryRequested())

    def action_more_time(self) -> None:
        """The calls that run now may take a minute longer."""
        for card in self._story.open_cards():
            if card.grant_time():
                self._story.changed.add(card)
        self.flush()

    def on_click(self, event: events.Click) -> None:
        """A click chooses the block under it; on the first row of a foldable one, it opens or folds it."""
        offset = event.get_content_offset(self)
        if offset is None or self.text_selection is not None:
            return
        row = self.scroll_offset.y + offset.y
        index = self._column.at(row)
        if index is None:
            return
        self._cursor = index
        block = self._story.blocks[index]
        if block.foldable and row == self._column.span(index)[0] and event.chain == 1:
            self._toggle(block)
        self.refresh()
