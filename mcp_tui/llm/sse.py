"""Bytes of a server-sent event stream in, the data of its events out (WHATWG HTML, 9.2).

Lines end with \\n, \\r\\n or \\r and with nothing else: U+2028 and U+0085 are ordinary characters inside JSON.
"""

from __future__ import annotations

MAX_PENDING = 32 * 1024 * 1024
"""Bytes of one event, or of text that belongs to no event."""

_FIELDS = (b"event", b"id", b"retry")
_BOM = b"\xef\xbb\xbf"


class StreamTooLong(Exception):
    """One event is larger than anything a model says."""


class SseReader:
    """Splits a stream as it comes. What is no event stream at all ends up in `stray`."""

    def __init__(self) -> None:
        self.stray = bytearray()
        """Lines that are no field of an event: an error page, or a whole answer that was not streamed."""
        self._tail = b""
        self._ended_with_cr = False
        self._data: list[bytes] = []
        self._size = 0
        self._started = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of every event that this chunk completes. Raises StreamTooLong."""
        if not chunk:
            return []
        if self._ended_with_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._ended_with_cr = chunk.endswith(b"\r") or (self._ended_with_cr and not chunk)
        lines = (self._tail + chunk).splitlines(keepends=True)
        self._tail = lines.pop() if lines and not lines[-1].endswith((b"\n", b"\r")) else b""
        events: list[bytes] = []
        for line in lines:
            self._take(line.rstrip(b"\r\n"), events)
        if len(self._tail) + len(self.stray) + self._size > MAX_PENDING:
            raise StreamTooLong
        return events

    def finish(self) -> list[bytes]:
        """The data of an event that the end of the stream left open."""
        events: list[bytes] = []
        self._take(self._tail, events)
        self._take(b"", events)
        self._tail = b""
        return events

    def _take(self, line: bytes, events: list[bytes]) -> None:
        if not self._started:
            line = line.removeprefix(_BOM)
            self._started = True
        self._size += len(line)
        if line.startswith(b"data:"):
            self._data.append(line[6:] if line.startswith(b"data: ") else line[5:])
        elif not line:
            if self._data:
                events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data = []
            self._size = 0
        elif line.startswith(b"error:"):  # llama.cpp names the field after the event
            self._data.append(b'{"error":' + line[6:] + b"}")
        elif not line.startswith(b":") and line.partition(b":")[0] not in _FIELDS:
            self.stray += line + b"\n"
