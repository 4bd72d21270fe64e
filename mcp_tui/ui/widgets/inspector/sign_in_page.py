"""The sign-in of a server: what is kept of it, each step of how it went, and the way out."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.signin import AuthStep, SignedIn
from mcp_tui.domain.text import human_time
from mcp_tui.ui.widgets.inspector.messages import ServerAct
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.pieces import Words, hints, line, marked, pairs, two

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench


class SignInView(View):
    """Facts first, then the steps of this run. Tokens and codes never come this far."""

    BINDINGS = [Binding("o", "sign_out", "Sign out")]

    def __init__(self, bench: Workbench, server: str) -> None:
        super().__init__()
        self._bench = bench
        self._server = server
        self._known = bench.signing_in.signed_in(server)

    def on_mount(self) -> None:
        self.app.run_worker(self._look(), group="sign-in", exit_on_error=False)

    async def _look(self) -> None:
        """What an earlier run kept stands in a file or the keyring."""
        known = await self._bench.signing_in.kept(self._bench.hub.spec(self._server))
        if known != self._known and self.is_attached:
            self._known = known
            await self.recompose()

    def compose(self) -> ComposeResult:
        known, steps = self._known, self._bench.signing_in.steps(self._server)
        if known is not None:
            yield pairs(*sign_in_rows(known))
        else:
            yield Static("[$quiet]Nobody is signed in. When the server wants it, you are asked.[/]", classes="gap")
        if steps:
            yield two("[b]What happened[/b]", "the newest last")
            yield from _told(steps)
        if known is not None:
            yield Static(hints(o="sign out, and revoke the token"))

    def action_sign_out(self) -> None:
        self.post_message(ServerAct(self._server, "sign out"))


def sign_in_rows(known: SignedIn) -> list[tuple[Words, Words]]:
    """Where, for what, and until when."""
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(known.since)) if known.since else ""
    rows = [
        ("signed in at", known.issuer),
        ("since", since),
        ("scopes", " ".join(known.scopes)),
        ("expires", expires(known)),
    ]
    return [(name, line(value)) for name, value in rows if value]


def expires(known: SignedIn) -> str:
    """ "in 52 min, then renewed by itself"."""
    if known.expires is None:
        return "not told"
    left = known.expires - time.time()
    when = f"in {human_time(left)}" if left > 0 else f"{human_time(-left)} ago"
    return f"{when}, then renewed by itself" if known.renewable else when


def _told(steps: Iterable[AuthStep]) -> Iterable[Static]:
    for step in steps:
        mark = "[$bad]✗[/]" if step.failed else "[$quiet]·[/]"
        clock = time.strftime("%H:%M:%S", time.localtime(step.time))
        yield Static(marked(f"{mark} [$quiet]$clock[/]  $what", clock=clock, what=step.what))
        if step.detail:
            yield Static(Content("            ") + line(step.detail, "$quiet"))
