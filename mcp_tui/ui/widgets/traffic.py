"""Every frame of every server: who said what to whom, how long it took, and the frame itself beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from mcp_tui.domain.exchanges import Exchanges, Row
from mcp_tui.domain.http_exchange import HttpExchange
from mcp_tui.ui.widgets.exchange_detail import as_text, detail
from mcp_tui.ui.widgets.exchange_table import SHOWN, ExchangeTable
from mcp_tui.ui.widgets.messages import CopyRequested
from mcp_tui.ui.widgets.pieces import in_front
from mcp_tui.ui.widgets.plain_fields import PlainInput

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

EVERY = 0.2
"""Seconds between looks at the trace while the table is on screen."""
AT_ONCE = 100
"""Rows that are put in one by one; of more than these the table is made anew, which is quicker."""


class TrafficView(Horizontal):
    """A table of exchanges and the frames of the one under the cursor; enter gives these all the room."""

    DEFAULT_CSS = """
    TrafficView {
        #frames { width: 50; max-width: 36%; margin-left: 2; padding-left: 2; border-left: solid $panel;
            scrollbar-size-vertical: 1; }
        &.-reading { ExchangeTable { display: none; } #frames { width: 1fr; max-width: 100%; margin-left: 0; } }
        #traffic-filter { display: none; dock: top; }
        #traffic-filter.-open { display: block; }
    }
    """
    BINDINGS = [
        Binding("slash", "filter", "Filter"),
        Binding("p", "pause", "Pause, and go on"),
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
        self._frames = VerticalScroll(
            Static("[$quiet]Nothing sent yet. Calls appear here.[/]", id="frame"), id="frames"
        )
        self._frames.can_focus = False

    def compose(self) -> ComposeResult:
        yield PlainInput(placeholder="server, method or words", id="traffic-filter")
        yield self.table
        yield self._frames

    def on_mount(self) -> None:
        self._look()
        self.set_interval(EVERY, self._look)

    @property
    def home(self) -> Widget:
        """The widget that takes the focus."""
        return self._frames if self.has_class("-reading") else self.table

    @property
    def is_paused(self) -> bool:
        return self._paused

    def _look(self) -> None:
        """Take in the frames that came since the last look."""
        if self._paused or not in_front(self) or self._trace.total == self._seen:
            return
        follows = self.table.follows and not self.has_class("-reading")
        chosen = self.table.chosen
        changed = [row for record in self._trace.since(self._seen) for row in self._exchanges.add(record)]
        self._seen = self._trace.total
        if len(changed) > AT_ONCE:
            self._fill()
        else:
            for row in changed:
                self.table.put(row, self._matches(row))
        if any(row is chosen for row in changed):
            self.call_after_refresh(self._show, chosen)
        if follows:
            self.table.to_end()

    def _fill(self) -> None:
        self.table.fill(row for row in self._exchanges if self._matches(row))

    def _matches(self, row: Row) -> bool:
        if isinstance(row, HttpExchange):
            words = f"{row.server} http {row.method} {row.target} {row.outcome} {row.about} {row.error}".lower()
        else:
            words = f"{row.server} {row.first.method} {row.first.what} {row.error}".lower()
        return all(word in words for word in self._wanted.lower().split())

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._show(self.table.chosen)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self._read(True)

    def _read(self, wide: bool) -> None:
        """Give all the room to what stands beside the table, and the keys too; or give them back."""
        self._frames.can_focus = wide
        self.set_class(wide, "-reading")
        self.home.focus()
        if wide:
            self._frames.scroll_home(animate=False)

    def _show(self, row: Row | None) -> None:
        if row is not None:
            self.query_one("#frame", Static).update(detail(row))

    def action_copy(self) -> None:
        if (row := self.table.chosen) is not None:
            self.post_message(CopyRequested(as_text(row)))

    def action_pause(self) -> None:
        self._paused = not self._paused
        self.app.notify("Traffic is paused: p goes on" if self._paused else "Traffic goes on", timeout=2)

    def action_filter(self) -> None:
        field = self.query_one("#traffic-filter", Input)
        field.add_class("-open")
        self.screen.set_focus(field)  # at once: the keys behind this one follow it

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._wanted = event.value
        self._fill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        field = self.query_one("#traffic-filter", Input)
        if event.key == "escape" and self.has_class("-reading"):
            event.stop()
            self._read(False)
        elif event.key == "escape" and field.has_class("-open"):
            event.stop()
            field.value = ""
            field.remove_class("-open")
            self.table.focus()
