"""Signing in on a plain terminal: the address on stderr, the way back by itself or as a pasted line."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress

from mcp_tui.domain.signin import SignIn, SignInAsks, wrong_with
from mcp_tui.domain.text import clean, clean_line
from mcp_tui.headless.output import say
from mcp_tui.workbench.browser import open_address


class TerminalSignIn:
    """Asks on the terminal, one server at a time; an empty line refuses."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def sign_in(self, ask: SignIn) -> str | None:
        async with self._one_at_a_time:
            say(f"\n{clean_line(ask.server)} wants you to sign in, at\n\n  {clean(ask.url)}\n")
            opened = open_address(ask.url, os.environ)
            say("Your browser was told to open it." if opened else "Open it in a browser.")
            say("It comes back here by itself; if it cannot, paste the address that it ended at.")
            while True:
                sys.stderr.write("Address (nothing to refuse): ")
                sys.stderr.flush()
                line = (await _typed_line()).strip()
                if not line:
                    return None
                if not (wrong := wrong_with(line, ask)):
                    return line
                say(wrong)


def sign_in_asks() -> SignInAsks | None:
    """The terminal when there is one to ask on, else nobody."""
    return TerminalSignIn() if sys.stdin.isatty() and sys.stderr.isatty() else None


async def _typed_line() -> str:
    """A line from the terminal. Unlike a thread that reads, this can be given up."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sys.stdin, readable.set)
    try:
        await readable.wait()
    finally:
        with suppress(ValueError):
            loop.remove_reader(sys.stdin)
    return sys.stdin.readline()
