"""A resource or a template in the Inspector: its contents by type, read only when the user wants them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding
from textual.widget import Widget

from mcp_tui.domain.catalog import Resource, Template
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.uri_template import expand, lists, schema_for
from mcp_tui.ui.refs import Ref, find
from mcp_tui.ui.widgets.inspector.fetching import Asked, AskingPage
from mcp_tui.ui.widgets.inspector.form_view import AskingForm
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.inspector.raw_view import RawView
from mcp_tui.ui.widgets.inspector.resource_views import Contents, Read, ResourceDetails
from mcp_tui.ui.widgets.inspector.watching import Watcher
from mcp_tui.ui.widgets.pieces import marked, two

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench


class ResourcePage(AskingPage):
    """Content, Details and Raw; a template has its variables first."""

    BINDINGS = [
        Binding("enter", "read", "Read it", show=False),
        Binding("r", "again", "Read again", show=False),
        Binding("e", "edit", "Edit the variables", show=False),
        Binding("w", "watch", "Watch it, or no more", show=False),
    ]

    def __init__(self, bench: Workbench, item: Resource | Template) -> None:
        super().__init__(bench, Ref(item.server, item.kind, item.key))
        self.item: Resource | Template = item
        self._read: Read | None = None
        self._uri = item.key
        self._watcher = Watcher(bench, item.server, self._read_again)
        if isinstance(item, Resource):
            self._watcher.look_at(item.key)

    @property
    def _is_template(self) -> bool:
        return isinstance(self.item, Template)

    def heading(self) -> Widget:
        item = self.item
        icon = "◇" if self._is_template else "◆"
        return two(
            marked("[$hue]$icon[/] [b]$name[/b]", icon=icon, name=item.name or item.key),
            marked("$server · $kind", server=item.server, kind=item.kind.value),
        )

    def tabs(self) -> list[tuple[str, str]]:
        variables = [("variables", "Variables")] if self._is_template else []
        return [*variables, ("content", "Content"), ("details", "Details"), ("raw", "Raw")]

    def make(self, tab: str) -> View:
        match tab:
            case "variables":
                return AskingForm(schema_for(self.item.key), "Read", self._values, self._suggest)
            case "details":
                return ResourceDetails(self.item)
            case "raw":
                result = self._read.result if self._read else None
                return RawView(("Definition", self.item.raw), ("Result", result.raw if result else None))
            case _:
                return Contents(self._uri, self._read, self._watcher.new_line(), self._watch_words())

    def entered(self) -> None:
        if self._read is None and not self._is_template:
            self.read(self.item.key)

    def follow(self) -> None:
        now = find(self.bench, self.ref)
        if isinstance(now, Resource | Template) and now != self.item:
            self.item = now
            self.renew("details", "raw")

    def fetch(self, arguments: dict[str, str]) -> None:
        """Read what the template makes of the variables."""
        self._values = arguments
        self.read(expand(self.item.key, lists(self.item.key, arguments)))

    def read(self, uri: str) -> None:
        """Read the resource, or an address that the template makes, if it is not on its way already.

        The gate asks first where it must.
        """
        if self.is_busy and uri == self._uri:
            return
        self._uri = uri
        self._watcher.look_at(uri)
        self.ask("reading", {}, partial(self.bench.read_resource, self.item, uri))

    def show_asked(self, asked: Read) -> None:
        self._read = asked
        self.renew("raw")
        self.open("content", focus=self.has_focus_within, again=True)

    def _watch_words(self) -> str:
        """What the key does; "" when the server does not tell of changes, or there is no address yet."""
        if (self._is_template and self._read is None) or not self.bench.hub.can_watch(self.ref.server):
            return ""
        return "watch no more" if self._watcher.watch else "watch"

    @work(group="watch", exclusive=True, exit_on_error=False)
    async def action_watch(self) -> None:
        """Be told of changes from now on, or no more."""
        await self._watcher.toggle()
        if isinstance(view := self._views.get("content"), Contents):
            view.tell_watching(self._watch_words())

    def watched(self, uri: str) -> None:
        self.run_worker(self._watcher.changed(uri), group="follow", exit_on_error=False)

    async def _read_again(self, uri: str) -> None:
        """Read what changed, when that was allowed before: nobody is asked about it again and again."""
        if self._read is None or not self.bench.may_read(self.item, uri):
            return
        try:
            read = Asked({}, await self.bench.read_resource(self.item, uri))
        except McpTuiError as error:
            read = Asked({}, None, error.what, error.hint)
        if uri == self._uri and self.is_attached and read != self._read:
            self._read = read
            self._anew("content", "raw")

    def _anew(self, *tabs: str) -> None:
        """Make bodies anew, and leave the user where they are in the one that is shown."""
        place = self.view.scroll_y if self.view else 0
        self.renew(*tabs)
        if place and (view := self.view):
            view.call_after_refresh(lambda: view.scroll_to(y=place, animate=False))

    def action_read(self) -> None:
        if self._is_template and self._read is None:
            self.open("variables", focus=True)
        else:
            self.read(self._uri)

    def action_again(self) -> None:
        self.read(self._uri)

    def action_edit(self) -> None:
        self.open("variables", focus=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        allowed = super().check_action(action, parameters)
        match action:
            case "read":
                return allowed and self._read is None and self.line.active != "variables"
            case "again":
                return allowed and self._read is not None and self.line.active == "content"
            case "edit":
                return allowed and self._is_template and self.line.active != "variables"
            case "watch":
                return allowed and self.line.active == "content" and bool(self._watch_words())
            case _:
                return allowed
