"""A text that streams in: its finished parts are prepared and laid out once, only its tail again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from mcp_tui.domain.masking import StreamMask
from mcp_tui.ui.transcript.lines import Line

P = TypeVar("P")


class GrowingText(Generic[P]):
    """Raw text in, rows out. The rows never depend on how the text was cut into deltas."""

    def __init__(
        self,
        finished: Callable[[str], int],
        prepare: Callable[[str], P],
        lay: Callable[[P, int], Sequence[Line]],
        gap: Sequence[Line] = (),
    ) -> None:
        """`finished` says how many of some whole lines can no longer change; `prepare` makes raw text ready for any
        width, `lay` makes its rows for one; `gap` stands between two separately prepared parts."""
        self._finished, self._prepare, self._lay, self._gap = finished, prepare, lay, gap
        self._parts: list[P] = []
        self._raw: list[str] = []
        self._tail = ""
        self._new: list[str] = []
        self._mask = StreamMask()
        self._lines: list[Line] = []
        self._frozen_rows = 0
        self._frozen_parts = 0
        self._width = 0

    def append(self, text: str) -> None:
        self._new.append(text)

    def finish(self) -> None:
        """Nothing more comes: what could have become a secret is shown after all."""
        self._take_in()
        self._tail += self._mask.flush()

    @property
    def raw(self) -> str:
        """Everything so far, secrets masked, but for an end that may be the beginning of one."""
        self._take_in()
        return "".join((*self._raw, self._tail))

    def lines(self, width: int) -> list[Line]:
        """The rows of everything so far."""
        self._take_in()
        if width != self._width:
            self._width, self._frozen_rows, self._frozen_parts = width, 0, 0
        del self._lines[self._frozen_rows :]
        for part in self._parts[self._frozen_parts :]:
            self._place(part)
        self._frozen_parts, self._frozen_rows = len(self._parts), len(self._lines)
        if self._tail.strip():
            self._place(self._prepare(self._tail))
        return self._lines

    def _place(self, part: P) -> None:
        rows = self._lay(part, self._width)
        if self._lines and rows:
            self._lines += self._gap
        self._lines += rows

    def _take_in(self) -> None:
        """Add the new deltas to the tail and freeze what is finished in it."""
        new = self._mask.feed("".join(self._new))
        self._new.clear()
        self._tail += new
        if "\n" not in new:
            return
        whole = self._tail[: self._tail.rfind("\n") + 1]
        if count := self._finished(whole):
            end = 0
            for _ in range(count):
                end = whole.index("\n", end) + 1
            self._parts.append(self._prepare(self._tail[:end]))
            self._raw.append(self._tail[:end])
            self._tail = self._tail[end:]
