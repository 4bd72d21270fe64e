"""Asking on a plain terminal, for leave to run or to pass a result on; and what there is when nobody can be asked."""

from __future__ import annotations

from collections.abc import Iterator

from mcp_tui.domain.errors import PermissionDenied
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.passing import WITHHOLD, Fate, Held, Ruling
from mcp_tui.domain.permission import Answer, Initiator, Request
from mcp_tui.domain.review import Review
from mcp_tui.domain.risk import is_high
from mcp_tui.domain.rules import Origin
from mcp_tui.domain.text import clean_line
from mcp_tui.headless.output import say
from mcp_tui.headless.questions import held_result, question, reviewed
from mcp_tui.headless.terminal import Choice, Terminal

NO = ("d", "deny", "no")


class TerminalAsker:
    """Asks on the terminal. What is of high risk is allowed by a whole word alone."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    async def ask(self, request: Request) -> Reply:
        async with self._terminal.turn:
            say(question(request))
            if is_high(request):
                say("  ▲ High risk: read all of it. Only the whole word allows it.")
            answer = await self._terminal.choose(list(_answers(request)))
            reason = "" if answer else await self._terminal.line("Why not? The model reads it: ")
        return Reply(answer or Answer.DENY, request.arguments, origin=Origin.TERMINAL, reason=reason or "")

    async def read(self, held: Held) -> Ruling:
        async with self._terminal.turn:
            say(held_result(held))
            send, keep = Choice("Send as shown", True, ("a", "send")), Choice("Withhold", False, ("d", "withhold"))
            return Ruling(Fate.SENT) if await self._terminal.choose([send, keep]) else WITHHOLD

    async def review(self, review: Review) -> bool:
        async with self._terminal.turn:
            say(reviewed(review))
            accept = Choice("Accept as shown", True, ("a", "accept"))
            return await self._terminal.choose([accept, Choice("Leave out of the chat", False, NO)])


def _answers(request: Request) -> Iterator[Choice[Answer | None]]:
    """As in the dialog; None: Deny, and say why."""
    high = is_high(request)
    yield Choice("Allow once", Answer.ONCE, ("yes",) if high else ("a", "allow"))
    if not request.every_time and not request.despite:
        yield Choice("Allow for session", Answer.SESSION, ("session",) if high else ("s", "session"))
    if request.initiator is Initiator.MODEL:
        yield Choice("Deny, and say why", None, ("r", "reason"))
    yield Choice("Deny", Answer.DENY, NO)


class NoTerminal:
    """There is nobody to ask: that means no, and says how to allow it beforehand."""

    async def ask(self, request: Request) -> Reply:
        if why := request.every_time or request.despite:
            raise PermissionDenied(f"{why}, and there is no terminal to ask on", subject=request.item)
        raise PermissionDenied("there is no terminal to ask on; --allow lets it run", subject=request.item)

    async def read(self, held: Held) -> Ruling:
        where = clean_line(f"{held.tool} on {held.server}")
        say(f"mcp-tui: the result of {where} is kept back: there is no terminal to show it on (review_results)")
        return WITHHOLD

    async def review(self, review: Review) -> bool:
        where = clean_line(review.server)
        say(
            f"mcp-tui: {where} is left out: what it says to models waits for a look, and there is no terminal to ask on"
        )
        say(f"  mcp-tui permissions accept {where} shows it and accepts it")
        return False


def asker(terminal: Terminal | None) -> TerminalAsker | NoTerminal:
    """The terminal when there is one to ask on, else nobody."""
    return TerminalAsker(terminal) if terminal else NoTerminal()
