"""Lines of the transcript: pieces of cleaned text with the names of their roles, wrapped to a width by cells.

A line knows no colours; the palette turns it into a strip, once, when it is first seen.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, overload

from rich.cells import cell_len, get_character_cell_size

from mcp_tui.domain.text import clean

if TYPE_CHECKING:
    from textual.strip import Strip

    from mcp_tui.ui.transcript.palette import Palette

Piece = tuple[str, str]
"""Cleaned text and the roles it is drawn in, as words: `("38 ms", "quiet")`, `("yes", "bold good")`."""

BAR = "▎"
TAB = 4
MAX_WIDTH = 100
"""The widest that anything in the transcript gets, in cells."""

# A word is a run of one-cell characters; each ideograph, kana and hangul syllable is a word of its own.
_WORDS = re.compile(
    r"\s+|[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]|[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]+"
)


def shown(raw: str) -> str:
    """Foreign text, safe to draw, its tabs as spaces."""
    text = clean(raw)
    return text.expandtabs(TAB) if "\t" in text else text


class Line:
    """One row: its pieces, how many characters of it are only decoration, and the ground it stands on."""

    __slots__ = ("_painted", "ground", "inset", "lead", "pieces")

    def __init__(self, pieces: Sequence[Piece], lead: int = 0, ground: str = "", inset: int = 0) -> None:
        self.pieces = pieces
        self.lead = lead
        """Characters at the left (bar, padding) that are drawn but never copied."""
        self.ground = ground
        """The role that fills the row to its full width; "" for the page."""
        self.inset = inset
        """How many pieces at the left stand on the page, before the ground begins."""
        self._painted: tuple[Palette, int, Strip] | None = None

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)

    def strip(self, palette: Palette, width: int) -> Strip:
        """The row as it is drawn, kept until the palette or the width changes."""
        if self._painted is None or self._painted[0] is not palette or self._painted[1] != width:
            self._painted = (palette, width, palette.paint(self, width))
        return self._painted[2]


BLANK = Line(())


def breaks(text: str, width: int) -> list[tuple[int, int]]:
    """Where a text without newlines is cut into rows of at most `width` cells: (start, end) pairs, spaces dropped."""
    if len(text) <= width and (text.isascii() or cell_len(text) <= width):
        return [(0, len(text))]
    return _ascii_breaks(text, width) if text.isascii() else _cell_breaks(text, width)


def _ascii_breaks(text: str, width: int) -> list[tuple[int, int]]:
    """One cell a character: megabytes go by searching for spaces alone."""
    rows: list[tuple[int, int]] = []
    start, size = 0, len(text.rstrip())
    while size - start > width:
        cut = text.rfind(" ", start, start + width + 1)
        if cut < start or text[start:cut].isspace() or cut == start:
            cut = start + width
        rows.append((start, start + len(text[start:cut].rstrip())))
        start = cut
        while start < size and text[start] == " ":
            start += 1
    if start < size:
        rows.append((start, size))
    return rows or [(0, 0)]


def _cell_breaks(text: str, width: int) -> list[tuple[int, int]]:
    rows: list[tuple[int, int]] = []
    start = used = 0
    for found in _WORDS.finditer(text):
        at, end, word = found.start(), found.end(), found.group()
        cells = cell_len(word)
        if word.isspace() and (used or not rows):
            used += cells
            continue
        if word.isspace():
            start = end
            continue
        if used and used + cells > width and (used >= width or not text[start:at].isspace()):
            rows.append((start, start + len(text[start:at].rstrip())))
            start, used = at, 0
        while used + cells > width:
            cut = _fitting(text, at, end, width - used)
            rows.append((start, cut))
            cells -= cell_len(text[at:cut])
            start = at = cut
            used = 0
        used += cells
    if start < len(text) and (tail := text[start:].rstrip()):
        rows.append((start, start + len(tail)))
    return rows or [(0, 0)]


def _fitting(text: str, start: int, end: int, room: int) -> int:
    """The end of the longest part of text[start:end] that fits into `room` cells; at least one character."""
    at = start
    while at < end and (room := room - get_character_cell_size(text[at])) >= 0:
        at += 1
    return max(at, start + 1)


def cut_pieces(pieces: Sequence[Piece], ranges: Iterable[tuple[int, int]]) -> list[list[Piece]]:
    """The pieces of each of the ranges, which are in order and count characters over all pieces."""
    rows: list[list[Piece]] = []
    index = offset = 0
    for start, end in ranges:
        row: list[Piece] = []
        while index < len(pieces):
            text, role = pieces[index]
            part = text[max(0, start - offset) : max(0, end - offset)]
            if part:
                row.append((part, role))
            if offset + len(text) > end:
                break
            offset += len(text)
            index += 1
        rows.append(row)
    return rows


def wrap(pieces: Sequence[Piece], width: int) -> list[list[Piece]]:
    """Pieces without newlines as rows of at most `width` cells, broken between words."""
    text = "".join(text for text, _ in pieces)
    return cut_pieces(pieces, breaks(text, max(1, width)))


def cells_of(pieces: Iterable[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def truncate(pieces: Sequence[Piece], width: int) -> list[Piece]:
    """The pieces cut to one row, with `…` where something is missing."""
    if cells_of(pieces) <= width:
        return list(pieces)
    row: list[Piece] = []
    room = width - 1
    for text, role in pieces:
        cells = cell_len(text)
        if cells > room:
            end = 0
            while room >= get_character_cell_size(text[end]):
                room -= get_character_cell_size(text[end])
                end += 1
            return [*row, (f"{text[:end]}…", role)] if width > 0 else []
        row.append((text, role))
        room -= cells
    return row


def two_ends(left: Sequence[Piece], right: Sequence[Piece], width: int) -> list[Piece]:
    """A row with something at its right end; the left side gives way."""
    room = width - cells_of(right) - 2
    if not right or room < 8:
        return truncate([*left, ("  ", ""), *right], width)
    left = truncate(left, room)
    return [*left, (" " * (width - cells_of(left) - cells_of(right)), ""), *right]


class LazyLines(Sequence[Line]):
    """Rows of a long text: counted now, made when somebody looks at them."""

    def __init__(
        self,
        texts: Sequence[str],
        width: int,
        style: Callable[[str], list[Piece]],
        frame: Callable[[list[Piece]], Line],
    ) -> None:
        """`texts` are cleaned lines; `style` gives a line's pieces, `frame` puts a wrapped row into a line."""
        self._texts, self._style, self._frame = texts, style, frame
        self._width = max(1, width)
        counts = (1 if len(text) <= width and text.isascii() else len(breaks(text, self._width)) for text in texts)
        self._starts = [0, *accumulate(counts)]
        self._made: dict[int, Line] = {}

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if index not in self._made:
            which = bisect_right(self._starts, index) - 1
            first = self._starts[which]
            for at, row in enumerate(wrap(self._style(self._texts[which]), self._width), first):
                self._made[at] = self._frame(row)
        return self._made[index]


class Joined(Sequence[Line]):
    """Several sequences of lines as one, without copying them."""

    def __init__(self, parts: Iterable[Sequence[Line]]) -> None:
        self._parts = [part for part in parts if len(part)]
        self._starts = [0, *accumulate(len(part) for part in self._parts)]

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        which = bisect_right(self._starts, index) - 1
        return self._parts[which][index - self._starts[which]]

    def __iter__(self) -> Iterator[Line]:
        for part in self._parts:
            yield from part
