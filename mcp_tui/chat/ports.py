"""What a turn needs from the outside, as Protocols: a model, tools, and leave to run them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, Protocol

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.chat import Answered, Message, Note, OfferedTool, Part, ReasoningPart, TextPart
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.passing import Passed
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.permission import Decision, Request

__all__ = [
    "Answered",
    "Gatekeeper",
    "MayGoOn",
    "Model",
    "Note",
    "Part",
    "Progress",
    "ReasoningPart",
    "Results",
    "TextPart",
    "Tools",
]


class Model(Protocol):
    """One model at one endpoint."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[Message], tools: Sequence[OfferedTool]) -> AsyncGenerator[Part, None]:
        """One answer, in parts; the last one is `Answered`. Raises ModelError. Closing it hangs up."""
        ...


Progress = Callable[[float, float | None, str], None]
"""Called with progress, total (None: unknown) and the server's message (raw)."""


class Tools(Protocol):
    """The tools that the model may ask for."""

    async def settle(self) -> None:
        """Have decided what may be offered; a person may be asked. Called before each `offered()`."""
        ...

    def offered(self) -> Sequence[OfferedTool]: ...

    def find(self, alias: str) -> Tool | None:
        """The tool behind a name that the model used, or None."""
        ...

    def request(self, tool: Tool, arguments: dict[str, Any], who: str) -> Request:
        """The question that the gate is asked, for a call by the model."""
        ...

    def patience(self, tool: Tool) -> Patience | None:
        """How long a call of it may take, made anew for each; None: as long as it takes."""
        ...

    async def call(self, tool: Tool, decision: Decision, progress: Progress, patience: Patience | None) -> ToolResult:
        """Run it as it was allowed. Raises ServerError. Cancelling tells the server."""
        ...


class Gatekeeper(Protocol):
    """Says whether a request may run."""

    async def check(self, request: Request) -> Decision: ...


class Results(Protocol):
    """Lets a person see results before the model does."""

    def are_held(self, tool: Tool) -> bool:
        """Whether this tool's results wait for a person."""
        ...

    async def pass_on(self, tool: Tool, result: ToolResult) -> Passed:
        """What of a result goes on to the model. Cancelling takes the question off the screen."""
        ...


MayGoOn = Callable[[int], Awaitable[bool]]
"""Asked when a turn reached its cap of rounds: go on for as many again?"""
