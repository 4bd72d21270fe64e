"""Names that a person, or a model, takes for one another: by case, by letters that look the same, by separators.

The letters are the commonest of Unicode's confusables (UTS 39) for Latin ones; what NFKC folds needs no mention.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mcp_tui.domain.hidden import INVISIBLES

_LOOK = {
    "a": "аɑα",
    "b": "вβ",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еεҽ",
    "g": "ɡ",
    "h": "нһհ",
    "j": "јϳ",
    "k": "кκ",
    "m": "м",
    "n": "ηոп",
    "o": "оοօ0",
    "p": "рρ",
    "q": "ԛ",
    "r": "г",
    "s": "ѕ",
    "t": "тτ",
    "u": "υսμ",
    "v": "νѵ",
    "w": "ԝω",
    "x": "хχ",
    "y": "уγү",
    "z": "ζ",
    "l": "ӏіιı1i|",
}
_LETTERS = {ord(other): letter for letter, others in _LOOK.items() for other in others}
_INVISIBLE = re.compile(f"[{INVISIBLES}]")
_SEPARATOR = re.compile(r"[^\w]|_")


def skeleton(name: str) -> str:
    """What is left of a name when all that the eye takes for the same is made the same."""
    letters = name.lower() if name.isascii() else _INVISIBLE.sub("", _without_marks(name))
    return _SEPARATOR.sub("_", letters.translate(_LETTERS))


def _without_marks(name: str) -> str:
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


class LookAlikes:
    """Finds who among these names could be taken for one: each is looked at once, for servers have thousands."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_look: dict[str, list[str]] = {}
        for name in names:
            self._by_look.setdefault(skeleton(name), []).append(name)

    def of(self, name: str) -> str:
        """The first other name that this one could be taken for, or "". A name that is the same is no other."""
        return next((other for other in self._by_look.get(skeleton(name), ()) if other != name), "")
