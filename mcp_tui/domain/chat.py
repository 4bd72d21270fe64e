"""A conversation with a model: its messages as plain data. Texts are raw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp_tui.domain.content import BlobBlock
from mcp_tui.domain.masking import HIDDEN


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool under the name that the model knows it by."""

    alias: str
    """At most 64 characters of [a-zA-Z0-9_-], unique: usually SERVER__TOOL."""
    server: str
    tool: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model asked for."""

    id: str
    name: str
    """The alias, as the model wrote it."""
    arguments: str
    """JSON text, as the model wrote it ("{}" for none)."""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Fields that we do not know and that the endpoint wants back (Gemini's thought signatures)."""


@dataclass(frozen=True, slots=True)
class SystemMessage:
    text: str


@dataclass(frozen=True, slots=True)
class UserMessage:
    text: str
    pictures: tuple[BlobBlock, ...] = ()
    """For models that can look at them; the others get a line about each."""


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    text: str = ""
    reasoning: str = ""
    reasoning_field: str = ""
    """The wire's name for the reasoning, so that it can be sent back under it ("" when none came)."""
    calls: tuple[ToolCall, ...] = ()
    cut: bool = False
    """The answer ended early: stopped by the user, or the connection broke."""


@dataclass(frozen=True, slots=True)
class ToolMessage:
    """The answer to one call; every call has one before the next request leaves."""

    call_id: str
    name: str
    text: str


Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the endpoint counted them."""

    prompt: int = 0
    completion: int = 0
    context: int | None = None
    """The model's whole context, where the endpoint says it."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """More of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """More of the model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something a user should see about the request itself: a retry with its wait, a learnt quirk."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of one answer. `message.cut` when the connection broke or the length ran out, `why` says which."""

    message: AssistantMessage
    usage: Usage | None = None
    why: str = ""


Part = TextPart | ReasoningPart | Note | Answered


@dataclass(slots=True)
class Conversation:
    """One chat: its messages in order, and its name (the first words of the first message)."""

    messages: list[Message] = field(default_factory=list[Message])

    @property
    def title(self) -> str:
        first = next((m.text for m in self.messages if isinstance(m, UserMessage)), "")
        line = " ".join(first.split())
        return line if len(line) <= 40 else f"{HIDDEN.cut(line, 39)}…"
