"""A server in the Inspector: what it says of itself, its log, or the card that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.servers import HttpSpec, ServerInfo, ServerState
from mcp_tui.domain.tasks import NOT_YET
from mcp_tui.domain.text import clean
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.inspector.messages import ServerAct
from mcp_tui.ui.widgets.inspector.page import Page, View
from mcp_tui.ui.widgets.inspector.raw_view import RawView
from mcp_tui.ui.widgets.inspector.said_view import SaidView
from mcp_tui.ui.widgets.inspector.server_cards import ConsentCard, FailureCard
from mcp_tui.ui.widgets.inspector.server_facts import Rows, abilities, cache_hints, claims
from mcp_tui.ui.widgets.inspector.server_vitals import ServerVitals
from mcp_tui.ui.widgets.inspector.server_words import address, entry_rows
from mcp_tui.ui.widgets.inspector.sign_in_page import SignInView, sign_in_rows
from mcp_tui.ui.widgets.messages import CopyRequested
from mcp_tui.ui.widgets.pieces import hints, marked, pairs, prose, two
from mcp_tui.ui.widgets.status_bar import STATE_MARKS

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

LOG_SHOWN = 500
"""Lines of stderr in the Log tab."""


class ServerDetails(View):
    """How it is doing, what it says of itself, and its entry."""

    BINDINGS = [Binding("y", "copy", "Copy its command or address")]

    def __init__(self, bench: Workbench, server: str) -> None:
        super().__init__()
        self._bench = bench
        self._server = server

    def compose(self) -> ComposeResult:
        hub = self._bench.hub
        status, info, spec = hub.status(self._server), hub.info(self._server), hub.spec(self._server)
        mark, role = STATE_MARKS[status.state]
        yield Static(marked(f"[{role}]{mark}[/] $state   [$quiet]$why[/]", state=status.state.value, why=status.reason))
        if status.hint:
            yield Static(prose(status.hint, "$quiet"))
        yield Static("")
        if info is not None:
            yield ServerVitals(self._bench, self._server)
            yield two("[b]The server says[/b]", "not checked")
            yield pairs(*claims(info))
            yield from _section("It can", abilities(info.capabilities))
            if self._bench.tasks.abilities(self._server).newer_form:
                yield Static(NOT_YET, classes="gap")
            if info.instructions:
                yield two("[b]Instructions[/b]", "for the model", "gap")
                yield Static(prose(info.instructions), classes="quote")
            yield from _section("It was told that we can", abilities(hub.vitals(self._server).offered))
            yield from _section("Its lists may be kept", cache_hints(hub.catalog(self._server)))
        if known := self._bench.signing_in.signed_in(self._server):
            yield from _section("Your sign-in", sign_in_rows(known))
        yield Static("[b]Its entry[/b]")
        yield pairs(*entry_rows(spec))
        level = {"v": "log level"} if can_log(info) else {}
        yield Static(hints(t="what it says to models"))
        yield Static(hints(r="reconnect", e="edit", x="off or on", **level, y="copy"))

    def action_copy(self) -> None:
        self.post_message(CopyRequested(address(self._bench.hub.spec(self._server))))


class ServerLog(View):
    """The last lines of its standard error."""

    BINDINGS = [Binding("y", "copy", "Copy its last words")]

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines[-LOG_SHOWN:]

    def compose(self) -> ComposeResult:
        if self._lines:
            yield Static(Content(clean("\n".join(self._lines))), classes="gap")
            yield Static(hints(l="everything it logged", y="copy"))
        else:
            yield Static("[$quiet]It has written nothing to its standard error.[/]")

    def action_copy(self) -> None:
        self.post_message(CopyRequested("\n".join(self._lines)))


class ServerPage(Page):
    """Details, Texts, Log and Raw of a server; a card instead of the details while it is not there."""

    BINDINGS = [
        Binding("r", "act('reconnect')", "Start or connect it again", show=False),
        Binding("e", "act('edit')", "Edit its entry", show=False),
        Binding("x", "act('switch')", "Switch it off or on", show=False),
        Binding("l", "act('log')", "All its log", show=False),
        Binding("v", "act('log level')", "How much it logs", show=False),
        Binding("t", "texts", "All that it says to models", show=False),
        Binding("a", "accept", "Accept what is new or changed", show=False),
    ]

    def __init__(self, bench: Workbench, ref: Ref) -> None:
        super().__init__(bench, ref)
        self._shown = self._facts()

    def heading(self) -> Widget:
        spec = self.bench.hub.spec(self.ref.server)
        return two(marked("[b]$name[/b]", name=self.ref.server), f"server · {spec.kind}")

    def tabs(self) -> list[tuple[str, str]]:
        sign_in = [("sign-in", "Sign-in")] if isinstance(self.bench.hub.spec(self.ref.server), HttpSpec) else []
        return [("details", "Details"), ("log", "Log"), *sign_in, ("texts", "Texts"), ("raw", "Raw")]

    def make(self, tab: str) -> View:
        hub, server = self.bench.hub, self.ref.server
        match tab:
            case "texts":
                return SaidView(self.bench, server)
            case "log":
                return ServerLog(hub.stderr(server))
            case "sign-in":
                return SignInView(self.bench, server)
            case "raw":
                info = hub.info(server)
                return RawView(("What it said of itself", info.raw if info else None))
            case _:
                match hub.status(server).state:
                    case ServerState.FAILED | ServerState.LOST:
                        return FailureCard(self.bench, server)
                    case ServerState.CONSENT:
                        return ConsentCard(self.bench, server)
                    case _:
                        return ServerDetails(self.bench, server)

    def open(self, tab: str, focus: bool = False, again: bool = False) -> None:
        super().open(tab, focus, again or tab in ("texts", "log", "sign-in"))

    def follow(self) -> None:
        if self.ref.server in self.bench.hub.names and self._facts() != self._shown:
            self._shown = self._facts()
            self.renew("details", "texts", "sign-in", "raw")

    def _facts(self) -> tuple[object, ...]:
        hub, server = self.bench.hub, self.ref.server
        return hub.status(server), hub.info(server), hub.spec(server), hub.catalog(server)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if parameters == ("log level",) and not can_log(self.bench.hub.info(self.ref.server)):
            return False
        if action == "accept":
            view = self.view
            return isinstance(view, SaidView) and view.waiting is not None
        return super().check_action(action, parameters)

    def action_texts(self) -> None:
        self.open("texts", focus=True)

    async def action_accept(self) -> None:
        """Models may read and call what is shown, until it changes."""
        if isinstance(view := self.view, SaidView) and view.waiting is not None:
            await self.bench.reviews.accept(self.ref.server, [each.tool for each in view.waiting.tools])
            self.renew("texts")

    def action_act(self, act: str) -> None:
        self.post_message(ServerAct(self.ref.server, act))


def can_log(info: ServerInfo | None) -> bool:
    """Whether the server says that it logs over the protocol, and so can be told how much."""
    return info is not None and "logging" in info.capabilities


def _section(title: str, rows: Rows) -> Iterator[Widget]:
    if rows:
        yield Static(f"[b]{title}[/b]")
        yield pairs(*rows)
