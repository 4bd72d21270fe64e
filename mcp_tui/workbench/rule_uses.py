"""How often rules answered, written down a moment later and beside the event loop: no call waits for the disk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.rules import Rule

DELAY = 1.0
"""Seconds from a use to its writing; those in between are written with it."""

Write = Callable[[Mapping[str, tuple[int, float]]], None]


class RuleUses:
    """Collects uses and hands them to `write`, in a thread. A use that cannot be written is not counted."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._uses: dict[str, tuple[int, float]] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, rule: Rule, now: float) -> None:
        """A rule answered a request. Returns at once."""
        number, _ = self._uses.get(rule.id, (0, 0.0))
        self._uses[rule.id] = number + 1, now
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._later())

    async def flush(self) -> None:
        """Write what is noted, now."""
        if uses := self._uses:
            self._uses = {}
            with contextlib.suppress(ConfigError):
                await asyncio.to_thread(self._write, uses)

    async def aclose(self) -> None:
        """Write what is left."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
        await self.flush()

    async def _later(self) -> None:
        while self._uses:
            await asyncio.sleep(DELAY)
            await self.flush()
