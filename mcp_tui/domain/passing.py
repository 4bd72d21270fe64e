"""The result gate: where a server's entry says so, a person sees what its tools answer before the model does.

No answer, a closed dialog and an error all mean that the result is kept back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from mcp_tui.domain.content import TextBlock, ToolResult


class Fate(Enum):
    """What became of a result; the value is the words shown."""

    SENT = "sent as shown"
    EDITED = "edited by you"
    WITHHELD = "kept back by you"


@dataclass(frozen=True, slots=True)
class Held:
    """A result that waits for a person's leave."""

    server: str
    tool: str
    result: ToolResult
    other_tools: frozenset[str] = frozenset()
    """Names of other servers' tools, which it has no business to speak of."""

    @property
    def text(self) -> str:
        """Exactly what the model gets when it is sent (raw)."""
        return self.result.text or "(no output)"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the person said."""

    fate: Fate
    text: str = ""
    """What the model gets instead, when it was edited."""
    reason: str = ""
    """Why it is kept back, in their words, for the model."""


WITHHOLD = Ruling(Fate.WITHHELD)


class Reader(Protocol):
    """Shows a result to a person. Cancelling the call takes it off the screen."""

    async def read(self, held: Held) -> Ruling: ...


class NobodyReads:
    """For when there is no person: every result is kept back."""

    async def read(self, held: Held) -> Ruling:
        return WITHHOLD


@dataclass(frozen=True, slots=True)
class Passed:
    """What goes on to the model, and what became of the server's result."""

    result: ToolResult
    fate: Fate


async def pass_on(held: Held, reader: Reader) -> Passed:
    """Ask, and make what the model gets. An error while asking keeps the result back; a cancel passes through."""
    try:
        ruling = await reader.read(held)
    except Exception:  # whatever goes wrong while asking, nothing is passed on
        ruling = WITHHOLD
    match ruling.fate:
        case Fate.SENT:
            return Passed(held.result, ruling.fate)
        case Fate.EDITED:
            told = f"[The user edited this result]\n{ruling.text}"
            return Passed(_instead(held.result, told), ruling.fate)
        case Fate.WITHHELD:
            told = "The user kept this result back." + (f" Their reason: {ruling.reason}" if ruling.reason else "")
            return Passed(replace(_instead(held.result, told), is_error=False), ruling.fate)


def _instead(result: ToolResult, text: str) -> ToolResult:
    """A result of our own words: nothing of the server's is left in it."""
    return ToolResult((TextBlock(text),), is_error=result.is_error)
