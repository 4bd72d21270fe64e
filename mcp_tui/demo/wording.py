"""How the demo script reads a request: its words, its quotes and numbers, and which tool they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|`([^`]*)`|(?<!\w)\'(.*?)\'(?!\w)', re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w|\.\d)")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

SYNONYMS = (
    {"add", "sum", "plus", "total"},
    {"reverse", "backwards", "backward", "flip", "mirror"},
    {"time", "clock"},
    {"count", "countdown"},
    {"fail", "crash", "break"},
    {"weather", "forecast"},
    {"delete", "remove", "erase"},
    {"ask", "interview"},
    {"list", "show"},
)
"""Words that stand for one another when they meet in a request and in a tool's name."""

_FILLERS = """
a an the is are was be it its what what's whats which who how do does can could would will you please i me my we us
to of for in on at with by and or this that there get give tell know need want like now today then also let let's
going much many some any up spell
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that say nothing about which tool is meant."""

_SUM = re.compile(rf"({NUMBER.pattern})\s*\+\s*(?=\d)|({NUMBER.pattern})\s*\+\s*(?=-\d)")


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool as a request of the wire offers it."""

    alias: str
    """The name to call it by, usually SERVER__TOOL."""
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """The tool's own part of the alias."""
        return self.alias.partition("__")[2] or self.alias

    @property
    def words(self) -> list[str]:
        """The words of the name: `get_currentTime` is get, current, time."""
        return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", self.name)]


def similar(word: str, other: str) -> bool:
    """Whether two words are one word, a plural of it, or synonyms."""
    one, two = _stem(word), _stem(other)
    return one == two or any(one in group and two in group for group in SYNONYMS)


def names_of(tool: Offered, word: str) -> bool:
    """Whether the word stands in the tool's name, by itself or by a synonym."""
    return any(similar(word, mine) for mine in tool.words)


@lru_cache(maxsize=256)  # asked again for each tool
def mentioned_words(text: str) -> tuple[str, ...]:
    """The words of a request in lower case, with "17 + 25" read as "plus"; quoted text is left out."""
    bare = _SUM.sub(" plus ", masked(text))
    return tuple(match.group().lower().replace("’", "'") for match in WORD.finditer(bare))


def best_tool(text: str, tools: Sequence[Offered]) -> Offered | None:
    """The tool that the words name best; None when they name none."""
    scores = [(_score(text, tool), -index, tool) for index, tool in enumerate(tools)]
    score, _, tool = max(scores, default=(0.0, 0, None), key=lambda entry: entry[:2])
    return tool if score >= 10 else None


def masked(text: str) -> str:
    """The text with quoted parts and JSON blanked out, every character still at its place."""
    for found in _closed_parts(text):
        text = text[: found.start()] + "\x00" * len(found.group()) + text[found.end() :]
    return text


def json_object(text: str) -> str:
    """The part of the text that looks like a JSON object, or ""."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else ""


def _score(text: str, tool: Offered) -> float:
    """10 for each word of the tool's name, some more for the whole name, its place, and the description's words."""
    said = mentioned_words(text)
    telling = [word for word in said if word not in FILLERS]
    own = [word for word in tool.words if word not in FILLERS] or tool.words
    hits = sum(any(similar(word, mine) for word in said) for mine in own)
    described = {_stem(word) for word in mentioned_words(tool.description)} - FILLERS
    overlap = len(described & {_stem(word) for word in telling})
    if not hits:
        return 10 if overlap >= 3 else 0
    whole = len(tool.words) > 1 and " ".join(tool.words) in " ".join(said)
    first = bool(telling) and names_of(tool, telling[0])
    return 10 * hits + 5 * hits / len(own) + 12 * whole + 10 * first + min(overlap, 4)


def _closed_parts(text: str) -> Iterator[re.Match[str]]:
    yield from re.finditer(r"\{.*\}", text, re.DOTALL)
    yield from QUOTED.finditer(text)


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
