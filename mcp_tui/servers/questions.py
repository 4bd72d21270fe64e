"""The questions of one server that wait for an answer, each until nobody needs it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

R = TypeVar("R")
Cause = tuple[str, str]
"""What brought a question about: a call, a task by its id, or nothing that we know of."""
CALL, NOTHING = ("call", ""), ("", "")


class Questions:
    """Those of a task end with it. Those that came while we called end with the last call that is under way then:
    until 2025-11-25 no question says to which call it belongs."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[Any], Cause] = {}
        self._calls = 0

    def __len__(self) -> int:
        return len(self._waiting)

    async def answer(self, reply: Coroutine[Any, Any, R], task_id: str = "") -> R | None:
        """The reply to a question, or None when it is withdrawn. Raises whatever the replying does."""
        asking = asyncio.ensure_future(reply)
        self._waiting[asking] = ("task", task_id) if task_id else CALL if self._calls else NOTHING
        try:
            await asyncio.wait([asking])
            return None if asking.cancelled() else asking.result()
        finally:
            asking.cancel()
            del self._waiting[asking]

    @contextmanager
    def call(self) -> Generator[None]:
        """While a call of ours is under way."""
        self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1
            if not self._calls:
                self._withdraw(CALL)

    def task_over(self, task_id: str) -> None:
        """A task has ended."""
        self._withdraw(("task", task_id))

    def _withdraw(self, cause: Cause) -> None:
        for asking, why in self._waiting.items():
            if why == cause:
                asking.cancel()
