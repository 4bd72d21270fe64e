"""The tasks of every server in the drawer: how each is doing, and the way to its result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from mcp_tui.domain.errors import ServerError
from mcp_tui.domain.happenings import Happening, ServerChanged, ServerRemoved, TasksChanged
from mcp_tui.domain.tasks import NOT_YET, TaskStatus
from mcp_tui.domain.text import clean_line, human_time, shorten
from mcp_tui.ui.widgets.messages import TaskOpened
from mcp_tui.ui.widgets.pieces import in_front, marked

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench
    from mcp_tui.workbench.tasks import TaskRun

MARKS = {
    TaskStatus.WORKING: ("◌", "hue"),
    TaskStatus.INPUT_REQUIRED: ("?", "hue"),
    TaskStatus.COMPLETED: ("✓", "good"),
    TaskStatus.FAILED: ("✗", "bad"),
    TaskStatus.CANCELLED: ("·", "quiet"),
}
LOST = ("○", "warn")
"""Of a task that nobody follows any more though it was not over."""
WIDTHS = {"": 1, "tool": 24, "server": 12, "status": 12, "message": 20, "took": 12}
NARROW = {"tool": 16, "server": 8}
"""On a small screen, so that the message keeps some room."""
PADDING = 2
LEAST_MESSAGE = 24
EVERY = 0.5
"""Seconds between looks at the clock while the table is on screen."""
NONE = "No tasks yet. A tool that can be called as a task says so on its page: [$key] ctrl+t [/] in its form does it."


class TasksView(Vertical, can_focus=True):
    """One line for each task, newest last. Enter opens its result, x cancels it, r asks the servers again."""

    DEFAULT_CSS = """
    TasksView {
        DataTable {
            width: 1fr; height: 1fr; background: transparent; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
            & > .datatable--header { background: transparent; color: $text-muted; text-style: none; }
            & > .datatable--cursor { background: $block-cursor-background; color: $foreground; }
        }
        #task-words { height: auto; }
    }
    """
    BINDINGS = [
        Binding("x", "cancel_task", "Cancel it", show=False),
        Binding("r", "list_again", "List again from the servers", show=False),
    ]

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._shown: list[TaskRun] = []
        self._widths = dict(WIDTHS)
        self.table: DataTable[Text] = DataTable(cursor_type="row", zebra_stripes=False)

    def compose(self) -> ComposeResult:
        yield self.table
        yield Static(NONE, id="task-words")

    def on_mount(self) -> None:
        self._bench.subscribe(self._happened)
        self._show()
        self.set_interval(EVERY, self._tick)

    def on_resize(self) -> None:
        self._show(anew=True)

    @property
    def chosen(self) -> TaskRun | None:
        """The task under the cursor."""
        row = self.table.cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _happened(self, happening: Happening) -> None:
        if isinstance(happening, TasksChanged | ServerChanged | ServerRemoved) and self.is_attached:
            self.call_after_refresh(self._show)

    def _tick(self) -> None:
        if in_front(self) and any(not run.task.status.is_over for run in self._shown):
            self._show()

    def _show(self, anew: bool = False) -> None:
        """Bring the lines up to date; `anew` when their widths may have changed."""
        runs = list(self._bench.tasks)
        if anew or runs != self._shown:
            follows = self.table.cursor_row >= len(self._shown) - 1
            chosen, self._shown = self.chosen, runs
            self._fill()
            row = runs.index(chosen) if chosen in runs and not follows else len(runs) - 1
            self.table.move_cursor(row=max(0, row))
        else:
            for row, run in enumerate(runs):
                for column, cell in enumerate(self._cells(run)):
                    self.table.update_cell_at((row, column), cell)  # pyright: ignore[reportArgumentType]
        self._say()

    def _fill(self) -> None:
        room = self.size.width - self.table.styles.scrollbar_size_vertical
        widths = dict(WIDTHS)
        fixed = sum(widths.values()) - widths["message"] + PADDING * len(widths)
        if room - fixed < LEAST_MESSAGE:
            widths |= NARROW
            fixed = sum(widths.values()) - widths["message"] + PADDING * len(widths)
        widths["message"] = max(8, room - fixed)
        self._widths = widths
        self.table.clear(columns=True)
        for name, width in widths.items():
            self.table.add_column(name, width=width)
        for run in self._shown:
            self.table.add_row(*self._cells(run))

    def _say(self) -> None:
        """What there is to say beside the table: nothing yet, or which servers cannot be used this way."""
        bench, lines = self._bench, [] if self._shown else [marked(NONE)]
        for server in bench.hub.names:
            if bench.tasks.abilities(server).newer_form:
                lines.append(marked("[$quiet]$server:[/] $words", server=server, words=NOT_YET))
        words = self.query_one("#task-words", Static)
        words.display = bool(lines)
        self.table.display = bool(self._shown)
        words.update(marked("\n").join(lines))

    def _cells(self, run: TaskRun) -> list[Text]:
        colour, widths, task = self.app.get_css_variables(), self._widths, run.task
        gone = run.is_lost or (run.ended is not None and not task.status.is_over)
        mark, role = LOST if gone else MARKS[task.status]
        texts = {
            "": Text(mark, colour[role]),
            "tool": Text(_fit(task.tool or f"task {task.id}", widths["tool"])),
            "server": Text(_fit(task.server, widths["server"])),
            "status": Text(run.words, colour[role] if gone or task.status is TaskStatus.FAILED else ""),
            "message": Text(_fit(run.message, widths["message"]), colour["quiet"]),
            "took": Text(f"{human_time(run.seconds(time.time())):>12}", colour["quiet"]),
        }
        return list(texts.values())

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if (run := self.chosen) is not None:
            self.post_message(TaskOpened(run))

    def action_cancel_task(self) -> None:
        if (run := self.chosen) is not None:
            self.app.run_worker(self._cancel(run), group="tasks", exit_on_error=False)

    def action_list_again(self) -> None:
        self.app.run_worker(self._list(), group="tasks", exit_on_error=False)

    async def _cancel(self, run: TaskRun) -> None:
        if run.task.status.is_over:
            self._tell(f"{run.task.tool or 'The task'} is over: it {_ended(run.task.status)}")
            return
        try:
            await self._bench.tasks.cancel(run)
        except ServerError as error:
            self._tell(error.what, "warning")

    async def _list(self) -> None:
        able = [name for name in self._bench.hub.names if self._bench.tasks.abilities(name).list]
        wrong = await self._bench.tasks.refresh()
        for error in wrong:
            self._tell(error.what, "warning")
        if not able:
            self._tell("No server here lists its tasks")
        elif not wrong:
            self._tell(f"{', '.join(able)} listed {'its' if len(able) == 1 else 'their'} tasks")

    def _tell(self, words: str, severity: str = "information") -> None:
        self.app.notify(clean_line(words), severity=severity, markup=False, timeout=4)  # pyright: ignore[reportArgumentType]


def _fit(raw: str, width: int) -> str:
    return shorten(clean_line(raw), width)


def _ended(status: TaskStatus) -> str:
    return "was cancelled" if status is TaskStatus.CANCELLED else status.value
