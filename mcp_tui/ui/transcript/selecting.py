"""Rows of the conversation that the mouse has selected: how they look, and their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from mcp_tui.ui.transcript.column import Column

if TYPE_CHECKING:
    from textual.selection import Selection


def marked(strip: Strip, selection: Selection, row: int, lead: int, style: RichStyle) -> Strip:
    """The row with its selected part in `style`; its first `lead` characters are bar and padding, and never part."""
    span = selection.get_span(row)
    if span is None:
        return strip
    text = strip.text
    end = len(text) if span[1] == -1 else min(span[1], len(text))
    start = max(span[0], lead)
    if start >= end:
        return strip
    first, last = strip.index_to_cell_position(start), strip.index_to_cell_position(end)
    before, chosen, after = strip.crop(0, first), strip.crop(first, last), strip.crop(last)
    return Strip.join([before, _over(chosen, style), after])


def text(column: Column, selection: Selection) -> str:
    """The selected rows without their bars, padding and fill."""
    first = selection.start.y if selection.start else 0
    last = selection.end.y if selection.end else column.height - 1
    rows: list[str] = []
    for row in range(first, min(last, column.height - 1) + 1):
        line, span = column.line(row), selection.get_span(row)
        if span is not None:
            start, end = max(span[0], line.lead), None if span[1] == -1 else span[1]
            rows.append(line.text[start:end].rstrip())
    return "\n".join(rows)


def _over(strip: Strip, style: RichStyle) -> Strip:
    """The strip with a style laid over its own."""
    return Strip([Segment(text, (own or RichStyle.null()) + style) for text, own, _ in strip], strip.cell_length)
