"""Where each block stands: blocks under one another with a blank row between them, found by row in log time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from mcp_tui.ui.transcript.blocks import Block
from mcp_tui.ui.transcript.lines import BLANK, Line


class Column:
    """The placed blocks. Rows count from 0 at the top of the conversation."""

    def __init__(self) -> None:
        self.width = 0
        self.height = 0
        self._blocks: list[Block] = []
        self._tops: list[int] = []
        self._index: dict[Block, int] = {}

    def place(self, blocks: list[Block], changed: Iterable[Block], width: int) -> None:
        """Bring the column up to date; only blocks that are new, in `changed`, or below those are looked at."""
        same = width == self.width and len(blocks) >= len(self._blocks)
        first = min((self._index.get(block, len(self._blocks)) for block in changed), default=len(self._blocks))
        start = first if same else 0
        self.width, self._blocks = width, list(blocks)
        del self._tops[start:]
        row = 0
        if start:
            row = self._tops[start - 1] + self._rows(start - 1)
        for at in range(start, len(blocks)):
            self._index[blocks[at]] = at
            self._tops.append(row)
            row += self._rows(at)
        self.height = max(0, row - 1)

    @property
    def count(self) -> int:
        """How many blocks are placed."""
        return len(self._blocks)

    def _rows(self, index: int) -> int:
        """The rows of a block and of the gap under it; a block that shows nothing takes no room."""
        count = len(self._blocks[index].lines(self.width))
        return count + 1 if count else 0

    def span(self, index: int) -> tuple[int, int]:
        """The first row of a block, and the row behind its last."""
        top = self._tops[index]
        return top, top + len(self._blocks[index].lines(self.width))

    def at(self, row: int) -> int | None:
        """The index of the block that this row, or the gap above it, belongs to."""
        return bisect_right(self._tops, row) - 1 if 0 <= row < self.height else None

    def line(self, row: int) -> Line:
        """The row's line; blank between blocks and below the last."""
        index = self.at(row)
        if index is None:
            return BLANK
        lines = self._blocks[index].lines(self.width)
        offset = row - self._tops[index]
        return lines[offset] if offset < len(lines) else BLANK
