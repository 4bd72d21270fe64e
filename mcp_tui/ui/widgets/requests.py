"""What waits for an answer of the user, in order, and what was answered before, the newest first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from mcp_tui.domain.text import clean_line, human_time, shorten
from mcp_tui.ui.answered import Answered
from mcp_tui.ui.widgets.pieces import in_front

if TYPE_CHECKING:
    from mcp_tui.ui.asking import Asking
    from mcp_tui.ui.questions import Waiting

    Line = Waiting | Answered

MARKS = {"yes": ("✓", "good"), "no": ("⊘", "quiet"), "open": ("·", "quiet")}
WAITS = ("?", "hue")
ASKED = {
    "elicitation": "asks you",
    "sampling": "asks a model",
    "roots": "your folders",
    "sign-in": "sign in",
    "review": "its texts",
    "consent": "start it",
    "rounds": "continue?",
}
"""What a question without an item is about."""
WIDTHS = {"": 1, "what": 24, "server": 14, "outcome": 28, "when": 8, "took": 11}
NARROW = {"what": 16, "server": 8, "outcome": 19, "took": 8}
"""On a small screen; what is cut stands whole in the details."""
PADDING = 2
EVERY = 1.0
"""Seconds between looks at the clock while something waits and nothing lies over the table."""
NONE = "[$quiet]Nothing waits for you. Questions of servers and models appear here.[/]"


class RequestsView(Vertical, can_focus=True):
    """One line for each. Enter opens a question that waits, and shows one that was answered."""

    DEFAULT_CSS = """
    RequestsView {
        height: 1fr;
        DataTable {
            width: 1fr; height: 1fr; background: transparent; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
            & > .datatable--header { background: transparent; color: $text-muted; text-style: none; }
            & > .datatable--cursor { background: $block-cursor-background; color: $foreground; }
        }
    }
    """

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking
        self._shown: list[Line] = []
        self._widths = WIDTHS
        self.table: DataTable[Text] = DataTable(cursor_type="row", zebra_stripes=False)

    def compose(self) -> ComposeResult:
        yield self.table
        yield Static(NONE)

    def on_mount(self) -> None:
        self._asking.listen(self._show)
        self._show()
        self.set_interval(EVERY, self._tick)

    def on_resize(self) -> None:
        self._show()

    @property
    def home(self) -> RequestsView | DataTable[Text]:
        """The widget that takes the focus."""
        return self.table if self._shown else self

    @property
    def chosen(self) -> Line | None:
        """The question under the cursor."""
        row = self.table.cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _tick(self) -> None:
        if in_front(self):
            for row, line in enumerate(self._shown):
                if not isinstance(line, Answered):
                    column = len(self._widths) - 1
                    self.table.update_cell_at((row, column), self._cells(line)[column])  # pyright: ignore[reportArgumentType]

    def _show(self) -> None:
        """Bring the lines up to date. The cursor stays on its question, also when that was answered meanwhile."""
        lines: list[Line] = [*self._asking.waiting, *self._asking.history]
        room = self.size.width - self.table.styles.scrollbar_size_vertical
        fits = sum(WIDTHS.values()) + PADDING * len(WIDTHS) <= room
        widths = WIDTHS if fits else WIDTHS | NARROW
        if (lines, widths) == (self._shown, self._widths) and self.table.columns:
            return
        chosen, had_focus = self.chosen, self.has_focus
        self._shown, self._widths = lines, widths
        self.table.clear(columns=True)
        for name, width in self._widths.items():
            self.table.add_column(name, width=width)
        for line in self._shown:
            self.table.add_row(*self._cells(line))
        numbers = [line.number for line in self._shown]
        self.table.move_cursor(row=numbers.index(chosen.number) if chosen and chosen.number in numbers else 0)
        self.table.display = bool(self._shown)
        self.query_one(Static).display = not self._shown
        if had_focus:
            self.home.focus()

    def _cells(self, line: Line) -> list[Text]:
        colour, widths, over = self.app.get_css_variables(), self._widths, isinstance(line, Answered)
        mark, role = MARKS[line.told.sense] if isinstance(line, Answered) else WAITS
        words = line.told.outcome if isinstance(line, Answered) else "waits for you"
        moment = line.time if isinstance(line, Answered) else line.since
        seconds = line.seconds if isinstance(line, Answered) else time.time() - line.since
        took = "" if seconds is None else human_time(seconds)
        texts = {
            "": Text(mark, colour[role]),
            "what": Text(_fit(line.item or ASKED[line.about], widths["what"]), "" if over else "bold"),
            "server": Text(_fit(line.server, widths["server"])),
            "outcome": Text(_fit(words, widths["outcome"]), "" if over else colour["hue"]),
            "when": Text(time.strftime("%H:%M:%S", time.localtime(moment)), colour["quiet"]),
            "took": Text(f"{took:>{widths['took']}}", colour["quiet"]),
        }
        return list(texts.values())

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        line = self.chosen
        if isinstance(line, Answered):
            from mcp_tui.ui.screens.answered import AnsweredDialog

            self.app.push_screen(AnsweredDialog(line))
        elif line is not None:
            self._asking.open_now(line.number)


def _fit(raw: str, width: int) -> str:
    return shorten(clean_line(raw), width)
