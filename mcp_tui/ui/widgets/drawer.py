"""The drawer under the panes: Traffic, Log and Requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import HorizontalGroup, Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static, Tab, Tabs

from mcp_tui.ui.widgets.requests import RequestsView
from mcp_tui.ui.widgets.server_log import LogView
from mcp_tui.ui.widgets.traffic import TrafficView

if TYPE_CHECKING:
    from mcp_tui.ui.asking import Asking
    from mcp_tui.workbench.bench import Workbench

KEYS = "[$key] / [/] [$quiet]filter[/]  [$key] p [/] [$quiet]pause[/]  [$key] y [/] [$quiet]copy[/]"


class Drawer(Vertical):
    """Three views under one line of tabs; left and right go from one to the next."""

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
        ContentSwitcher { height: 1fr; }
        ContentSwitcher > * { height: 1fr; }
    }
    """
    HELP = """## Traffic and log
    Every frame of every server, what servers wrote to stderr, and what waits for you."""
    BINDINGS = [
        Binding("left", "turn(-1)", "Previous", show=False),
        Binding("right", "turn(1)", "Next", show=False),
    ]

    def __init__(self, bench: Workbench, asking: Asking) -> None:
        super().__init__(id="drawer")
        self.traffic = TrafficView(bench)
        self.traffic.id = "traffic"
        self.log_view = LogView(bench)
        self.log_view.id = "log"
        self.requests = RequestsView(asking)
        self.requests.id = "requests"
        self._tabs = Tabs(Tab("Traffic", id="to-traffic"), Tab("Log", id="to-log"), Tab("Requests", id="to-requests"))

    def compose(self) -> ComposeResult:
        with HorizontalGroup(id="drawer-top"):
            self._tabs.can_focus = False
            yield self._tabs
            yield Static(KEYS, id="drawer-keys")
        with ContentSwitcher(initial="traffic"):
            yield self.traffic
            yield self.log_view
            yield self.requests

    @property
    def home(self) -> Widget:
        """The widget that takes the focus."""
        match self._tabs.active:
            case "to-log":
                return self.log_view
            case "to-requests":
                return self.requests
            case _:
                return self.traffic.table

    def show(self, view: str, server: str = "") -> None:
        """Turn to "traffic", "log" (of one server, if named) or "requests"."""
        self._tabs.active = f"to-{view}"
        if view == "log":
            self.log_view.show_only(server)

    def count(self, traffic: int, log: int, requests: int) -> None:
        """Say how much there is, in the tabs."""
        for tab, words in (
            ("traffic", f"Traffic {traffic}"),
            ("log", f"Log {log}"),
            ("requests", f"Requests {requests}"),
        ):
            self.query_one(f"#to-{tab}", Tab).label = words

    def action_turn(self, by: int) -> None:
        self._tabs.action_next_tab() if by > 0 else self._tabs.action_previous_tab()

    @on(Tabs.TabActivated)
    def _turned(self, event: Tabs.TabActivated) -> None:
        event.stop()
        had_focus = self.has_focus_within
        self.query_one(ContentSwitcher).current = str(event.tab.id).removeprefix("to-")
        self.query_one("#drawer-keys").display = self._tabs.active == "to-traffic"
        if had_focus:
            self.home.focus()
