"""The app: themes, the first screen, the workbench's life, and what every screen can have done.

What a key does is in keys.py, how it ends in leaving.py, and what nobody foresaw in unforeseen.py.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from textual import events, work
from textual.command import CommandPalette
from textual.errors import NoWidget
from textual.theme import ThemeProvider

from mcp_tui.domain.aside import aside
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.text import clean, clean_line, visible
from mcp_tui.ui.bursts import Bursts
from mcp_tui.ui.curtain import Curtain
from mcp_tui.ui.keys import bindings
from mcp_tui.ui.leaving import Leaving
from mcp_tui.ui.themes import INK, PAPER, PLAIN, with_roles
from mcp_tui.ui.toasts import Toasts
from mcp_tui.ui.unforeseen import SturdyApp

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.theme import Theme

    from mcp_tui.domain.asks import ServerAsks
    from mcp_tui.domain.gate import Asker
    from mcp_tui.ui.asking import Asking
    from mcp_tui.ui.screens.workspace import Workspace
    from mcp_tui.workbench.bench import Workbench

    MakeBench = Callable[[Asker, ServerAsks], Workbench]


def _commands() -> type[Provider]:
    from mcp_tui.ui.commands import Commands

    return Commands


class McpTuiApp(SturdyApp):
    """The full-screen face of a workbench. The return value is the exit code.

    The first frame is the curtain's. What is heavy to import comes after it: `asking`, `bench` and `workspace` are
    there once `raised` is set.
    """

    TITLE = "mcp-tui"
    COMMANDS = {_commands}
    BINDINGS = bindings("app")
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    asking: Asking
    workspace: Workspace

    def __init__(
        self, make_bench: MakeBench, *, servers: Sequence[str] = (), theme: str = "ink", welcome: bool = False
    ) -> None:
        """`servers` are the names on the first frame."""
        self._colours: tuple[Theme, dict[str, str]] | None = None
        plain = "NO_COLOR" in os.environ
        super().__init__(ansi_color=plain or None)  # Textual would write greys; so it leaves the colours out
        self.register_theme(INK)
        self.register_theme(PAPER)
        theme = PLAIN if plain else theme
        self.theme = theme if theme in self.available_themes else "ink"
        self.raised = asyncio.Event()
        self._make_bench = make_bench
        self._curtain = Curtain([clean_line(name) for name in servers])
        self._bursts = Bursts(self, super().on_event)
        self._starts_with_welcome = welcome
        self._leaving = Leaving(self)
        self._toasts = Toasts(self)

    # -- life ---------------------------------------------------------------------------------------

    def get_default_screen(self) -> Curtain:
        return self._curtain

    def on_mount(self) -> None:
        self._leaving.by_signals()
        asyncio.get_running_loop().set_exception_handler(self.task_failed)
        # Textual takes the terminal back after ctrl+z, but draws nothing until something changes.
        self.app_resume_signal.subscribe(self, lambda _app: self.refresh(layout=True))
        self.call_after_refresh(self._raise_curtain)

    async def _raise_curtain(self) -> None:
        """After the first paint: start the servers, then show the workspace, then make the model ready."""
        from mcp_tui.ui.asking import Asking

        self.asking = Asking(self)
        self.bench = self._make_bench(self.asking, self.asking)
        self.bench.subscribe(self.asking.happened)
        self.bench.results.reader = self.bench.reviews.reviewer = self.asking
        self.bench.subscribe(self._toasts.happened)
        models = self.bench.models
        self.asking.drafter = lambda: (models.draft, models.current.name) if models.current else (None, "")
        self.bench.start()
        module = await aside(import_module, "mcp_tui.ui.screens.workspace")
        self.workspace = module.Workspace(self)
        await self.push_screen(self.workspace)
        if not self.is_running:
            return  # the person left meanwhile
        self.raised.set()
        for event in self._curtain.kept:
            self.post_message(event)
        _ = self.bench.gate.rules  # read now, so that what is wrong with them is said
        for warning in (*self.bench.home.warnings, *self.bench.home.rules.warnings):
            self.tell(warning, severity="warning")
        if self._starts_with_welcome:
            self.open_welcome()
        self.run_worker(self._connect_model(), group="model", exit_on_error=False)
        self.run_worker(self._come_to_rest(), group="rest", exit_on_error=False)
        self.theme_changed_signal.subscribe(self, lambda theme: self.bench.home.remember_theme(theme.name))

    async def _connect_model(self) -> None:
        try:
            await self.bench.models.connect()
        except McpTuiError as error:
            self.tell(f"{error.what}. {error.hint}", severity="warning")
        self.workspace.model_changed()
        await self._servers_drawn()  # two big imports at once help neither
        if (model := self.bench.models.current) is not None:
            await model.warm()
        from mcp_tui.ui.transcript import preload

        await aside(preload)

    async def _come_to_rest(self) -> None:
        await self._servers_drawn()
        gc.enable()  # cli.py put it off: nothing of all that is loaded until now is garbage

    async def _servers_drawn(self) -> None:
        """Wait until what the first ready server offers is on the screen, or none is to be expected."""
        await self.bench.some_ready()
        drawn = asyncio.Event()
        self.workspace.call_after_refresh(drawn.set)
        await drawn.wait()

    def open_welcome(self) -> None:
        from mcp_tui.ui.screens.welcome import Welcome

        self.push_screen(Welcome())

    async def action_quit(self) -> None:
        await self._leaving.ask()

    @property
    def is_working(self) -> bool:
        """Whether a tool call runs."""
        return self.bench.calls.running > 0

    async def on_unmount(self) -> None:
        await self._leaving.close()

    # -- keys and the clipboard -----------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if not self.raised.is_set():
            await super().on_event(event)
            return
        if isinstance(event, events.MouseDown) and self._is_gone(event):
            return
        for passed in self.asking.sift(event):
            await self._bursts.handle(passed)

    def _is_gone(self, click: events.MouseDown) -> bool:
        """Whether what was clicked on is only still to be seen: Textual would look for its parent, and fall."""
        try:
            widget, _ = self.get_widget_at(click.x, click.y)
        except NoWidget:
            return False
        return not widget.is_attached

    def hold_keys(self) -> Callable[[], object]:
        """Keep what is typed until what is returned is called: the focus is on its way to a page that is being made."""
        return self._bursts.hold()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Behind the curtain only the way out is open; other keys wait."""
        return self.raised.is_set() or action in ("quit", "suspend_process")

    def action_command_palette(self) -> None:
        from mcp_tui.ui.screens.palette import Palette

        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette())

    def search_themes(self) -> None:
        from mcp_tui.ui.screens.palette import Palette

        self.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))

    def action_look(self) -> None:
        """Open the question that waits."""
        self.asking.open_now()

    def action_copy_or_stop(self) -> None:
        """ctrl+c: copy what is selected, else stop the turn; it never leaves."""
        if selected := self.screen.get_selected_text():
            self.copy(selected)
        elif typed := getattr(self.focused, "selected_text", ""):
            self._copy_shown(visible(typed))  # the user's own words: they may be pasted back, and sent
        else:
            self.workspace.stop()
            self.tell("ctrl+q quits")

    def copy(self, text: str) -> None:
        """Copy the shown form of a text, over ssh and tmux too (OSC 52)."""
        self._copy_shown(clean(text))

    def _copy_shown(self, shown: str) -> None:
        self.copy_to_clipboard(shown)
        self.tell(f"Copied {len(shown):,} characters")

    async def action_help(self) -> None:
        from mcp_tui.ui.screens.help import Help

        if isinstance(self.screen, Help):
            self.screen.dismiss()
        else:
            await self.push_screen(Help())

    def tell(self, text: str, *, severity: Any = "information") -> None:
        """A quiet notification; foreign text is safe in it."""
        self._toasts.tell(text, severity)

    def on_descendant_focus(self) -> None:
        self._toasts.make_room_soon()

    # -- looks --------------------------------------------------------------------------------------

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme. Textual would mix all of them anew for whoever asks, each line of a log too."""
        theme = self.current_theme
        if self._colours is None or self._colours[0] is not theme:
            self._colours = theme, with_roles(super().get_css_variables(), self.native_ansi_color)
        return dict(self._colours[1])

    # -- servers, models, permissions -----------------------------------------------------------------

    @work(group="dialog", exit_on_error=False)
    async def action_add_server(self) -> None:
        from mcp_tui.ui import server_acts

        await server_acts.add(self)

    @work(group="dialog", exit_on_error=False)
    async def action_connect_model(self) -> None:
        from mcp_tui.ui import model_acts

        await model_acts.connect(self)

    @work(group="dialog", exit_on_error=False)
    async def action_permissions(self) -> None:
        from mcp_tui.ui.screens.permissions import show_permissions

        await show_permissions(self)

    async def action_audit(self) -> None:
        from mcp_tui.ui.screens.audit import AuditScreen

        try:
            await self.push_screen(AuditScreen(*self.bench.audit.acts()))
        except OSError as error:
            self.tell(f"the audit log cannot be read: {error.strerror}", severity="error")

    def action_mode(self) -> None:
        """Switch to the next permission mode, for this session."""
        from mcp_tui.ui.rule_acts import next_mode

        next_mode(self)

    async def action_roots(self) -> None:
        from mcp_tui.ui.screens.roots import RootsDialog

        await self.push_screen(RootsDialog(self.bench.roots))

    async def start_demo(self) -> None:
        """The demo's server and model, beside what is there already."""
        try:
            await self.bench.start_demo()
        except McpTuiError as error:
            self.tell(f"{error.what}. {error.hint}", severity="error")
        self.workspace.model_changed()

    @property
    def has_model(self) -> bool:
        return self.bench.home.demo or self.bench.home.model is not None

    @property
    def model_label(self) -> str:
        """`NAME · HOST`, or "" without a model."""
        return self.bench.models.label
