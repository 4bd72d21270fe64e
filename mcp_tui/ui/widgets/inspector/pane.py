"""The Inspector's pane: shows what the Explorer points at, and keeps pages with drafts or running calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.catalog import Kind, Prompt, Resource, Template, Tool
from mcp_tui.domain.happenings import Called, CatalogChanged, Happening, ServerChanged, ServerRemoved, WatchChanged
from mcp_tui.domain.servers import ServerState
from mcp_tui.ui.refs import Ref, find, ref_to
from mcp_tui.ui.widgets.inspector import messages
from mcp_tui.ui.widgets.pieces import Pane, marked

if TYPE_CHECKING:
    from mcp_tui.ui.widgets.inspector.outcome import Outcome
    from mcp_tui.ui.widgets.inspector.page import Page
    from mcp_tui.workbench.bench import Workbench


class Quiet(Static, can_focus=True):
    """The one sentence while there is nothing to show."""


class InspectorPane(Pane):
    """One thing at a time: a tool, a prompt, a resource, a template or a server."""

    HELP = """
## Inspector

`left` and `right` (or `1` to `5`) go from tab to tab, `esc` back to the first one.

A tool: `enter` opens its form, `ctrl+s` calls, `esc` stops a call, `r` calls again. A prompt: `enter` puts it into
the chat. A resource: `i` does. `y` copies what is shown.
"""
    DEFAULT_CSS = "InspectorPane > Quiet { color: $text-muted; &:ansi { text-style: dim; } }"

    InsertIntoChat = messages.InsertIntoChat
    OpenResource = messages.OpenResource
    BrowsePage = messages.BrowsePage
    SaveRequested = messages.SaveRequested
    ServerAct = messages.ServerAct

    def __init__(self, bench: Workbench) -> None:
        super().__init__("Inspector", id="inspector")
        self._bench = bench
        self._quiet = Quiet("Pick something in the Explorer: enter opens it here.")
        self._page: Page | None = None
        self._kept: dict[Ref, Page] = {}
        """Pages that are not shown but hold a draft or a running call."""
        self._wanted: Ref | None = None
        self._then: list[Callable[[Page], None]] = []
        self._is_waiting = False
        self._awaited: Ref | None = None
        """What is shown as soon as its server has said what it offers."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self._quiet

    def show(self, ref: Ref) -> None:
        """Show something, without the focus. Of many in one frame only the last one is shown."""
        if ref.is_server or ref.is_item:
            self._wanted = ref
            self._then.clear()
            self._soon()

    def focus_body(
        self, still_wanted: Callable[[], bool] = lambda: True, arrived: Callable[[], object] = lambda: None
    ) -> None:
        """Go to what is shown; it was opened, so what needs no arguments is fetched.

        `still_wanted` is asked when it can be gone to: the user may have gone elsewhere. Then `arrived` is called.
        """

        def enter(page: Page) -> None:
            page.entered()
            page.call_after_refresh(go, page)

        def go(page: Page) -> None:
            if still_wanted():
                page.focus_view()
            self.app.call_later(arrived)  # the focus moves by the same queue

        self._do(enter)

    def fetch(self, prompt: Prompt, arguments: dict[str, str]) -> None:
        """Show a prompt and fetch its messages."""
        from mcp_tui.ui.widgets.inspector.prompt_page import PromptPage

        self._show_and(ref_to(prompt), lambda page: page.fetch(arguments) if isinstance(page, PromptPage) else None)

    def read(self, item: Resource | Template, uri: str) -> None:
        """Show a resource (or a template, with an address it makes) and read it."""
        from mcp_tui.ui.widgets.inspector.resource_page import ResourcePage

        self._show_and(ref_to(item), lambda page: page.read(uri) if isinstance(page, ResourcePage) else None)

    def show_outcome(self, tool: Ref, outcome: Outcome) -> None:
        """Show a tool with what a call of it came to."""
        from mcp_tui.ui.widgets.inspector.tool_page import ToolPage

        self._show_and(tool, lambda page: page.show(outcome) if isinstance(page, ToolPage) else None)

    def show_texts(self, server: str) -> None:
        """Show all that a server says to models."""
        from mcp_tui.ui.widgets.inspector.server_page import ServerPage

        self._show_and(
            Ref(server), lambda page: page.open("texts", focus=True) if isinstance(page, ServerPage) else None
        )

    def follow_link(self, server: str, uri: str, name: str, mime_type: str) -> None:
        """Show and read a resource that something links to, also one that its server does not list."""
        from mcp_tui.ui.widgets.inspector.resource_page import ResourcePage

        ref = Ref(server, Kind.RESOURCE, uri)
        if find(self._bench, ref) is None and ref not in self._kept:
            self._kept[ref] = ResourcePage(self._bench, Resource(server, uri, name or uri, mime_type=mime_type))
        self._show_and(ref, lambda page: page.read(uri) if isinstance(page, ResourcePage) else None)

    def update(self, happening: Happening) -> None:
        """Follow what happens to the servers whose things are shown."""
        if not isinstance(happening, ServerChanged | ServerRemoved | CatalogChanged | Called | WatchChanged):
            return
        if self._awaited is not None and self._awaited.server == happening.server:
            self._soon()
        for page in [*self._kept.values(), *([self._page] if self._page else [])]:
            if page.ref.server != happening.server:
                continue
            if isinstance(happening, Called):
                page.called(happening.tool)
            elif isinstance(happening, WatchChanged):
                page.watched(happening.uri)
            elif isinstance(happening, ServerRemoved):
                self._drop(page)
            else:
                self._do_soon(page)

    def offer_changed(self) -> None:
        """Tools were offered to the model, or withheld, in the Explorer."""
        if self._page is not None:
            self._page.offer_changed()

    @property
    def home(self) -> Widget:
        """What takes the focus when the pane does."""
        return self._page.home if self._page is not None else self._quiet

    @property
    def has_draft(self) -> bool:
        """Whether the form that is shown holds something typed."""
        return self._page is not None and self._page.has_draft

    def _show_and(self, ref: Ref, act: Callable[[Page], None]) -> None:
        self.show(ref)
        self._then.append(act)

    def _do(self, act: Callable[[Page], None]) -> None:
        """Do something with the page that is shown, or is about to be."""
        self._then.append(act)
        self._soon()

    def _soon(self) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self.call_after_refresh(self._present)

    async def _present(self) -> None:
        self._is_waiting = False
        wanted, self._wanted = self._wanted or self._awaited, None
        if wanted is not None and (self._page is None or self._page.ref != wanted):
            await self._turn_to(wanted)
        if self._awaited is not None:
            return  # what was to be done with the page is done when it is there
        acts, self._then = self._then, []
        if self._page is not None:
            for act in acts:
                act(self._page)

    async def _turn_to(self, ref: Ref) -> None:
        page = self._kept.pop(ref, None) or make_page(self._bench, ref)
        before, self._page = self._page, page
        if before is not None:
            before.add_class("-away")
            if before.has_draft or before.is_running:
                self._kept[before.ref] = before
            else:
                await before.remove()
        self._quiet.display = page is None
        self._awaited = ref if page is None and self._is_coming(ref) else None
        if page is None:
            gone = "$name is not there any more."
            words = "$server is connecting: $name is shown as soon as it is there." if self._awaited else gone
            self._quiet.update(marked(words, name=ref.key or ref.server, server=ref.server))
        elif page.is_attached:
            page.remove_class("-away")
        else:
            await self.mount(page)

    def _is_coming(self, ref: Ref) -> bool:
        """Whether its server has yet to say what it offers."""
        hub = self._bench.hub
        if ref.server not in hub.names:
            return False
        state = hub.status(ref.server).state
        listed = bool(hub.catalog(ref.server).listings)
        return state is ServerState.CONNECTING or (state is ServerState.READY and not listed)

    def _do_soon(self, page: Page) -> None:
        """Bring a page up to date, once for all that changes before the next frame."""
        if not page.is_stale:
            page.is_stale = True
            self.call_after_refresh(page.catch_up)

    def _drop(self, page: Page) -> None:
        self._kept.pop(page.ref, None)
        if page is self._page:
            self._page = None
            self._quiet.display = True
            self._quiet.update(marked("$name is not there any more.", name=page.ref.server))
        page.remove()


def make_page(bench: Workbench, ref: Ref) -> Page | None:
    """The page for a thing, or None when it has gone. Pages are imported when first needed."""
    if ref.server not in bench.hub.names:
        return None
    if ref.is_server:
        from mcp_tui.ui.widgets.inspector.server_page import ServerPage

        return ServerPage(bench, ref)
    match find(bench, ref):
        case Tool() as tool:
            from mcp_tui.ui.widgets.inspector.tool_page import ToolPage

            return ToolPage(bench, tool)
        case Prompt() as prompt:
            from mcp_tui.ui.widgets.inspector.prompt_page import PromptPage

            return PromptPage(bench, prompt)
        case Resource() | Template() as item:
            from mcp_tui.ui.widgets.inspector.resource_page import ResourcePage

            return ResourcePage(bench, item)
        case None:
            return None
