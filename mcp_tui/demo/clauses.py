"""How the demo script takes a request apart: "add 1 and 2 and reverse abc" is two commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mcp_tui.demo.filling import fill
from mcp_tui.demo.wording import FILLERS, Offered, best_tool, masked, mentioned_words, names_of

_POLITE = re.compile(
    r"^(?:\s|,|(?:please|kindly|now|then|also|and|hey|hi|hello|ok|okay|(?:can|could|would|will) you|let's|let us"
    r"|i(?: would|'d)? (?:want|like|need) you to)\b)+",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"(\s*(?:[,;\n]|\.\s)\s*(?:and\s+)?(?:then\s+)?|\s+(?:and\s+then|and\s+also|and|then)\s+)", re.I
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a request that is about one tool."""

    text: str
    """Without a polite beginning."""
    tool: Offered | None


def clauses(request: str, tools: Sequence[Offered]) -> list[Clause]:
    """The request cut where a new command begins: "add 1 and 2 and reverse abc" is two clauses.

    Quotes and JSON are never cut. What names no tool stays with the clause before it.
    """
    pieces = _SEPARATOR.split(masked(request))
    found: list[Clause] = []
    start = end = 0
    for index in range(0, len(pieces), 2):
        separator = pieces[index - 1] if index else ""
        begin = end + len(separator)
        piece = request[begin : begin + len(pieces[index])]
        if found and found[-1].tool and _begins_command(piece, request[begin:], tools):
            start = begin
            found.append(_clause(piece, tools))
        else:
            whole = request[start : begin + len(piece)]
            found[-1:] = [_clause(whole, tools)]
        end = begin + len(piece)
    return found


def _clause(text: str, tools: Sequence[Offered]) -> Clause:
    text = _POLITE.sub("", text.strip()).strip() or text.strip()
    return Clause(text, best_tool(text, tools))


def _begins_command(piece: str, rest: str, tools: Sequence[Offered]) -> bool:
    """Whether a piece opens with a word of a tool's name, and what comes from there on has what that tool needs."""
    clause = _clause(piece, tools)
    if clause.tool is None:
        return False
    opening = next((word for word in mentioned_words(clause.text) if word not in FILLERS and not word.isdigit()), "")
    return names_of(clause.tool, opening) and not fill(rest, clause.tool).missing
