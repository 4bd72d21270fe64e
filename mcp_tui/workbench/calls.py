"""The calls of this session: how many run, and those that are over, newest last, for the Inspector's History."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.permission import Initiator

KEPT = 500


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call that was sent, and what came of it: a result or an error in words (raw)."""

    time: float
    """Unix time when it was sent."""
    server: str
    tool: str
    arguments: dict[str, Any]
    initiator: Initiator
    seconds: float
    result: ToolResult | None = None
    error: str = ""

    @property
    def failed(self) -> bool:
        return self.result is None or self.result.is_error


class Calls:
    """The last calls of every server."""

    def __init__(self) -> None:
        self.running = 0
        """How many were sent and are not over, whoever wanted them."""
        self._kept: deque[CallRecord] = deque(maxlen=KEPT)

    @contextmanager
    def one_more(self) -> Generator[None]:
        """Around a call while it runs."""
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1

    def add(self, record: CallRecord) -> None:
        self._kept.append(record)

    def of(self, server: str, tool: str) -> list[CallRecord]:
        """The calls of one tool, newest first."""
        return list(self._back(server, tool))

    def last_arguments(self, tool: Tool) -> dict[str, Any] | None:
        """Those of a tool's last call; None when there was none."""
        return next((call.arguments for call in self._back(tool.server, tool.name)), None)

    def _back(self, server: str, tool: str) -> Iterator[CallRecord]:
        return (call for call in reversed(self._kept) if call.tool == tool and call.server == server)
