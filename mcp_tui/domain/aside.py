"""Runs what may take long, a big import or a keyring that waits to be unlocked; the program may end meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
_NAME = "mcp-tui aside"


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` gives or raises. Its thread dies with the program, unlike one of `asyncio.to_thread`."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if outcome.cancelled():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(value)  # pyright: ignore[reportArgumentType] (None is a T, if work gives it)

    def run() -> None:
        value, failure = None, None
        try:
            value = work(*args, **kwargs)
        except Exception as error:
            # A boundary: whatever it raises belongs to the task that waits, not to this thread.
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=run, name=_NAME, daemon=True).start()
    return await outcome


def is_busy() -> bool:
    """Whether anything runs aside."""
    return any(thread.name == _NAME for thread in threading.enumerate())
