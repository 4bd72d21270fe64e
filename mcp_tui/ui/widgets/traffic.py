"""Every frame of every server: who said what to whom, how long it took, and the frame itself beside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import DataTable, Input, Static

from mcp_tui.domain.exchanges import Exchange, Exchanges
from mcp_tui.domain.text import clean, clean_line, human_size, human_time, pretty_json, shorten
from mcp_tui.domain.trace import Frame
from mcp_tui.ui.widgets.code import Calm
from mcp_tui.ui.widgets.messages import CopyRequested

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

SHOWN = 1_000
"""Exchanges in the table; the trace itself keeps more."""
SHOWN_BYTES = 20_000
"""Of a frame beside the table; `y` copies all that was kept."""
EVERY = 0.2
"""Seconds between looks at the trace while the table is on screen."""
COLUMNS = (("time", 8), ("server", 10), ("", 1), ("method", 22), ("what", 13), ("took", 9), ("size", 7))


class TrafficView(Horizontal):
    """A table of exchanges and the frames of the one under the cursor."""

    DEFAULT_CSS = """
    TrafficView {
        DataTable {
            width: 1fr; background: transparent; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
            & > .datatable--header { background: transparent; color: $text-muted; text-style: none; }
            & > .datatable--cursor { background: $block-cursor-background; color: $foreground; }
            & > .datatable--odd-row, & > .datatable--even-row { background: transparent; }
        }
        #frames { width: 50; max-width: 45%; margin-left: 2; padding-left: 2; border-left: solid $panel;
            scrollbar-size-vertical: 1; }
        #traffic-filter { display: none; dock: top; }
        #traffic-filter.-open { display: block; }
    }
    """
    BINDINGS = [
        Binding("slash", "filter", "Filter"),
        Binding("p", "pause", "Pause"),
        Binding("y", "copy", "Copy"),
    ]

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._trace = bench.trace
        self._exchanges = Exchanges(SHOWN)
        self._seen = 0
        self._paused = False
        self._wanted = ""
        self.table: DataTable[Text] = DataTable(cursor_type="row", zebra_stripes=False)

    def compose(self) -> ComposeResult:
        yield Input(placeholder="server, method or words", id="traffic-filter")
        yield self.table
        with VerticalScroll(id="frames", can_focus=False):
            yield Static("[$quiet]Nothing sent yet. Calls appear here.[/]", id="frame")

    def on_mount(self) -> None:
        for name, width in COLUMNS:
            self.table.add_column(name, width=width)
        self._look()
        self.set_interval(EVERY, self._look)

    @property
    def is_paused(self) -> bool:
        return self._paused

    def _look(self) -> None:
        """Take in the frames that came since the last look."""
        if self._paused or not self.is_on_screen or self._trace.total == self._seen:
            return
        follows = self.table.cursor_row >= self.table.row_count - 1
        for frame in self._trace:
            if frame.number > self._seen:
                self._take(frame)
        self._seen = self._trace.total
        if follows and self.table.row_count:
            self.table.move_cursor(row=self.table.row_count - 1)

    def _take(self, frame: Frame) -> None:
        exchange = self._exchanges.add(frame)
        key = str(exchange.first.number)
        if key in self.table.rows:
            for column, cell in zip(self.table.columns, self._cells(exchange), strict=True):
                self.table.update_cell(key, column, cell)
        elif self._matches(exchange):
            self.table.add_row(*self._cells(exchange), key=key)
            if self.table.row_count > SHOWN:
                self.table.remove_row(next(iter(self.table.rows)))

    def _matches(self, exchange: Exchange) -> bool:
        frame = exchange.first
        words = f"{frame.server} {frame.method} {frame.what} {exchange.error}".lower()
        return all(word in words for word in self._wanted.lower().split())

    def _cells(self, exchange: Exchange) -> list[Text]:
        frame, colour = exchange.first, self.app.get_css_variables()
        quiet = colour["quiet"]
        voice = "" if frame.id else quiet
        state = Text(*_state(exchange, colour))
        return [
            Text(time.strftime("%H:%M:%S", time.localtime(frame.time)), quiet),
            Text(shorten(clean_line(frame.server), 10)),
            Text("→" if frame.outgoing else "←", quiet if frame.outgoing else colour["hue"]),
            Text(shorten(clean_line(frame.method or ("reply" if frame.is_reply else "not JSON-RPC")), 22), voice),
            Text(shorten(clean_line(frame.what), 13), voice),
            state,
            Text(f"{human_size(exchange.size):>7}", quiet),
        ]

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._show(self._under_cursor())

    def _under_cursor(self) -> Exchange | None:
        if not self.table.row_count:
            return None
        key = self.table.coordinate_to_cell_key(self.table.cursor_coordinate).row_key.value
        return next((each for each in self._exchanges if str(each.first.number) == key), None)

    def _show(self, exchange: Exchange | None) -> None:
        if exchange is None:
            return
        parts = [_titled("request" if exchange.first.id else "notification", exchange.first)]
        if exchange.reply is not None:
            parts += [Content(""), _titled("reply", exchange.reply, exchange.seconds)]
        self.query_one("#frame", Static).update(Content("\n").join(parts))

    def action_copy(self) -> None:
        if (exchange := self._under_cursor()) is not None:
            frames = [exchange.first, *([exchange.reply] if exchange.reply else [])]
            self.post_message(CopyRequested("\n".join(_text(frame) for frame in frames)))

    def action_pause(self) -> None:
        self._paused = not self._paused
        self.app.notify("Traffic is paused: p goes on" if self._paused else "Traffic goes on", timeout=2)

    def action_filter(self) -> None:
        field = self.query_one("#traffic-filter", Input)
        field.add_class("-open")
        field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._wanted = event.value
        self.table.clear()
        for exchange in self._exchanges:
            if self._matches(exchange):
                self.table.add_row(*self._cells(exchange), key=str(exchange.first.number))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        field = self.query_one("#traffic-filter", Input)
        if event.key == "escape" and field.has_class("-open"):
            event.stop()
            field.value = ""
            field.remove_class("-open")
            self.table.focus()


def _state(exchange: Exchange, colour: dict[str, str]) -> tuple[str, str]:
    """The took column: mark and time, and its colour."""
    seconds = exchange.seconds
    if exchange.error:
        return f"✗ {human_time(seconds):>7}" if seconds is not None else "✗", colour["bad"]
    if seconds is not None:
        return f"✓ {human_time(seconds):>7}", colour["quiet"]
    return ("◌ waits", colour["hue"]) if exchange.waits else ("·", colour["quiet"])


def _titled(word: str, frame: Frame, after: float | None = None) -> Content:
    arrow = "→" if frame.outgoing else "←"
    moment = time.strftime("%H:%M:%S", time.localtime(frame.time)) if after is None else f"+ {human_time(after)}"
    title = Content.from_markup(f"[b]{arrow} {word}[/b]   [$quiet]{moment} · {human_size(frame.size)}[/]\n")
    text = _text(frame)
    cut = "" if len(text) <= SHOWN_BYTES else f"\n… {human_size(frame.size)} in all: y copies what was kept"
    return title + highlight(text[:SHOWN_BYTES], language="json", theme=Calm) + Content(cut)


def _text(frame: Frame) -> str:
    """The frame as shown text: pretty JSON, or the raw line when it is none."""
    body = frame.body
    return clean(pretty_json(body) if body is not None else frame.raw.decode("utf-8", "replace"))
