"""What a server says outside the protocol: its standard error, and stray lines on its output. Always bounded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from mcp_tui.domain.happenings import Logged
from mcp_tui.domain.limits import STDERR_KEPT, STDERR_LINE, STDERR_LINES
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.text import clean_line


class Chatter:
    """Keeps the last lines of one server and reports them as `Logged`."""

    def __init__(self, server: str, tell: Callable[[Logged], None]) -> None:
        self._server = server
        self._tell = tell
        self._lines: deque[str] = deque(maxlen=STDERR_KEPT)
        self.dropped = 0
        """How many earlier lines are no longer kept."""
        self._rest = b""
        self._window = 0.0
        self._told = 0
        self._untold = 0

    @property
    def lines(self) -> list[str]:
        """The last lines of standard error, oldest first, raw."""
        return list(self._lines)

    @property
    def last_words(self) -> str:
        """The last line of standard error that says anything, shown: it becomes part of a sentence of ours."""
        return next((clean_line(line) for line in reversed(self._lines) if line.strip()), "")

    def hear(self, data: bytes) -> None:
        """Bytes from standard error; an empty chunk is its end."""
        if not data:
            if self._rest:
                self._add(self._rest)
            self._rest = b""
            self._own_up()
            return
        *lines, rest = data.split(b"\n")
        if lines:
            lines[0] = self._rest + lines[0]
            self._rest = b""
        self._rest = (self._rest + rest)[: STDERR_LINE + 1]  # one more tells that it was cut
        unread = max(0, len(lines) - STDERR_KEPT)
        self._untold += unread
        self.dropped += unread
        for line in lines[-STDERR_KEPT:]:
            self._add(line)

    def stray(self, line: bytes) -> None:
        """A line on standard output that is no message."""
        self._report("warning", f"Not a message: {_text(line)}")

    def note(self, words: str) -> None:
        """A line of ours about this server."""
        self._report("warning", words)

    def _add(self, line: bytes) -> None:
        text = _text(line)
        self.dropped += len(self._lines) == STDERR_KEPT
        self._lines.append(text)
        self._report("stderr", text)

    def _report(self, level: str, text: str) -> None:
        now = time.time()
        if now - self._window >= 1:
            self._window, self._told = now, 0
            self._own_up()
        if self._told >= STDERR_LINES:
            self._untold += 1
            return
        self._told += 1
        self._tell(Logged(now, self._server, level, text))

    def _own_up(self) -> None:
        if self._untold:
            self._tell(Logged(time.time(), self._server, "stderr", f"… {self._untold:,} lines left out"))
            self._untold = 0


def _text(line: bytes) -> str:
    return HIDDEN.cut(line.rstrip(b"\r").decode("utf-8", "replace"), STDERR_LINE)
