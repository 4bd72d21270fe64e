"""Signing in on a plain terminal: the address on stderr, the way back by itself or as a pasted line."""

from __future__ import annotations

import os

from mcp_tui.domain.signin import SignIn, SignInAsks, wrong_with
from mcp_tui.domain.text import clean, clean_line
from mcp_tui.headless.output import say
from mcp_tui.headless.terminal import Terminal
from mcp_tui.workbench.browser import open_address


class TerminalSignIn:
    """Asks on the terminal, one server at a time; an empty line refuses."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    async def sign_in(self, ask: SignIn) -> str | None:
        async with self._terminal.turn:
            say(f"\n{clean_line(ask.server)} wants you to sign in, at\n\n  {clean(ask.url)}\n")
            opened = open_address(ask.url, os.environ)
            say("Your browser was told to open it." if opened else "Open it in a browser.")
            say("It comes back here by itself; if it cannot, paste the address that it ended at.")
            while line := await self._terminal.line("Address (nothing to refuse): "):
                if not (wrong := wrong_with(line, ask)):
                    return line
                say(wrong)
            return None


def sign_in_asks(terminal: Terminal | None) -> SignInAsks | None:
    """The terminal when there is one to ask on, else nobody."""
    return TerminalSignIn(terminal) if terminal else None
