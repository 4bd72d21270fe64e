"""What the Inspector shows of one thing: a heading, tabs, and the body of the open tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.inspector.messages import OpenResource
from mcp_tui.ui.widgets.inspector.tab_line import TabLine
from mcp_tui.ui.widgets.schema_form import SchemaForm

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp
    from mcp_tui.workbench.bench import Workbench


GAP = 2
"""Cells between a name and what stands at the right end of its line."""


class View(VerticalScroll, can_focus=True, inherit_bindings=False):
    """The body of a tab. The arrow keys scroll it; left and right stay with the tabs."""

    DEFAULT_CSS = """
    View {
        height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; padding-right: 1;
        &:ansi { padding-right: 0; }
        .two { height: auto; }
        .about { color: $text-muted; margin-bottom: 1; &:ansi { text-style: dim; } }
    }
    """
    BINDINGS = [
        Binding("up", "scroll_up", show=False),
        Binding("down", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    @property
    def home(self) -> Widget:
        """What takes the focus when the tab is opened."""
        return self


class Page(Vertical):
    """One thing in the Inspector. Bodies are made when their tab is first opened, and kept."""

    DEFAULT_CSS = """
    Page {
        height: 1fr;
        &.-away { display: none; }
        & > .heading > .right { text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """
    app: McpTuiApp
    BINDINGS = [
        Binding("left,ctrl+left", "step(-1)", "The tab before", show=False),
        Binding("right,ctrl+right", "step(1)", "The next tab", show=False),
        *(Binding(str(number), f"nth({number})", show=False) for number in range(1, 7)),
        Binding("escape", "first_tab", "Back to the first tab", show=False),
    ]

    def __init__(self, bench: Workbench, ref: Ref) -> None:
        super().__init__()
        self.bench = bench
        self.ref = ref
        self.line = TabLine()
        self.is_stale = False
        """Something changed that `catch_up()` has not shown yet."""
        self._views: dict[str, View] = {}

    def heading(self) -> Widget:
        """The line above the tabs."""
        raise NotImplementedError

    def tabs(self) -> list[tuple[str, str]]:
        """The tabs there are now: ids and words."""
        raise NotImplementedError

    def make(self, tab: str) -> View:
        """The body of a tab."""
        raise NotImplementedError

    def follow(self) -> None:
        """Something about the server or its catalogue changed."""

    def called(self, tool: str) -> None:
        """A call of a tool of this server has ended."""

    def watched(self, uri: str) -> None:
        """A resource of this server that is watched changed, or how its watching goes."""

    def offer_changed(self) -> None:
        """Tools were offered or withheld somewhere else."""

    def catch_up(self) -> None:
        """Follow what changed, if the page is still there."""
        self.is_stale = False
        if self.is_attached and self.ref.server in self.bench.hub.names:
            self.follow()

    def entered(self) -> None:
        """The user opened the page, rather than passing over it in the Explorer."""

    def stop(self) -> bool:
        """Stop what runs; whether anything did."""
        return False

    @property
    def is_running(self) -> bool:
        """Whether a call runs."""
        return False

    @property
    def is_busy(self) -> bool:
        """Whether something runs that esc stops."""
        return self.is_running

    def compose(self) -> ComposeResult:
        yield self.heading().add_class("heading")
        yield self.line

    def on_mount(self) -> None:
        self.retell()
        self.open(self.tabs()[0][0])

    def on_resize(self) -> None:
        """What stands at the right end of the heading goes below a name that leaves it no room."""
        for heading in self.query(".heading"):
            wanted = sum(each.get_content_width(self.size, self.app.size) for each in heading.children)
            heading.set_class(wanted + GAP > self.size.width, "-folded")

    @property
    def view(self) -> View | None:
        """The body of the open tab."""
        return self._views.get(self.line.active)

    @property
    def home(self) -> Widget:
        home = self.view.home if self.view is not None else self.line
        return home if home.focusable else self.line

    @property
    def has_draft(self) -> bool:
        """Whether a form of this page holds something typed."""
        return any(form.has_draft for form in self.query(SchemaForm))

    def retell(self) -> None:
        """Say the tabs again; counts may have changed."""
        self.line.tabs = tuple(self.tabs())

    def open(self, tab: str, focus: bool = False, again: bool = False) -> None:
        """Open a tab, `again` with a new body, optionally with the focus in it."""
        enter = focus or (self.has_focus_within and self.screen.focused is not self.line)
        if self.has_focus_within:
            self.screen.set_focus(self.line)  # keys that come before the new body is there are the page's
        if again and (old := self._views.pop(tab, None)) is not None:
            old.remove()
        if tab not in self._views:
            self._views[tab] = view = self.make(tab)
            self.mount(view)
        for name, view in self._views.items():
            view.display = name == tab
        self.line.active = tab
        self.retell()
        if enter:
            self.call_after_refresh(self._enter, self.app.hold_keys())  # what is typed now is meant for the new body

    def _enter(self, arrived: Callable[[], object]) -> None:
        """Go into the open tab, unless the user has gone to another pane meanwhile."""
        if self.screen.focused is None or self.has_focus_within:
            self.focus_view()
        self.app.call_later(arrived)

    def renew(self, *tabs: str) -> None:
        """Make these bodies anew, where they were made."""
        for tab in tabs:
            if tab == self.line.active:
                self.open(tab, again=True)
            elif (old := self._views.pop(tab, None)) is not None:
                old.remove()

    def focus_view(self) -> None:
        if not self.has_class("-away"):
            self.screen.set_focus(self.home)  # at once: `focus()` comes behind a key that leaves meanwhile

    def action_step(self, by: int) -> None:
        names = [tab for tab, _ in self.tabs()]
        place = names.index(self.line.active) + by if self.line.active in names else 0
        self.open(names[place % len(names)])

    def action_nth(self, number: int) -> None:
        names = [tab for tab, _ in self.tabs()]
        if number <= len(names):
            self.open(names[number - 1])

    def action_first_tab(self) -> None:
        if not self.stop():
            self.open(self.tabs()[0][0], focus=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Fields and buttons of a form keep every key but esc; esc on the first tab is the workspace's."""
        if action == "first_tab":
            return self.is_busy or self.line.active != self.tabs()[0][0]
        focused = self.screen.focused
        return focused is None or not any(isinstance(each, SchemaForm) for each in focused.ancestors_with_self)

    @on(OpenResource)
    def _name_server(self, event: OpenResource) -> None:
        event.server = self.ref.server

    @on(TabLine.Picked)
    def _picked(self, event: TabLine.Picked) -> None:
        event.stop()
        self.open(event.tab)
