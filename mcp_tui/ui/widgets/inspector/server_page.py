"""A server in the Inspector: what it says of itself, its log, or the card that says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.servers import ServerInfo, ServerState
from mcp_tui.domain.text import clean
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.inspector.messages import ServerAct
from mcp_tui.ui.widgets.inspector.page import Page, View
from mcp_tui.ui.widgets.inspector.raw_view import RawView
from mcp_tui.ui.widgets.inspector.server_cards import ConsentCard, FailureCard
from mcp_tui.ui.widgets.inspector.server_words import address, entry_rows
from mcp_tui.ui.widgets.messages import CopyRequested
from mcp_tui.ui.widgets.pieces import Words, hints, line, marked, pairs, prose, two
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
            yield two("[b]The server says[/b]", "not checked")
            yield pairs(*_says(info))
            if info.instructions:
                yield two("[b]Instructions[/b]", "for the model", "gap")
                yield Static(prose(info.instructions), classes="quote")
        yield Static("[b]Its entry[/b]")
        yield pairs(*entry_rows(spec))
        yield Static(hints(r="reconnect", e="edit", x="off or on", y="copy"))

    def action_copy(self) -> None:
        self.post_message(CopyRequested(address(self._bench.hub.spec(self._server))))


class ServerLog(View):
    """The last lines of its standard error."""

    BINDINGS = [Binding("y", "copy", "Copy the lines")]

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
    """Details, Log and Raw of a server; a card instead of the details while it is not there."""

    BINDINGS = [
        Binding("r", "act('reconnect')", "Reconnect", show=False),
        Binding("e", "act('edit')", "Edit", show=False),
        Binding("x", "act('switch')", "Switch off or on", show=False),
        Binding("l", "act('log')", "All its log", show=False),
    ]

    def __init__(self, bench: Workbench, ref: Ref) -> None:
        super().__init__(bench, ref)
        self._shown = self._facts()

    def heading(self) -> Widget:
        spec = self.bench.hub.spec(self.ref.server)
        return two(marked("[b]$name[/b]", name=self.ref.server), f"server · {spec.kind}")

    def tabs(self) -> list[tuple[str, str]]:
        return [("details", "Details"), ("log", "Log"), ("raw", "Raw")]

    def make(self, tab: str) -> View:
        hub, server = self.bench.hub, self.ref.server
        match tab:
            case "log":
                return ServerLog(hub.stderr(server))
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
        super().open(tab, focus, again or tab == "log")

    def follow(self) -> None:
        if self.ref.server in self.bench.hub.names and self._facts() != self._shown:
            self._shown = self._facts()
            self.renew("details", "raw")

    def _facts(self) -> tuple[object, ...]:
        hub, server = self.bench.hub, self.ref.server
        return hub.status(server), hub.info(server), hub.spec(server)

    def action_act(self, act: str) -> None:
        self.post_message(ServerAct(self.ref.server, act))


def _says(info: ServerInfo) -> list[tuple[Words, Words]]:
    abilities = ", ".join(info.capabilities) or "none"
    rows = [
        ("name", info.name),
        ("title", info.title),
        ("version", info.version),
        ("protocol", f"{info.protocol} ({info.era})" if info.era else info.protocol),
        ("can do", abilities),
        ("process", str(info.pid) if info.pid is not None else ""),
    ]
    return [(name, line(value)) for name, value in rows if value]
