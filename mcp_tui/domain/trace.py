"""What went over the wire: every frame both ways, and every exchange of HTTP below them, kept within bounds."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from mcp_tui.domain.http_exchange import HttpExchange, HttpLog

MAX_FRAMES = 5_000
MAX_BYTES = 64 * 1024 * 1024
MAX_FRAME = 1024 * 1024
"""Of a larger frame the first bytes are kept, and its true size."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One JSON-RPC message, as it was on the wire."""

    number: int
    time: float
    """Unix time in seconds."""
    server: str
    outgoing: bool
    """From us to the server."""
    raw: bytes
    size: int
    """Bytes on the wire; more than `len(raw)` when the frame was too large to keep whole."""
    method: str = ""
    """A request's or notification's method; "" for a reply or a line that is no JSON-RPC."""
    id: str = ""
    """The JSON-RPC id as text; "" for notifications."""
    what: str = ""
    """The tool, prompt, URI or level that the frame is about."""
    error: str = ""
    """A reply's error message, or what is wrong with the line."""

    @property
    def is_reply(self) -> bool:
        return not self.method and bool(self.id)

    @property
    def is_whole(self) -> bool:
        return self.size == len(self.raw)

    @property
    def body(self) -> Any:
        """The message as JSON, or None when it is none or was not kept whole."""
        if not self.is_whole:
            return None
        try:
            return json.loads(self.raw)
        except (ValueError, RecursionError):
            return None


class Trace:
    """The last frames of all servers, oldest first, bounded in number and in bytes. Iterating gives the frames."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        self.total = 0
        """How much there was so far, frames and exchanges of HTTP."""
        self.listener: Callable[[Frame | HttpExchange], None] | None = None
        self.http = HttpLog()
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._max_frames = max_frames
        self._max_bytes = max_bytes

    def record(
        self,
        time: float,
        server: str,
        outgoing: bool,
        raw: bytes,
        message: Any = None,
        error: str = "",
    ) -> Frame:
        """Keep a frame. `message` is the parsed object if the caller has it; a line that is no JSON has `error`."""
        self.total += 1
        frame = Frame(self.total, time, server, outgoing, raw[:MAX_FRAME], len(raw), **_read(message, error))
        self._frames.append(frame)
        self._bytes += len(frame.raw)
        while len(self._frames) > self._max_frames or self._bytes > self._max_bytes:
            self._bytes -= len(self._frames.popleft().raw)
        if self.listener:
            self.listener(frame)
        return frame

    def record_http(self, exchange: HttpExchange) -> HttpExchange:
        """Keep what HTTP said, without secrets."""
        self.total += 1
        kept = self.http.add(self.total, exchange)
        if self.listener:
            self.listener(kept)
        return kept

    def since(self, number: int) -> Iterator[Frame | HttpExchange]:
        """All that came after the one with this number, in order."""
        everything = merge(self, self.http, key=lambda each: each.number)
        return (each for each in everything if each.number > number)

    def __iter__(self) -> Iterator[Frame]:
        return iter(tuple(self._frames))

    def __len__(self) -> int:
        return len(self._frames)


def _read(message: Any, error: str) -> dict[str, str]:
    """What a list of frames shows of a message."""
    if not isinstance(message, dict):
        return {"error": error}
    params = message.get("params")
    params = params if isinstance(params, dict) else {}
    wrong = message.get("error")
    what = next((params[k] for k in ("name", "uri", "level", "message") if isinstance(params.get(k), str)), "")
    number = message.get("id")
    return {
        "method": str(message.get("method") or ""),
        "id": "" if number is None else str(number),
        "what": what,
        "error": str(wrong.get("message", "error")) if isinstance(wrong, dict) else error,
    }
