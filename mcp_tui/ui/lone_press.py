"""When does a key answer a question? Only as a lone press: times in, verdict out, and no screen in sight.

Times are those of the key events, in seconds on the event clock (`time.monotonic`), never those of a handler:
a busy program must not turn typing into an answer.
"""

from __future__ import annotations

from enum import Enum, auto

QUIET_BEFORE = 0.4
"""Seconds without a key before a press that may answer; also since the question was drawn."""
QUIET_AFTER = 0.25
"""Seconds without a key after it."""


class Press(Enum):
    """What a key is to the question on the screen."""

    ANSWER = auto()
    """The letter of an answer."""
    ENTER = auto()
    ESCAPE = auto()
    TEXT = auto()
    """A character or an edit: nothing but typing."""
    OTHER = auto()
    """Moves the focus, scrolls, or is a command of the app."""


class Verdict(Enum):
    """What to do with a press."""

    HOLD = auto()
    """It answers, if quiet follows: see `LonePress.settled()`."""
    TYPING = auto()
    """It belongs, with a press held before it, to the field that had the focus."""
    BACK = auto()
    """Close the question, or its second step."""
    PASS = auto()
    """An ordinary key of the dialog."""
    DROP = auto()
    """It does nothing."""


class LonePress:
    """Judges the presses of one keyboard. Modifiers alone are no keys: do not report them."""

    def __init__(self) -> None:
        self.last = float("-inf")
        """The time of the newest key."""
        self._held: float | None = None

    def note(self, time: float) -> None:
        """A key that no question saw."""
        self.last = max(self.last, time)
        self._held = None

    def press(self, press: Press, time: float, drawn: float | None) -> Verdict:
        """Judge a key. `drawn` is when the question was drawn, None while it is not yet."""
        seen = drawn is not None and time - drawn >= QUIET_BEFORE
        alone = seen and time - self.last >= QUIET_BEFORE
        burst = self._held is not None
        self.note(time)
        if press is Press.ESCAPE:
            return Verdict.BACK if seen else Verdict.DROP
        if burst or press is Press.TEXT:
            return Verdict.TYPING
        if press is Press.OTHER:
            return Verdict.PASS
        if alone:
            self._held = time
            return Verdict.HOLD
        return Verdict.TYPING if press is Press.ANSWER else Verdict.DROP

    def settled(self, time: float) -> bool:
        """Whether the held press was a lone one, if the next key comes at `time` or later."""
        return self._held is not None and time - self._held >= QUIET_AFTER

    def release(self) -> None:
        """The held press was used, or its question is gone."""
        self._held = None
