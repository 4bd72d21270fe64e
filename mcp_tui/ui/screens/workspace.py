"""The workspace: introduces Explorer, Chat, Inspector and drawer to each other, and decides which of them is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from mcp_tui.domain.chat import Usage
from mcp_tui.domain.happenings import CatalogChanged, Happening, ServerChanged, ServerRemoved
from mcp_tui.ui.keys import bindings
from mcp_tui.ui.later import later
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.screens.repainted import Repainted
from mcp_tui.ui.transcript.transcript import Transcript
from mcp_tui.ui.widgets.chat_pane import ChatPane
from mcp_tui.ui.widgets.explorer import Explorer, ExplorerPane
from mcp_tui.ui.widgets.inspector import InspectorPane
from mcp_tui.ui.widgets.key_line import KeyLine
from mcp_tui.ui.widgets.messages import CopyRequested, LinkRequested, TaskOpened
from mcp_tui.ui.widgets.pieces import Pane
from mcp_tui.ui.widgets.status_bar import SMALL, StatusBar, Strip, Switcher

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp
    from mcp_tui.ui.widgets.drawer import Drawer

PANES = ("explorer", "chat", "inspector")
_TYPED = "typed"
"""The group of workers that run what was typed as a command."""
TOLD_EVERY = 0.1
"""Seconds between repaints of counters, however fast things happen."""


class Workspace(Repainted[None]):
    """One, two or three panes, by the width of the terminal."""

    CSS_PATH = ["../app.tcss", "workspace.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-small"), (SMALL, "-medium"), (132, "-wide"), (180, "-huge")]
    BINDINGS = bindings("screen")
    AUTO_FOCUS = None
    app: McpTuiApp

    def __init__(self, app: McpTuiApp) -> None:
        super().__init__()
        self._bench = app.bench
        self._asking = app.asking
        self.status = StatusBar()
        self.explorer = ExplorerPane(app.bench)
        self.chat = ChatPane(app.bench, app.asking)
        self.inspector = InspectorPane(app.bench)
        self.strip = Strip()
        self.switcher = Switcher()
        self._drawer: Drawer | None = None
        self._came_from = "explorer"
        self._telling = False
        self._moves = 0
        """The user's moves between panes: a later one overrules a focus that is still on its way."""

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.switcher
        with Horizontal(id="body"):
            yield self.explorer
            yield self.chat
            yield self.inspector
        yield self.strip
        yield KeyLine()

    def on_mount(self) -> None:
        self._bench.subscribe(self._happened)
        self.explorer.home.refresh_rows()  # something may have happened since it was mounted
        self._bench.trace.listener = lambda _frame: self._tell_soon()
        self._asking.listen(self._tell_soon)
        self._asking.has_draft = self.has_draft
        self._show("chat" if self.app.has_model else "explorer", focus=True)
        self._tell()

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """As ever, but never to a widget that is being removed: it would keep the focus and swallow every key."""
        if widget is None or widget.display:
            super().set_focus(widget, scroll_visible, from_app_focus)

    # -- what is seen -------------------------------------------------------------------------------

    def _show(self, name: str, focus: bool = False) -> None:
        """Bring a pane to the front, where only one or two fit; optionally with the focus."""
        for pane in PANES:
            self.query_one(f"#{pane}").set_class(pane == name, "-shown")
        self.set_class(name == "inspector", "-inspecting")
        self.switcher.shown = name
        if focus:
            self._moves += 1
            self.set_focus(self._home_of(name))  # at once: keys of the same burst are meant for it

    def _home_of(self, pane: str) -> Widget:
        """The widget of a pane that takes the focus."""
        match pane:
            case "explorer":
                return self.explorer.home
            case "inspector":
                return self.inspector.home
            case _:
                return self.chat.composer

    def focused_pane(self) -> str:
        """The pane that has the focus, "drawer", or ""."""
        for widget in self.focused.ancestors_with_self if self.focused else ():
            if widget.id in (*PANES, "drawer"):
                return widget.id
        return ""

    def on_descendant_focus(self) -> None:
        name = self.focused_pane()
        if name in PANES and not self.query_one(f"#{name}", Pane).has_class("-shown"):
            self._show(name)

    def has_draft(self) -> bool:
        """Whether any field holds something typed: a question must not open over it."""
        return self.chat.composer.has_draft or self.explorer.has_draft or self.inspector.has_draft

    def action_show_explorer(self) -> None:
        self._show("explorer", focus=True)

    def action_show_chat(self) -> None:
        self._show("chat", focus=True)

    def action_show_inspector(self) -> None:
        if (here := self.focused_pane()) in ("explorer", "chat"):
            self._came_from = here
        self._show("inspector", focus=True)

    async def action_drawer(self) -> None:
        """Open the drawer and go there; close it when it has the focus already."""
        if self._drawer is None:
            from mcp_tui.ui.widgets.drawer import Drawer

            self._drawer = Drawer(self._bench, self._asking)
            await self.mount(self._drawer, before=self.strip)
            self._tell()
        elif self._drawer.display and self.focused_pane() == "drawer":
            self._close_drawer()
            return
        self._drawer.display = True
        self.set_class(True, "-drawer")
        self._moves += 1
        self.set_focus(self._drawer.home)

    async def show_log(self, server: str) -> None:
        """Open the drawer at one server's log."""
        if self.focused_pane() != "drawer":
            await self.action_drawer()
        assert self._drawer is not None
        self._drawer.show("log", server)

    def _close_drawer(self) -> None:
        if self._drawer is not None:
            self._drawer.display = False
        self.set_class(False, "-drawer")
        self.set_focus(self._home_of(self.switcher.shown))

    def action_back(self) -> None:
        """esc: close the drawer, stop the turn, or go back to the pane one came from. Never out."""
        here = self.focused_pane()
        if here == "drawer":
            self._close_drawer()
        elif self.stop():
            pass
        elif here == "inspector":
            self._show(self._came_from, focus=True)
        elif self._drawer is not None and self._drawer.display:
            self._close_drawer()

    def stop(self) -> bool:
        """Stop the running turn and what was typed as a command. False when nothing runs."""
        typed = self.app.workers.cancel_group(self.app, _TYPED)
        return self.chat.stop() or bool(typed)

    async def action_leader(self) -> None:
        from mcp_tui.ui.screens.leader import Leader

        await self.app.push_screen(Leader())

    def action_new_chat(self) -> None:
        self.stop()
        self.chat.clear()
        self.status.context = ""
        self._show("chat", focus=True)

    # -- what the panes say -------------------------------------------------------------------------

    @on(Explorer.Highlighted)
    def _preview(self, event: Explorer.Highlighted) -> None:
        event.stop()
        self.inspector.show(event.ref)

    @on(Explorer.Selected)
    def _open(self, event: Explorer.Selected) -> None:
        event.stop()
        self.open(event.ref)

    def open(self, ref: Ref) -> None:
        """Show something in the Inspector and go there."""
        self.action_show_inspector()
        self.inspector.show(ref)
        moves = self._moves
        self.call_after_refresh(self.inspector.focus_body, lambda: self._moves == moves, self.app.hold_keys())

    @on(Explorer.OfferChanged)
    def _offer_changed(self) -> None:
        self.explorer.home.refresh_rows()
        self.inspector.offer_changed()
        self._tell_soon()

    @on(Explorer.ServerAct)
    @on(InspectorPane.ServerAct)
    def _act_on_server(self, event: Explorer.ServerAct | InspectorPane.ServerAct) -> None:
        event.stop()
        self.act_on_server(event.server, event.act)

    def act_on_server(self, server: str, what: str) -> None:
        """Start a server again, edit, switch or remove it, or show its log."""
        from mcp_tui.ui.server_acts import act

        self.app.run_worker(act(self.app, server, what), group="server", exit_on_error=False)

    @on(InspectorPane.InsertIntoChat)
    def _insert(self, event: InspectorPane.InsertIntoChat) -> None:
        event.stop()
        self.chat.composer.insert(event.text)
        self._show("chat", focus=True)

    @on(TaskOpened)
    def _open_task(self, event: TaskOpened) -> None:
        event.stop()
        from mcp_tui.ui.task_acts import show_result

        if self.has_class("-small"):
            self._close_drawer()  # it covers the panes there
        self.app.run_worker(show_result(self, event.run), group="tasks", exit_on_error=False)

    @on(InspectorPane.OpenResource)
    def _follow_link(self, event: InspectorPane.OpenResource) -> None:
        event.stop()
        self.inspector.follow_link(event.server, event.uri, event.name, event.mime_type)
        moves = self._moves
        self.call_after_refresh(self.inspector.focus_body, lambda: self._moves == moves)

    @on(InspectorPane.BrowsePage)
    def _browse(self, event: InspectorPane.BrowsePage) -> None:
        event.stop()
        from mcp_tui.ui.app_page import open_in_browser

        self.app.run_worker(open_in_browser(self.app, event.tool), group="browse", exit_on_error=False)

    @on(InspectorPane.SaveRequested)
    def _save(self, event: InspectorPane.SaveRequested) -> None:
        event.stop()
        try:
            paths = self._bench.home.save_files(event.name, event.files)
        except OSError as error:
            self.app.tell(f"Not saved: {error}", severity="error")
        else:
            self.app.tell("Saved: " + ", ".join(map(str, paths)))

    @on(CopyRequested)
    @on(Transcript.CopyRequested)
    def _copy(self, event: CopyRequested | Transcript.CopyRequested) -> None:
        event.stop()
        self.app.copy(event.text)

    @on(LinkRequested)
    @on(Transcript.LinkRequested)
    def _open_link(self, event: LinkRequested | Transcript.LinkRequested) -> None:
        event.stop()
        from mcp_tui.ui.links import open_link

        self.app.run_worker(open_link(self.app, event.text), group="link", exit_on_error=False)

    @on(ChatPane.Typed)
    def _typed(self, event: ChatPane.Typed) -> None:
        event.stop()
        from mcp_tui.ui.typed import run_typed

        self.app.run_worker(run_typed(self, event.command), group=_TYPED, exit_on_error=False)

    @on(ChatPane.Used)
    def _used(self, event: ChatPane.Used) -> None:
        event.stop()
        self._tell_usage(event.usage)
        if not event.usage.context:
            self.app.run_worker(self._learn_context(event.usage), group="context", exit_on_error=False)

    def _tell_usage(self, usage: Usage) -> None:
        used = usage.prompt + usage.completion
        self.status.context = f"{round(100 * used / usage.context)} %" if usage.context else f"{used:,} tokens"

    async def _learn_context(self, usage: Usage) -> None:
        """Tell the share of the context, where the endpoint tells how much that is and nothing was told since."""
        told, model = self.status.context, self._bench.models.current
        context = await model.learn_context() if model else None
        if context and self.status.context == told:
            self._tell_usage(replace(usage, context=context))

    # -- what the core says -------------------------------------------------------------------------

    def _happened(self, happening: Happening) -> None:
        if isinstance(happening, ServerChanged | ServerRemoved | CatalogChanged):
            self.explorer.update(happening)
        self.inspector.update(happening)
        self._tell_soon()

    def _tell_soon(self) -> None:
        """Repaint the counters, at most ten times a second."""
        if not self._telling and self.is_attached:
            self._telling = True
            later(self, TOLD_EVERY, self._tell)

    def _tell(self) -> None:
        self._telling = False
        hub = self._bench.hub
        self.status.servers = {name: hub.status(name) for name in hub.names}
        self.status.model = self.app.model_label
        self.status.mode = self._bench.gate.mode
        self.strip.traffic = self.switcher.traffic = self._bench.trace.total
        self.strip.log_lines = len(self._bench.log)
        waiting = self._asking.waiting
        self.strip.requests = len(waiting)
        self.switcher.waiting = 0 if any(each.is_open for each in waiting) else len(waiting)
        self.strip.tasks = len(self._bench.tasks)
        if self._drawer is not None:
            strip = self.strip
            self._drawer.count(strip.traffic, strip.log_lines, strip.requests, strip.tasks)
        self.chat.count_offered(len(self._bench.tools_on_offer()))

    def rules_changed(self) -> None:
        """The mode is another, or what is remembered."""
        self.inspector.offer_changed()
        self._tell()

    def model_changed(self) -> None:
        """The app got another model."""
        self.status.context = ""
        self._tell()
