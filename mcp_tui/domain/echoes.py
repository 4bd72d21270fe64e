"""Text in a call's arguments that a server's result brought in: how an order hidden in a result takes data elsewhere.

A piece counts from 16 characters on, white space apart, unless the user wrote it too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SHORTEST = 16
"""Characters from which on a piece is no chance."""
LONGEST_TEXT = 1_000_000
"""Characters of one result that are remembered."""
MOST_KEPT = 4_000_000
"""Characters of all results that are remembered; the oldest go first."""
_GRAM = 8
_STRIDE = SHORTEST - _GRAM + 1
"""Any piece of 16 characters holds a whole gram of 8 that begins at a multiple of 9."""
_SHOWN = 80
"""Characters of a piece that are kept, to be shown."""


@dataclass(frozen=True, slots=True)
class Echo:
    """One argument that holds text of a result. Texts are raw."""

    argument: str
    """The name of the argument, at the top of the object."""
    text: str
    """The shared piece, or its first 80 characters; white space as single blanks."""
    server: str
    """Whose result it was."""


class Heard:
    """The texts of results that the model has read."""

    def __init__(self) -> None:
        self._texts: deque[_Text] = deque()

    def note(self, server: str, text: str) -> None:
        """Remember a result's text."""
        if len(text) >= SHORTEST:
            self._texts.append(_Text(server, _even(text[:LONGEST_TEXT])))
        while sum(len(each.text) for each in self._texts) > MOST_KEPT:
            self._texts.popleft()

    def forget(self) -> None:
        self._texts.clear()

    def find(self, arguments: Mapping[str, Any], said: Iterable[str] = ()) -> tuple[Echo, ...]:
        """For each argument and server the first piece found; `said` is what the user wrote."""
        own = " ".join(map(_even, said))
        found: dict[tuple[str, str], Echo] = {}
        for argument, value in arguments.items():
            for text in _texts_in(value):
                for source in self._texts:
                    if (argument, source.server) not in found and (piece := source.piece_in(text, own)):
                        found[argument, source.server] = Echo(argument, piece, source.server)
        return tuple(found.values())


class _Text:
    """One result's text, and the grams by which pieces of it are found fast."""

    def __init__(self, server: str, text: str) -> None:
        self.server = server
        self.text = text
        self._grams = {text[at : at + _GRAM] for at in range(0, len(text) - _GRAM + 1, _STRIDE)}

    def piece_in(self, text: str, own: str) -> str:
        """A piece of this text in another one that does not stand in `own`, or ""."""
        for at in range(len(text) - _GRAM + 1):
            if text[at : at + _GRAM] not in self._grams:
                continue
            for start in range(max(0, at + _GRAM - SHORTEST), at + 1):
                piece = text[start : start + SHORTEST]
                if len(piece) == SHORTEST and piece in self.text and piece not in own:
                    return self._grown(text, start)
        return ""

    def _grown(self, text: str, start: int) -> str:
        end = start + SHORTEST
        while end < min(len(text), start + _SHOWN) and text[start : end + 1] in self.text:
            end += 1
        return text[start:end]


def still_in(echoes: Iterable[Echo], arguments: Mapping[str, Any]) -> tuple[Echo, ...]:
    """Those whose piece stands in these arguments too, edited as they may be."""
    return tuple(echo for echo in echoes if any(echo.text in text for text in _texts_in(arguments.get(echo.argument))))


def _texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names included, that is long enough to hold a piece."""
    match value:
        case str():
            text = _even(value)
            if len(text) >= SHORTEST:
                yield text
        case dict():
            for name, inner in value.items():
                yield from _texts_in(str(name))
                yield from _texts_in(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts_in(inner)
        case _:
            return


def _even(text: str) -> str:
    return " ".join(text.split())
