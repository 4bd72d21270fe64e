"""Frames paired up: a request with its reply, a notification alone. What a list of traffic shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mcp_tui.domain.trace import Frame

UNSUPPORTED_VERSION = -32022
"""The one error by which a server of the modern era refuses `server/discover`: it speaks other versions of it."""


@dataclass(slots=True)
class Exchange:
    """A frame, and the reply that belongs to it once it came."""

    first: Frame
    reply: Frame | None = None

    @property
    def seconds(self) -> float | None:
        """From the request to its reply; None while there is none."""
        return self.reply.time - self.first.time if self.reply else None

    @property
    def waits(self) -> bool:
        """A request without a reply yet."""
        return bool(self.first.method and self.first.id) and self.reply is None

    @property
    def error(self) -> str:
        return self.reply.error if self.reply else self.first.error

    @property
    def tells_era(self) -> bool:
        """A server refused `server/discover`: no fault, it only says that it is of the legacy era."""
        if self.first.method != "server/discover" or self.reply is None or not self.reply.error:
            return False
        body = self.reply.body
        wrong = body.get("error") if isinstance(body, dict) else None
        return not (isinstance(wrong, dict) and wrong.get("code") == UNSUPPORTED_VERSION)

    @property
    def size(self) -> int:
        """Bytes of what came back, or of the frame itself."""
        return self.reply.size if self.reply else self.first.size


class Exchanges:
    """The exchanges of a trace in the order they began, bounded like the trace."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: dict[int, Exchange] = {}
        self._open: dict[tuple[str, bool, str], int] = {}

    def add(self, frame: Frame) -> Exchange:
        """Take a frame in; the exchange that it began or completed."""
        if frame.is_reply:
            number = self._open.pop((frame.server, not frame.outgoing, frame.id), None)
            if number is not None and number in self._kept:
                exchange = self._kept[number]
                exchange.reply = frame
                return exchange
        exchange = Exchange(frame)
        self._kept[frame.number] = exchange
        if frame.method and frame.id:
            self._open[frame.server, frame.outgoing, frame.id] = frame.number
        if len(self._kept) > self._limit:
            self._kept.pop(next(iter(self._kept)))
        return exchange

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)
