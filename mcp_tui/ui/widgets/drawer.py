"""The drawer under the panes: Traffic, Log, Requests and Tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input, Static, Tab, Tabs

from mcp_tui.domain.text import clean_line
from mcp_tui.ui.widgets.pieces import hints
from mcp_tui.ui.widgets.requests import RequestsView
from mcp_tui.ui.widgets.server_log import LogView
from mcp_tui.ui.widgets.tasks import TasksView
from mcp_tui.ui.widgets.traffic import TrafficView

if TYPE_CHECKING:
    from mcp_tui.ui.asking import Asking
    from mcp_tui.workbench.bench import Workbench

TABS = ("traffic", "log", "requests", "tasks")
KEYS = {
    "to-traffic": {"enter": "read", "/": "filter", "p": "pause", "y": "copy"},
    "to-requests": {"enter": "open", "F8": "the first that waits"},
    "to-tasks": {"enter": "result", "x": "cancel", "r": "list"},
}


SPARED = {"p", "F8"}
"""Keys that are not named where there is little room; the help has them."""


class Drawer(Vertical):
    """Four views under one line of tabs; left and right go from one to the next."""

    DEFAULT_CSS = """
    Drawer {
        height: 17; background: $surface; border-top: heavy $panel; padding: 0 2;
        &:focus-within { border-top: heavy $primary; }
        #drawer-top { height: 2; }
        Tabs { width: 1fr; height: 2; }
        Tab { padding: 0 2 0 0; color: $text-muted; }
        Tab.-active { color: $foreground; text-style: bold; }
        Underline > .underline--bar { color: $primary; background: $panel; }
        #drawer-keys { width: auto; }
        #dropped { height: 1; display: none; color: $text-warning; }
        ContentSwitcher { height: 1fr; }
        ContentSwitcher > * { height: 1fr; }
    }
    """
    HELP = """## Traffic and log
    Every frame of every server, what servers wrote to stderr, and what waits for you."""
    BINDINGS = [
        # Before the tables take them: a table wider than the screen would scroll instead.
        Binding("left", "turn(-1)", "The list before", show=False, priority=True),
        Binding("right", "turn(1)", "The next list", show=False, priority=True),
    ]

    def __init__(self, bench: Workbench, asking: Asking) -> None:
        super().__init__(id="drawer")
        self._bench = bench
        self.traffic = TrafficView(bench)
        self.traffic.id = "traffic"
        self.log_view = LogView(bench)
        self.log_view.id = "log"
        self.requests = RequestsView(asking)
        self.requests.id = "requests"
        self.tasks = TasksView(bench)
        self.tasks.id = "tasks"
        self._tabs = Tabs(*(Tab(tab.title(), id=f"to-{tab}") for tab in TABS))

    def compose(self) -> ComposeResult:
        with HorizontalGroup(id="drawer-top"):
            self._tabs.can_focus = False
            yield self._tabs
            yield Static("", id="drawer-keys")
        yield Static("", id="dropped")
        with ContentSwitcher(initial="traffic"):
            yield self.traffic
            yield self.log_view
            yield self.requests
            yield self.tasks

    @property
    def home(self) -> Widget:
        """The widget that takes the focus."""
        match self._tabs.active:
            case "to-log":
                return self.log_view
            case "to-requests":
                return self.requests.home
            case "to-tasks":
                return self.tasks.table if self.tasks.table.display else self.tasks
            case _:
                return self.traffic.home

    def on_resize(self) -> None:
        self._name_keys()

    def _name_keys(self) -> None:
        spared = SPARED if self.app.size.width < 100 else set[str]()
        keys = {name: word for name, word in KEYS.get(self._tabs.active, {}).items() if name not in spared}
        self.query_one("#drawer-keys", Static).update(hints(**keys))

    def _name_dropped(self) -> None:
        """Say what is no longer kept of the view: of whom, and how much."""
        views = {"to-traffic": ("frames", self._bench.trace.dropped), "to-log": ("lines", self._bench.log.dropped)}
        what, dropped = views.get(self._tabs.active, ("", {}))
        told = ", ".join(f"{count:,} of {clean_line(name)}" for name, count in dropped.items())
        for line in self.query("#dropped").results(Static):
            line.display = bool(told)
            line.update(Content(f"△ earlier {what} are no longer kept: {told}"))

    def show(self, view: str, server: str = "") -> None:
        """Turn to "traffic", "log" (of one server, if named), "requests" or "tasks"."""
        self._tabs.active = f"to-{view}"
        if view == "log":
            self.log_view.show_only(server)

    def count(self, *counts: int) -> None:
        """Say in the tabs how much there is, in the order of `TABS`."""
        known: dict[str, int] = dict(zip(TABS, counts, strict=True))
        for tab in self.query(Tab):  # none, while the drawer comes or goes
            name = str(tab.id).removeprefix("to-")
            tab.label = f"{name.title()} {known[name]}"
        self._name_dropped()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the filter the arrows move the cursor."""
        return action != "turn" or not isinstance(self.screen.focused, Input)

    def action_turn(self, by: int) -> None:
        self._tabs.action_next_tab() if by > 0 else self._tabs.action_previous_tab()

    @on(Tabs.TabActivated)
    def _turned(self, event: Tabs.TabActivated) -> None:
        event.stop()
        switcher, turned_to = self.query_one(ContentSwitcher), str(event.tab.id).removeprefix("to-")
        had_focus, switcher.current = self.has_focus_within and switcher.current != turned_to, turned_to
        self._name_keys()
        self._name_dropped()
        if had_focus:
            self.home.focus()
