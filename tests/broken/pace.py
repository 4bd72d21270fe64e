"""How fast something answers while others misbehave, on a machine that other programs use as well."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

SCHEDULE = Path("/proc/thread-self/schedstat")
"""On Linux: nanoseconds that this thread ran, and that it wanted to run but had to wait for a processor."""


def now() -> float:
    """Seconds of a clock that stands still while other programs keep this thread from running.

    So whatever we do ourselves counts in full, waits and blocking included, and a busy machine does not.
    """
    try:
        waited = int(SCHEDULE.read_bytes().split()[1]) / 1e9
    except OSError:
        waited = 0.0
    return time.perf_counter() - waited


@dataclass
class Pace:
    """The seconds that some act took, again and again."""

    tries: list[float] = field(default_factory=list[float])

    @property
    def slowest(self) -> float:
        return max(self.tries)

    def __str__(self) -> str:
        middle = sorted(self.tries)[len(self.tries) // 2]
        return f"{len(self.tries)} tries, {middle * 1000:.0f} ms mostly, {self.slowest * 1000:.0f} ms at most"


@asynccontextmanager
async def pace_of(act: Callable[[], Awaitable[object]], pause: float = 0.02) -> AsyncGenerator[Pace]:
    """Do it over and over while the context lasts, `pause` seconds apart. An act that fails fails the test."""
    pace = Pace()
    over = asyncio.Event()

    async def keep_on() -> None:
        while not over.is_set():
            due = now() + pause
            await asyncio.sleep(pause)
            await act()
            pace.tries.append(now() - due)  # from when it was due: a loop that was held up began too late

    task = asyncio.create_task(keep_on())
    try:
        yield pace
    finally:
        over.set()
        await asyncio.wait_for(task, 15)
