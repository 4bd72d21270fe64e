"""The way out: after a question when a call runs, by a signal, or by a crash. Nothing of ours outlives it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp

SIGNALS = ("SIGTERM", "SIGHUP")
STOPS_WITHIN = 0.5
"""Seconds that a turn or a call gets to end."""
LAST_RESORT = 2.0
"""Seconds that the terminal has to let go of us once all is closed; one that hung up never does."""


class Leaving:
    """How an app comes to its end."""

    def __init__(self, app: McpTuiApp) -> None:
        self._app = app
        self._task: asyncio.Task[None] | None = None

    def by_signals(self) -> None:
        """Leave when the system, or the terminal that closes, says so."""
        loop = asyncio.get_running_loop()
        for name in SIGNALS:
            if (number := getattr(signal, name, None)) and not self._app.is_headless:
                with suppress(NotImplementedError):  # on Windows no loop listens to signals
                    loop.add_signal_handler(number, self.leave, 128 + int(number))

    async def ask(self) -> None:
        """Leave, after asking when a tool call runs."""
        app = self._app
        if self._task is not None:
            return
        if not (app.raised.is_set() and app.is_working):
            return self.leave(0)
        from mcp_tui.ui.screens.confirm import Confirm

        def answered(leave: bool | None) -> None:
            if leave:
                self.leave(0)

        await app.push_screen(
            Confirm(
                "Quit while a tool call runs?",
                "The call is stopped, and its server told.",
                ("y", "Quit", "stop the call and leave"),
                ("n", "Stay", "let it finish"),
            ),
            answered,
        )

    def leave(self, code: int) -> None:
        """End all that runs, then leave with this exit code."""
        if self._task is None:
            self._task = asyncio.create_task(self._leave(code))

    async def _leave(self, code: int) -> None:
        try:
            await self.close()
        finally:
            if not self._app.is_headless:
                last_resort = threading.Timer(LAST_RESORT, os._exit, (code,))
                last_resort.daemon = True
                last_resort.start()
            self._app.exit(code, return_code=code)

    async def close(self) -> None:
        """End all that runs. What asks goes before its questions: a turn would tell the model that they were denied."""
        app = self._app
        if app.raised.is_set():
            ends = asyncio.gather(*(worker.wait() for worker in app.workers), return_exceptions=True)
            app.workers.cancel_all()
            with suppress(TimeoutError):
                await asyncio.wait_for(ends, STOPS_WITHIN)
            app.asking.close()
            await app.bench.aclose()
