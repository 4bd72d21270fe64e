"""What one server may ask of us within a time. The rest is left out or refused; it is counted, and said in the log."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable

from mcp_tui.domain.happenings import Listener, Logged
from mcp_tui.domain.limits import NOTE_EVERY, NOTICES, QUESTIONS, SAMPLES, SAMPLES_WITHIN

Clock = Callable[[], float]


class Rate:
    """So many within so many seconds."""

    def __init__(self, most: int, span: float, clock: Clock = time.monotonic) -> None:
        self._most = most
        self._span = span
        self._clock = clock
        self._taken: deque[float] = deque()

    def takes(self) -> bool:
        """Whether one more is within the limit; if so it counts."""
        now = self._clock()
        while self._taken and now - self._taken[0] >= self._span:
            self._taken.popleft()
        if len(self._taken) >= self._most:
            return False
        self._taken.append(now)
        return True


class Bounds:
    """The limits of one server. They outlive its connections, so that a new one is no way around them."""

    def __init__(self, server: str, tell: Listener, clock: Clock = time.monotonic) -> None:
        self.left_out: Counter[str] = Counter()
        """How often each limit was hit so far."""
        self._server = server
        self._tell = tell
        self._clock = clock
        self._notices = Rate(NOTICES, 1.0, clock)
        self._samples = Rate(SAMPLES, SAMPLES_WITHIN, clock)
        self._said: dict[str, float] = {}

    def takes_notice(self) -> bool:
        """Whether a notification is passed on."""
        words = f"tells more than {NOTICES} things in a second: the rest is left out"
        return self._notices.takes() or self._leave_out("notices", words)

    def takes_question(self, waiting: int) -> bool:
        """Whether the person is asked, while so many questions wait already."""
        words = f"asked while {QUESTIONS} of its questions waited: refused"
        return waiting < QUESTIONS or self._leave_out("questions", words)

    def takes_sample(self) -> bool:
        """Whether the model is asked."""
        words = f"asked for the model more than {SAMPLES} times in a minute: refused"
        return self._samples.takes() or self._leave_out("requests to the model", words)

    def _leave_out(self, what: str, words: str) -> bool:
        """Count it, and say so if that was not said lately. False: it is not taken."""
        self.left_out[what] += 1
        now = self._clock()
        if now - self._said.get(what, -NOTE_EVERY) >= NOTE_EVERY:
            self._said[what] = now
            so_far = f" ({self.left_out[what]:,} so far)" if self.left_out[what] > 1 else ""
            self._tell(Logged(time.time(), "mcp-tui", "warning", f"{self._server} {words}{so_far}"))
        return False
