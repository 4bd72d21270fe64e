"""How long somebody waits for an answer; more can be granted while the wait lasts."""

from __future__ import annotations

import asyncio
import time

GRANT = 60.0
"""Seconds that are granted at a time."""


class Patience:
    """The seconds that one request has from its beginning; None for as long as it takes.

    Progress prolongs nothing: the limit is the user's, who sees the progress and has a key for more.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        self._granted: asyncio.Future[None] | None = None
        self._began = time.monotonic()

    def begin(self) -> None:
        """The time runs from now on."""
        self._began = time.monotonic()

    def grant(self, seconds: float = GRANT) -> None:
        """Wait so much longer than was said before, or than now when nothing was said."""
        self.seconds = seconds + (time.monotonic() - self._began if self.seconds is None else self.seconds)
        if self._granted and not self._granted.done():
            self._granted.set_result(None)

    def granted(self) -> asyncio.Future[None]:
        """Done as soon as more is granted than until now."""
        self._granted = asyncio.get_running_loop().create_future()
        return self._granted

    @property
    def left(self) -> float | None:
        """Seconds until it is over; None for never."""
        return None if self.seconds is None else max(0.0, self._began + self.seconds - time.monotonic())
