"""Asking for permission on a plain terminal: the question on stderr, the answer as a typed line."""

from __future__ import annotations

import asyncio
import sys

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import PermissionDenied
from mcp_tui.domain.gate import Asker, Reply
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Answer, Request
from mcp_tui.domain.rules import Origin
from mcp_tui.domain.text import clean, pretty_json
from mcp_tui.headless.output import say

ANSWERS = {"a": Answer.ONCE, "s": Answer.SESSION, "d": Answer.DENY}


class TerminalAsker:
    """Asks on the terminal; anything but `a` or `s` means deny."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, request: Request) -> Reply:
        async with self._one_at_a_time:
            say(question(request))
            session = "" if request.every_time else "Allow for session (s), "
            sys.stderr.write(f"Allow once (a), {session}Deny (d)? [d] ")
            sys.stderr.flush()
            line = await asyncio.to_thread(sys.stdin.readline)
        answer = ANSWERS.get(line.strip().lower()[:1], Answer.DENY)
        return Reply(answer, request.arguments, origin=Origin.TERMINAL)


class NoTerminal:
    """There is nobody to ask: that means no, and says how to allow it beforehand."""

    async def ask(self, request: Request) -> Reply:
        if request.every_time:
            raise PermissionDenied(f"{request.every_time}, and there is no terminal to ask on", subject=request.item)
        raise PermissionDenied("there is no terminal to ask on; --allow lets it run", subject=request.item)


def asker() -> Asker:
    """The terminal when there is one to ask on, else nobody."""
    return TerminalAsker() if sys.stdin.isatty() and sys.stderr.isatty() else NoTerminal()


def question(request: Request) -> str:
    """The whole question as lines of shown text."""
    wants = "call" if request.kind is Kind.TOOL else "read"
    lines = [
        "",
        "Permission required",
        f"  {clean(request.who)} wants to {wants} {clean(request.item)} on {clean(request.server)}",
    ]
    if request.hints.says_destructive:
        lines.append("  The server says this can destroy data.")
    if request.before is not None:
        lines.append(f"  This {request.kind.value} changed since you last allowed it.")
    if request.every_time:
        lines.append(f"  Asked every time: {request.every_time}.")
    arguments = pretty_json(request.arguments)
    lines += [f"  {line}" for line in clean(arguments).splitlines()]
    if HIDDEN.are_in(arguments):
        lines.append("  They contain a configured secret, which is sent as it is.")
    return "\n".join(lines)
