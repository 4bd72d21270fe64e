"""Code in four calm voices: words bold, strings green, numbers in the accent, the rest plain or quiet."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from mcp_tui.ui.transcript.lines import Piece

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST = 100_000
"""Characters; longer code is shown plain."""

_JSON = re.compile(r'("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b|([\[\]{},:]+)')


def highlighted(code: str, language: str) -> list[list[Piece]]:
    """The lines of cleaned code. Code in an unknown language is plain."""
    lexer = _lexer(language) if language and len(code) <= LONGEST else None
    if lexer is None:
        return [[(line, "")] for line in code.split("\n")]
    lines: list[list[Piece]] = [[]]
    for kind, text in lexer.get_tokens(code):
        role = _role(kind)
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((part, role))
    return lines[: code.count("\n") + 1]


def json_pieces(line: str) -> list[Piece]:
    """One line of pretty-printed JSON (its strings never span lines), without a lexer: results may be megabytes."""
    pieces: list[Piece] = []
    done = 0
    for found in _JSON.finditer(line):
        if found.start() > done:
            pieces.append((line[done : found.start()], ""))
        string, colon, number, word, _ = found.groups()
        if string and colon:
            pieces += [(string, "bold"), (colon, "quiet")]
        elif string:
            pieces.append((string, "good"))
        else:
            pieces.append((found.group(), "hue" if number or word else "quiet"))
        done = found.end()
    if done < len(line):
        pieces.append((line[done:], ""))
    return pieces


@cache
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _voices() -> dict[object, str]:
    from pygments.token import Token

    return {
        Token.Comment: "quiet",
        Token.Keyword: "bold",
        Token.Operator.Word: "bold",
        Token.Literal.String: "good",
        Token.Literal.Number: "hue",
        Token.Keyword.Constant: "hue",
        Token.Name.Tag: "quiet",
        Token.Punctuation: "quiet",
    }


@cache
def _role(kind: tuple[str, ...]) -> str:
    """The voice of a token type or of the nearest type above it."""
    at: tuple[str, ...] | None = kind
    while at is not None:
        if at in _voices():
            return _voices()[at]
        at = getattr(at, "parent", None)
    return ""
