"""Going through the conversation block by block: where a step leads, and what is to be in view then."""

from __future__ import annotations

from dataclasses import dataclass

from mcp_tui.ui.transcript.column import Column


@dataclass(frozen=True, slots=True)
class View:
    """The rows on the screen."""

    top: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Step:
    """The block that is chosen then, and the row to scroll to; None: as it is."""

    cursor: int | None
    row: int | None = None


def step(column: Column, cursor: int | None, by: int, view: View) -> Step:
    """One block up or down; a block taller than the view is scrolled through first."""
    if cursor is not None:
        top, bottom = column.span(cursor)
        if bottom <= view.top or top >= view.bottom:
            return Step(column.at(view.top if by > 0 else view.bottom - 1) or 0)
        if (by > 0 and bottom > view.bottom) or (by < 0 and top < view.top):
            return Step(cursor, view.top + by * max(1, view.height // 4))
    start = column.count if cursor is None else cursor
    visible = [at for at in range(column.count) if len(set(column.span(at))) == 2]
    later = [at for at in visible if (at > start if by > 0 else at < start)]
    if not later:
        return Step(cursor)
    chosen = later[0] if by > 0 else later[-1]
    return Step(chosen, _row_for(column, chosen, view))


def _row_for(column: Column, index: int, view: View) -> int | None:
    """The row to scroll to so that a block is in view, as much of it as fits."""
    top, bottom = column.span(index)
    if top < view.top or bottom - top > view.height:
        return top if top > view.top or bottom - top <= view.height else max(top, bottom - view.height)
    return bottom - view.height if bottom > view.bottom else None
