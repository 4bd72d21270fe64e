"""Every frame of every server: who said what to whom, how long it took, and the frame itself beside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import DataTable, Input, Static

from mcp_tui.domain.exchanges import Exchange, Exchanges
from mcp_tui.domain.text import clean, human_size, human_time, pretty_json
from mcp_tui.domain.trace import Frame
from mcp_tui.ui.widgets.code import Calm
from mcp_tui.ui.widgets.exchange_table import SHOWN, ExchangeTable
from mcp_tui.ui.widgets.messages import CopyRequested

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

SHOWN_BYTES = 20_000
"""Of a frame beside the table; `y` copies all that was kept."""
EVERY = 0.2
"""Seconds between looks at the trace while the table is on screen."""


class TrafficView(Horizontal):
    """A table of exchanges and the frames of the one under the cursor."""

    DEFAULT_CSS = """
    TrafficView {
        #frames { width: 50; max-width: 36%; margin-left: 2; padding-left: 2; border-left: solid $panel;
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
        self.table = ExchangeTable()

    def compose(self) -> ComposeResult:
        yield Input(placeholder="server, method or words", id="traffic-filter")
        yield self.table
        with VerticalScroll(id="frames", can_focus=False):
            yield Static("[$quiet]Nothing sent yet. Calls appear here.[/]", id="frame")

    def on_mount(self) -> None:
        self._look()
        self.set_interval(EVERY, self._look)

    @property
    def is_paused(self) -> bool:
        return self._paused

    def _look(self) -> None:
        """Take in the frames that came since the last look."""
        if self._paused or not self.is_on_screen or self._trace.total == self._seen:
            return
        follows = self.table.follows
        for frame in self._trace:
            if frame.number > self._seen:
                exchange = self._exchanges.add(frame)
                self.table.put(exchange, self._matches(exchange))
        self._seen = self._trace.total
        if follows:
            self.table.to_end()

    def _matches(self, exchange: Exchange) -> bool:
        frame = exchange.first
        words = f"{frame.server} {frame.method} {frame.what} {exchange.error}".lower()
        return all(word in words for word in self._wanted.lower().split())

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._show(self.table.chosen)

    def _show(self, exchange: Exchange | None) -> None:
        if exchange is None:
            return
        parts = [_titled("request" if exchange.first.id else "notification", exchange.first)]
        if exchange.reply is not None:
            parts += [Content(""), _titled("reply", exchange.reply, exchange.seconds)]
        self.query_one("#frame", Static).update(Content("\n").join(parts))

    def action_copy(self) -> None:
        if (exchange := self.table.chosen) is not None:
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
        self.table.fill(exchange for exchange in self._exchanges if self._matches(exchange))

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
