"""What a server may ask of the person or the model while it works (MCP client features). Texts are raw."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from mcp_tui.domain.chat import OfferedTool, ToolCall
from mcp_tui.domain.content import Block


@dataclass(frozen=True, slots=True)
class Elicitation:
    """A server asks the person for data: by a form (`schema`), or at an address (`url`)."""

    server: str
    message: str
    schema: Mapping[str, Any] | None = None
    url: str = ""
    id: str = ""
    """The server's own name for a visit to the address."""
    for_call: bool = False
    """A call was refused until the person went there (-32042), and is sent again then."""
    completed: asyncio.Event = field(default_factory=asyncio.Event, compare=False)
    """Set when the server says that all is done there."""


@dataclass(frozen=True, slots=True)
class ElicitReply:
    """`content` goes with "accept" only."""

    action: Literal["accept", "decline", "cancel"]
    content: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SamplingMessage:
    role: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """A server asks for a model's answer."""

    server: str
    messages: tuple[SamplingMessage, ...]
    system: str = ""
    max_tokens: int = 0
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tools: tuple[OfferedTool, ...] = ()
    """Tools of the server's own that the model may ask it to run."""
    hints: tuple[str, ...] = ()
    """Names of models that the server would like."""
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    """Texts at which the answer is to end."""
    priorities: tuple[tuple[str, float], ...] = ()
    """How much the server cares, from 0 to 1, for "cost", "speed" and "intelligence", as far as it says so."""
    context: str = ""
    """Whose context it would like to be added: "thisServer" or "allServers"; "" for nobody's."""
    must_call: bool = False
    """At least one of the tools must be called."""


@dataclass(frozen=True, slots=True)
class SampleReply:
    text: str
    model: str
    calls: tuple[ToolCall, ...] = ()
    """Which of the request's tools the server is to run."""
    note: str = field(default="", compare=False)
    """What the person should know of how the model was asked, in words of ours; the server does not get it."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that the person lets servers work in (MCP, client/roots)."""

    uri: str
    """A `file://` address."""
    name: str = ""


class ServerAsks(Protocol):
    """Answers servers. Cancelling a call takes its question off the screen."""

    async def elicit(self, ask: Elicitation) -> ElicitReply: ...

    async def sample(self, ask: Sampling) -> SampleReply | None:
        """None: refused."""
        ...
