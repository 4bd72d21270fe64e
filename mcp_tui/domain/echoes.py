"""Text in a call's arguments that a server brought into the chat: how an order hidden in it takes data elsewhere.

A piece counts from 16 characters on, white space apart, unless the user wrote it before that server gave it. So what a
server gave stays its text, also when the user puts it into the chat by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from mcp_tui.domain.fair import Fair

SHORTEST = 16
"""Characters from which on a piece is no chance."""
LONGEST_TEXT = 1_000_000
"""Characters of one text that are remembered."""
MOST_KEPT = 4_000_000
"""Characters of all texts that are remembered."""
MOST_TEXTS = 1_000
_GRAM = 8
_STRIDE = SHORTEST - _GRAM + 1
"""Any piece of 16 characters holds a whole gram of 8 that begins at a multiple of 9."""
_SHOWN = 80
"""Characters of a piece that are kept, to be shown."""


@dataclass(frozen=True, slots=True)
class Echo:
    """One argument that holds text of a server. Texts are raw."""

    argument: str
    """The name of the argument, at the top of the object."""
    text: str
    """The shared piece, or its first 80 characters; white space as single blanks."""
    server: str
    """Whose text it is."""


class Heard:
    """The texts that servers gave and what the user wrote, in their order; of each server the newest."""

    def __init__(self) -> None:
        self._texts = Fair["_Text"](MOST_TEXTS, MOST_KEPT)
        self._numbers = count()
        self._said = ""

    def note(self, server: str, text: str, *, fetched: bool = False) -> None:
        """Remember a server's text. What the user `fetched`, no model has read before some of it is said."""
        text = _even(text[:LONGEST_TEXT])
        if len(text) < SHORTEST:
            return
        known = next((each for each in self._texts.of(server) if each.text == text), None)
        if known is None:
            self._keep(_Text(server, text, len(self._said), fetched, is_read=not fetched))
        else:
            known.is_fetched |= fetched
            known.is_read |= not fetched

    def say(self, text: str) -> None:
        """The user sends this to the model, and with it whatever of a server's text stands in it."""
        text = _even(text)
        for each in self._texts:
            each.is_read = each.is_read or bool(each.piece_in(text, self._said))
        self._said += f"{text}\n"

    def forget(self) -> None:
        """A new chat: the model has read nothing yet. What the user fetched may still be put into it."""
        kept, self._texts = self._texts, Fair(MOST_TEXTS, MOST_KEPT)
        for each in kept:
            if each.is_fetched:
                each.is_read = False
                self._keep(each)

    def find(self, arguments: Mapping[str, Any]) -> tuple[Echo, ...]:
        """For each argument and server the first piece found of what the model has read."""
        read = [each for each in self._texts if each.is_read]
        found: dict[tuple[str, str], Echo] = {}
        for argument, value in arguments.items():
            for text in _texts_in(value):
                for source in read:
                    if (argument, source.server) not in found and (piece := source.piece_in(text, self._said)):
                        found[argument, source.server] = Echo(argument, piece, source.server)
        return tuple(found.values())

    def _keep(self, text: _Text) -> None:
        self._texts.add(text.server, next(self._numbers), text, len(text.text))


@dataclass(eq=False)
class _Text:
    """One text of a server, and the grams by which pieces of it are found fast."""

    server: str
    text: str
    said_before: int
    """So many characters of what the user wrote are older."""
    is_fetched: bool
    """The user has it, and may put it into any chat."""
    is_read: bool
    """The model has it."""

    def __post_init__(self) -> None:
        self._grams = {self.text[at : at + _GRAM] for at in range(0, len(self.text) - _GRAM + 1, _STRIDE)}

    def piece_in(self, text: str, said: str) -> str:
        """A piece of this text in another one that the user did not write before, or ""."""
        own_until = 0
        for at in range(len(text) - _GRAM + 1):
            if text[at : at + _GRAM] not in self._grams:
                continue
            for start in range(max(0, at + _GRAM - SHORTEST), at + 1):
                piece = text[start : start + SHORTEST]
                if start < own_until or len(piece) < SHORTEST or piece not in self.text:
                    continue
                if (written := said.find(piece, 0, self.said_before)) < 0:
                    return self._grown(text, start)
                own_until = start + self._own(text, start, said, written)
        return ""

    def _own(self, text: str, start: int, said: str, written: int) -> int:
        """How many of the pieces from `start` on the user wrote, for the first one stands at `written`."""
        length = SHORTEST
        rest = min(len(text) - start, self.said_before - written)
        while length < rest and text[start + length] == said[written + length]:
            length += 1
        return length - SHORTEST + 1

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
