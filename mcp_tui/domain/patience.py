"""How long somebody waits for an answer; more can be granted while the wait lasts."""

from __future__ import annotations

GRANT = 60.0
"""Seconds that are granted at a time."""


class Patience:
    """The seconds that one request has. It is read anew whenever they seem to be over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def grant(self, seconds: float = GRANT) -> None:
        """Wait so much longer than was said before."""
        self.seconds += seconds
