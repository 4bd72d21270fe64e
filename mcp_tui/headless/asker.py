"""Asking on a plain terminal, for leave to run or to pass a result on: questions on stderr, answers as typed lines."""

from __future__ import annotations

import asyncio
import sys

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.definition_change import changes
from mcp_tui.domain.errors import PermissionDenied
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.passing import WITHHOLD, Fate, Held, Ruling
from mcp_tui.domain.permission import Answer, Request
from mcp_tui.domain.pins import pin
from mcp_tui.domain.review import Review
from mcp_tui.domain.rules import Origin
from mcp_tui.domain.scan import scan
from mcp_tui.domain.text import clean, clean_line, pretty_json
from mcp_tui.headless.output import say

ANSWERS = {"a": Answer.ONCE, "s": Answer.SESSION, "d": Answer.DENY}


class TerminalAsker:
    """Asks on the terminal; anything but `a` or `s` means deny."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, request: Request) -> Reply:
        async with self._one_at_a_time:
            say(question(request))
            session = "" if request.every_time or request.despite else "Allow for session (s), "
            typed = await _typed(f"Allow once (a), {session}Deny (d)? [d] ")
        return Reply(ANSWERS.get(typed, Answer.DENY), request.arguments, origin=Origin.TERMINAL)

    async def read(self, held: Held) -> Ruling:
        """Shows a result; anything but `a` keeps it back."""
        async with self._one_at_a_time:
            say(held_result(held))
            typed = await _typed("Send as shown (a), Withhold (d)? [d] ")
        return Ruling(Fate.SENT) if typed == "a" else WITHHOLD

    async def review(self, review: Review) -> bool:
        """Shows what a server says to models; anything but `a` leaves it out."""
        async with self._one_at_a_time:
            say(reviewed(review))
            return await _typed("Accept as shown (a), Leave out of the chat (d)? [d] ") == "a"


async def _typed(prompt: str) -> str:
    """The first letter of the line that is typed."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return (await asyncio.to_thread(sys.stdin.readline)).strip().lower()[:1]


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


def asker() -> TerminalAsker | NoTerminal:
    """The terminal when there is one to ask on, else nobody."""
    return TerminalAsker() if sys.stdin.isatty() and sys.stderr.isatty() else NoTerminal()


def held_result(held: Held) -> str:
    """A result that waits, as lines of shown text, and what is suspicious in it."""
    lines = ["", "Send this result to the model?", f"  {clean_line(held.tool)} on {clean_line(held.server)}"]
    lines += [f"  {line}" for line in clean(held.text).splitlines()]
    found = dict.fromkeys(
        f"  △ {each.kind.value}: {clean_line(each.what)}" for each in scan(held.text, held.other_tools)
    )
    return "\n".join([*lines, *found])


def reviewed(review: Review) -> str:
    """What a server says to models, as lines of shown text, what is suspicious first."""
    why = f" {review.why}" if review.why else ""
    lines = ["", "Permission required", f"  The model would read what {clean_line(review.server)} says.{why}"]
    for tool, said, found in review.findings:
        where = f"{tool}, {said.where}" if tool else said.where
        lines.append(f"  △ {found.kind.value}: {clean_line(found.what)}, in {clean_line(where)}")
    if review.instructions is not None:
        lines += ["  instructions", *_indented(review.instructions.text)]
    for each in review.tools:
        lines.append(f"  ƒ {clean_line(each.tool.name)}  {each.standing.value}")
        if found := changes(each.before, pin(each.tool).text):
            for change in found:
                lines += [f"    {clean_line(change.part)}, then:", *_indented(change.old), "    now:"]
                lines += _indented(change.new)
            continue
        for said in each.said:
            if said.where != "name":
                lines += [f"    {clean_line(said.where)}:", *_indented(said.text)]
    return "\n".join(lines)


def _indented(text: str) -> list[str]:
    return [f"      {line}" for line in clean(text).splitlines()]


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
    if request.despite:
        lines.append(f"  Asked all the same: {clean(request.despite)}.")
    lines += [f"  {clean(echo.argument)} contains text that came from {clean(echo.server)}." for echo in request.echoes]
    arguments = pretty_json(request.arguments)
    lines += [f"  {line}" for line in clean(arguments).splitlines()]
    if HIDDEN.are_in(arguments):
        lines.append("  They contain a configured secret, which is sent as it is.")
    return "\n".join(lines)
