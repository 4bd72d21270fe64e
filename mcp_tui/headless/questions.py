"""What a person has to know to decide on a plain terminal, as lines of shown text: the dialogs' words without a screen.

Foreign text of several lines stands behind a gutter, so that none of it can pass for a question of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.definition_change import Change, changes, differences, in_short
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.passing import Held
from mcp_tui.domain.permission import Initiator, Request
from mcp_tui.domain.pins import pin
from mcp_tui.domain.review import Review
from mcp_tui.domain.scan import scan
from mcp_tui.domain.text import clean, clean_line, counted, hidden_count, pretty_json


def question(request: Request) -> str:
    """All that the permission dialog says of a request."""
    wants = "call" if request.kind is Kind.TOOL else "read"
    who = (request.who or "The model") if request.initiator is Initiator.MODEL else "You"
    where = " · ".join(filter(None, (request.server, request.server_kind)))
    verb = f"wants to {wants}" if who != "You" else f"want to {wants}"
    lines = ["", "Permission required", f"  {clean_line(f'{who} {verb} {request.item} on {where}')}"]
    lines += quoted(request.description.strip())
    lines += _sent(request)
    if request.kind is Kind.TOOL:
        lines += _claims(request)
    if request.every_time:
        lines.append(f"  △ Asked every time: {clean_line(request.every_time)}. An answer counts for this call alone.")
    if request.despite:
        lines.append(f"  △ Asked all the same: {clean_line(request.despite)}.")
    if request.before is not None:
        found = changes(request.before.definition_text, request.definition_text)
        lines.append(f"  △ This {request.kind.value} changed since you last allowed it. {clean_line(in_short(found))}")
        lines += _then_and_now(found)
    return "\n".join(lines)


def held_result(held: Held) -> str:
    """A result that waits, and what is suspicious in it."""
    lines = ["", "Send this result to the model?", f"  {clean_line(held.tool)} on {clean_line(held.server)}"]
    found = dict.fromkeys(
        f"  △ {each.kind.value}: {clean_line(each.what)}" for each in scan(held.text, held.other_tools)
    )
    return "\n".join([*lines, *quoted(held.text), *found])


def reviewed(review: Review) -> str:
    """What a server says to models, what is suspicious first."""
    why = f" {review.why}" if review.why else ""
    lines = ["", "Permission required", f"  The model would read what {clean_line(review.server)} says.{why}"]
    lines += _then_and_now(changes(review.entries[0] or "{}", review.entries[1]))
    for tool, said, found in review.findings:
        where = f"{tool}, {said.where}" if tool else said.where
        lines.append(f"  △ {found.kind.value}: {clean_line(found.what)}, in {clean_line(where)}")
    if review.instructions is not None:
        lines += ["  instructions", *quoted(review.instructions.text)]
    for each in review.tools:
        lines.append(f"  ƒ {clean_line(each.tool.name)}  {each.standing.value}")
        if found := changes(each.before, pin(each.tool).text):
            lines += _then_and_now(found)
            continue
        for said in each.said:
            if said.where != "name":
                lines += [f"    {clean_line(said.where)}:", *quoted(said.text)]
    return "\n".join(lines)


def quoted(text: str) -> list[str]:
    """A stranger's words."""
    return [f"    │ {line}" for line in clean(text).splitlines()]


def _sent(request: Request) -> Iterator[str]:
    """The arguments exactly as they are sent, and what a person should know of them."""
    arguments = pretty_json(request.arguments)
    yield "  Arguments, exactly what is sent:"
    yield from quoted(arguments)
    if HIDDEN.are_in(arguments):
        yield "  △ They contain a configured secret, which is sent as it is."
    if count := hidden_count(arguments):
        yield f"  △ They contain {counted(count, 'hidden character')}."
    for echo in request.echoes:
        yield f"  △ {clean_line(echo.argument)} contains text that came from {clean_line(echo.server)}:"
        yield from quoted(echo.text)
    if request.last is not None and (found := differences(request.last, request.arguments)):
        yield "  Since its last call:"
        yield from _then_and_now(found)


def _claims(request: Request) -> Iterator[str]:
    if request.hints.says_destructive:
        yield "  ▲ The server says this can destroy data. What it deletes cannot be brought back from here."
        return
    said = ", ".join(words for words, _ in request.hints.claims)
    yield (
        f"  The server says: {said} (a claim, not checked)" if said else "  The server says nothing of what it changes."
    )


def _then_and_now(found: Iterable[Change]) -> Iterator[str]:
    for change in found:
        yield f"    {clean_line(change.part)}, then:"
        yield from quoted(change.old)
        yield "    now:"
        yield from quoted(change.new)
