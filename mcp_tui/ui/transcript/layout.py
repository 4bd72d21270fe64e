"""Parts of Markdown as rows of a given width."""

from __future__ import annotations

from collections.abc import Sequence

from mcp_tui.ui.transcript.lines import BAR, BLANK, Line, Piece, cells_of, wrap
from mcp_tui.ui.transcript.markdown import Code, Gap, Grid, Hang, Part, Words

_BETWEEN = 3
"""Cells between two columns of a table."""
_NARROWEST = 4
"""Cells that a squeezed column keeps."""


def lay_out(parts: Sequence[Part], width: int, indent: str) -> list[Line]:
    """The rows of the parts, at most `width` cells wide, each behind `indent`."""
    lines: list[Line] = []
    for part in parts:
        room = max(1, width - len(indent) - cells_of(part.hang.rest))
        match part:
            case Gap(hang):
                lines.append(_row(indent, hang.rest, ()) if hang.rest else BLANK)
            case Words(texts, hang):
                _hung(lines, indent, hang, [row for text in texts for row in wrap(text, room)])
            case Code(code, hang):
                lines += _code(code, hang, room, indent)
            case Grid():
                _hung(lines, indent, part.hang, _grid(part, room))
    return lines


def _row(indent: str, left: tuple[Piece, ...], pieces: Sequence[Piece]) -> Line:
    """A row whose indent and quote bars are decoration; bullets are text."""
    lead = len(indent)
    for text, role in left:
        if role not in ("bar", "indent"):
            break
        lead += len(text)
    drawn = [(text, "" if role == "indent" else role) for text, role in left]
    return Line([(indent, ""), *drawn, *pieces], lead)


def _hung(lines: list[Line], indent: str, hang: Hang, rows: Sequence[Sequence[Piece]]) -> None:
    for number, row in enumerate(rows):
        lines.append(_row(indent, hang.rest if number else hang.first, row))


def _code(code: Sequence[Sequence[Piece]], hang: Hang, room: int, indent: str) -> list[Line]:
    """Code on its own ground behind a bar. What stands left of it stays on the page's ground."""
    rows = [row for line in code for row in wrap(line, max(1, room - 5))]
    lines: list[Line] = []
    for number, row in enumerate(rows):
        left = hang.rest if number else hang.first
        start = _row(indent, left, ())
        pieces = [*start.pieces, (BAR, "bar"), ("  ", ""), *row]
        lines.append(Line(pieces, len(start.text) + 3, "surface", inset=len(start.pieces)))
    return lines


def _grid(grid: Grid, room: int) -> list[list[Piece]]:
    """A table's rows: columns aligned by cells, squeezed to the room, cells wrapped."""
    columns = max(len(row) for row in grid.rows)
    widths = [max((cells_of(row[at]) for row in grid.rows if at < len(row)), default=0) for at in range(columns)]
    widths = _squeezed(widths, room - _BETWEEN * (columns - 1))
    rows: list[list[Piece]] = []
    for cells in grid.rows:
        wrapped = [wrap(cells[at] if at < len(cells) else (), widths[at]) for at in range(columns)]
        for number in range(max(len(lines) for lines in wrapped)):
            row: list[Piece] = []
            for at, lines in enumerate(wrapped):
                piece = lines[number] if number < len(lines) else []
                fill = " " * (widths[at] - cells_of(piece))
                between = " " * (_BETWEEN if at else 0)
                right = at < len(grid.right) and grid.right[at]
                row += [(between + fill, ""), *piece] if right else [(between, ""), *piece, (fill, "")]
            rows.append([(text, role) for text, role in row if text])
    return rows


def _squeezed(widths: list[int], room: int) -> list[int]:
    """The widest columns give way first, until all fit or all are at their narrowest."""
    widths = list(widths)
    while sum(widths) > room and (widest := max(widths)) > _NARROWEST:
        at = widths.index(widest)
        others = max((width for width in widths if width < widest), default=_NARROWEST)
        step = max(1, min(sum(widths) - room, widest - others))
        widths[at] = max(_NARROWEST, widest - step)
    return widths
