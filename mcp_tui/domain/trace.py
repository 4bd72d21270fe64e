"""What went over the wire: every frame both ways, and every exchange of HTTP below them, kept within bounds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import Any

from mcp_tui.domain.fair import Fair
from mcp_tui.domain.http_exchange import HttpExchange, HttpLog
from mcp_tui.domain.limits import FRAME_KEPT, FRAMES, FRAMES_BYTES


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
    def is_request(self) -> bool:
        return bool(self.method) and bool(self.id)

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

    def __init__(self, max_frames: int = FRAMES, max_bytes: int = FRAMES_BYTES) -> None:
        self.total = 0
        """How much there was so far, frames and exchanges of HTTP."""
        self.listener: Callable[[Frame | HttpExchange], None] | None = None
        self.http = HttpLog()
        self._frames = Fair[Frame](max_frames, max_bytes)

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
        frame = Frame(self.total, time, server, outgoing, raw[:FRAME_KEPT], len(raw), **_read(message, error))
        self._frames.add(server, frame.number, frame, len(frame.raw))
        if self.listener:
            self.listener(frame)
        return frame

    @property
    def dropped(self) -> Mapping[str, int]:
        """How many earlier frames of each server are no longer kept."""
        return self._frames.dropped

    def record_http(self, exchange: HttpExchange) -> HttpExchange:
        """Keep what HTTP said, without secrets."""
        self.total += 1
        kept = self.http.add(self.total, exchange)
        if self.listener:
            self.listener(kept)
        return kept

    def since(self, number: int) -> Iterator[Frame | HttpExchange]:
        """All that came after the one with this number, in order."""
        return merge(self._frames.after(number), self.http.after(number), key=lambda each: each.number)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)

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
