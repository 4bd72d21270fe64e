"""The model's reasoning: folded to one line that says how long it took, open as quiet italic text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mcp_tui.domain.text import human_time
from mcp_tui.ui.transcript.blocks import Block
from mcp_tui.ui.transcript.growing import GrowingText
from mcp_tui.ui.transcript.lines import Line, shown, wrap


class ReasoningBlock(Block):
    """What the model thought before it spoke."""

    foldable = True

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds, from any start."""
        super().__init__()
        self._clock, self._began = clock, clock()
        self._seconds: float | None = None
        self._text: GrowingText[list[str]] = GrowingText(
            lambda raw: raw.count("\n"), lambda raw: [line for line in shown(raw).split("\n") if line.strip()], _italic
        )

    def append(self, text: str) -> None:
        self._text.append(text)
        if self.is_open:
            self.touch()

    def finish(self) -> None:
        """The thinking is over; a second call changes nothing."""
        if self._seconds is None:
            self._seconds = self._clock() - self._began
            self._text.finish()
            self.touch()

    def lay(self, width: int) -> Sequence[Line]:
        mark = "▾" if self.is_open else "▸"
        head = Line([(" ", ""), (f"{mark} {self._title()}", "quiet")], 1)
        return [head, *self._text.lines(width)] if self.is_open else [head]

    def _title(self) -> str:
        if self._seconds is None:
            return "thinking"
        return (
            f"thought for {max(1, round(self._seconds))} s"
            if self._seconds < 60
            else (f"thought for {human_time(self._seconds)}")
        )

    @property
    def copied(self) -> str:
        return shown(self._text.raw).strip()


def _italic(texts: list[str], width: int) -> list[Line]:
    return [Line([("   ", ""), *row], 3) for text in texts for row in wrap([(text, "italic quiet")], width - 5)]
