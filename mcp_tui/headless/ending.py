"""How a command ends that a signal tells to: as with ctrl+c its servers are ended first, then the shell is told."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

SIGNALS = ("SIGTERM", "SIGHUP")


async def ended_in_order(command: Coroutine[Any, Any, int]) -> int:
    """Run a command; its exit code, or 128 and the number of the signal that ended it.

    A signal that is ignored stays so: `nohup` means it.
    """
    loop, running = asyncio.get_running_loop(), asyncio.ensure_future(command)
    told: list[int] = []

    def end(number: int) -> None:
        if not told:  # a second cancel would cut the end of the servers short
            told.append(number)
            running.cancel()

    for number in (getattr(signal, name) for name in SIGNALS if hasattr(signal, name)):
        with suppress(NotImplementedError):  # on Windows no loop listens to signals
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, end, number)
    try:
        return await running
    except asyncio.CancelledError:
        if not told:
            raise
        return 128 + told[0]
