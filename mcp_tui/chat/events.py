"""What happens in a turn, as data. A screen folds these into what it shows. Texts are raw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mcp_tui.domain.chat import ToolCall, Usage
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.passing import Fate
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.permission import Decision, Request


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """A request leaves for the model; the first round is 1."""

    number: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something worth a quiet line: a retry, a cut answer, a learnt quirk."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolAsked:
    """The model wants a call. `request` is None when the name or the arguments make no sense."""

    call: ToolCall
    server: str
    tool: str
    arguments: dict[str, Any]
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class ToolApproved:
    """It runs now, with `decision.arguments`."""

    call: ToolCall
    decision: Decision
    patience: Patience | None = None
    """How long it may take; more can be granted while it runs. None: as long as it takes."""


@dataclass(frozen=True, slots=True)
class ToolDenied:
    call: ToolCall
    decision: Decision


@dataclass(frozen=True, slots=True)
class ToolProgressed:
    call: ToolCall
    progress: float
    total: float | None
    message: str


@dataclass(frozen=True, slots=True)
class ResultHeld:
    """It answered after so many seconds; a person sees what it said before the model does."""

    call: ToolCall
    seconds: float


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """It is done: with a result (which may itself be an error) as the model gets it, or with an error of ours."""

    call: ToolCall
    seconds: float
    result: ToolResult | None = None
    error: str = ""
    stopped: bool = False
    """The user stopped the turn before an answer came."""
    fate: Fate = Fate.SENT
    """What became of the server's own result."""


@dataclass(frozen=True, slots=True)
class UsageReported:
    usage: Usage


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """The model has nothing more to ask."""

    stopped: bool = False
    """The cap of rounds was reached and nobody said go on."""
    cut: bool = False
    """The last answer is not whole (a `Noted` said why); the same history can be sent again."""


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """The endpoint failed. What came so far stays; the same history can be sent again."""

    error: McpTuiError


TurnEvent = (
    RoundStarted
    | TextDelta
    | ReasoningDelta
    | Noted
    | ToolAsked
    | ToolApproved
    | ToolDenied
    | ToolProgressed
    | ResultHeld
    | ToolFinished
    | UsageReported
    | TurnFinished
    | TurnFailed
)
