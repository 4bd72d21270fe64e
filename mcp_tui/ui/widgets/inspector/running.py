"""The line that says that something runs: a spinner, for how long, how far, and the key that stops it."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from mcp_tui.domain.patience import Patience
from mcp_tui.domain.text import human_time
from mcp_tui.ui.widgets.pieces import in_front, marked

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
SHOWN_AFTER = 0.3
"""Seconds; what is quicker needs no line."""
BAR = 24
"""Cells of the bar."""


class Running(VerticalGroup, can_focus=True):
    """Hidden until `start()`; it moves only while something runs.

    With a patience it takes the focus once it is seen, so that the key that changes it is no letter of a field.
    """

    DEFAULT_CSS = "Running { display: none; margin-bottom: 1; &.-shown { display: block; } }"

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self._started = 0.0
        self._progress: tuple[float, float | None, str] | None = None
        self._line = Static("")
        self._timer: Timer | None = None
        self._frame = 0
        self._patience: Patience | None = None

    def compose(self) -> ComposeResult:
        yield self._line

    def start(self, words: str, patience: Patience | None = None) -> None:
        """Begin: `words` (ours) say what runs, `patience` for how long at most."""
        self.stop()
        self._words = words
        self._patience = patience
        self._started = time.monotonic()
        self._timer = self.set_interval(0.1, self._tick)

    def tell(self, done: float, total: float | None, message: str) -> None:
        """How far it is, in the server's words (raw)."""
        self._progress = (done, total, message)

    def stop(self) -> None:
        """It is over."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = None
        self._progress = None
        self.remove_class("-shown")

    def _tick(self) -> None:
        age = time.monotonic() - self._started
        if age < SHOWN_AFTER:
            return
        if not self.has_class("-shown"):
            self.add_class("-shown")
            if self._patience is not None:
                self.call_after_refresh(self._take_focus)
        if not in_front(self):
            return
        self._frame += 1
        mark = "◌" if self.app.animation_level == "none" else FRAMES[self._frame % len(FRAMES)]
        first = marked("[$hue]$mark[/] $words [$quiet]$time[/]", mark=mark, words=self._words, time=human_time(age))
        seconds = self._patience.seconds if self._patience else None
        limit = "" if seconds is None else f" [$quiet]of {human_time(seconds)}[/]"
        words = "give it 60 s" if seconds is None else "60 s more"
        more = f"   [$key] t [/] [$quiet]{words}[/]" if self._patience else ""
        stops = Content.from_markup(f"{limit}   [$key] esc [/] [$quiet]stops it[/]{more}")
        self._line.update(Content.assemble(first, stops, *self._far()))

    def _take_focus(self) -> None:
        """Unless the user went elsewhere, or it is over."""
        focused = self.screen.focused
        if self.has_class("-shown") and (focused is None or self.parent in focused.ancestors_with_self):
            self.screen.set_focus(self)

    def _far(self) -> list[Content]:
        if self._progress is None:
            return []
        done, total, message = self._progress
        parts: list[Content] = [Content("\n")]
        if total:
            cells = round(BAR * min(1.0, max(0.0, done / total)))
            parts.append(Content.from_markup(f"[$hue]{'━' * cells}[/][$faint]{'━' * (BAR - cells)}[/] "))
        if total is None and not done:
            return [Content("\n"), marked("[$quiet]$message[/]", message=message)] if message else []
        share = f"{done:g} of {total:g}" if total else f"{done:g}"
        return [*parts, marked("[$quiet]$share[/]  $message", share=share, message=message)]
