"""Markdown as parts: paragraphs, code, tables and gaps that know their text but no width.

The text comes cleaned, and cleaned it stays: characters written as entities (`&#x202E;`) are cleaned here again.
Raw HTML, link definitions and everything else that Markdown would hide stays visible as text. Nothing is clickable
and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mcp_tui.ui.transcript.code import highlighted
from mcp_tui.ui.transcript.lines import BAR, Piece, shown

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Hang:
    """What stands left of a part: before its first row, and before the rest."""

    first: tuple[Piece, ...] = ()
    rest: tuple[Piece, ...] = ()

    def inside(self, first: Piece, rest: Piece) -> Hang:
        return Hang((*self.first, first), (*self.rest, rest))

    def below(self) -> Hang:
        return Hang(self.rest, self.rest)


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph, a heading or an item's text, line by line (hard breaks)."""

    lines: tuple[tuple[Piece, ...], ...]
    hang: Hang


@dataclass(frozen=True, slots=True)
class Code:
    """A code block, highlighted."""

    lines: tuple[tuple[Piece, ...], ...]
    hang: Hang


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first row is its head. `right` says which columns hang on their right edge."""

    rows: tuple[tuple[tuple[Piece, ...], ...], ...]
    right: tuple[bool, ...]
    hang: Hang


@dataclass(frozen=True, slots=True)
class Gap:
    """The blank row between two parts."""

    hang: Hang


Part = Words | Code | Grid | Gap


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False})
    # A definition may come long after its use, when the use is finished and drawn; as text both stay readable.
    return parser.enable(["table", "strikethrough"]).disable(["reference"])


def preload() -> None:
    """Import what the first answer needs (some 50 ms), so that it does not wait. May run in a thread."""
    _parser()
    highlighted("1", "python")


def parse(text: str) -> list[Part]:
    """The parts of cleaned Markdown, without a gap before the first or after the last."""
    return _Reader(_parser().parse(text)).read()


def finished_lines(text: str) -> int:
    """How many lines at the start of a growing text belong to blocks that no further line can change.

    `text` consists of whole lines. A block is closed for good when a later one has begun beside it.
    """
    starts = [token.map[0] for token in _parser().parse(text) if token.level == 0 and token.map and token.nesting >= 0]
    return starts[-1] if len(starts) > 1 else 0


class _Reader:
    """Walks the tokens of one text and collects its parts."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._parts: list[Part] = []
        self._hangs = [Hang()]
        self._tight = False
        """The next part stands right under the last one: it is in the same list."""

    def read(self) -> list[Part]:
        tokens = iter(self._tokens)
        for token in tokens:
            match token.type:
                case "bullet_list_open" | "ordered_list_open":
                    self._tight = len(self._hangs) > 1
                case "list_item_open":
                    mark = f"{token.info}{token.markup} " if token.info else "• "
                    self._hangs.append(self._hang.inside((mark, "quiet"), (" " * len(mark), "indent")))
                case "list_item_close":
                    if not self._hang_used:
                        self._add(Words(((),), self._hang))
                    self._close()
                    self._tight = True
                case "bullet_list_close" | "ordered_list_close":
                    self._tight = False
                case "blockquote_open":
                    self._hangs.append(self._hang.inside((f"{BAR} ", "bar"), (f"{BAR} ", "bar")))
                case "blockquote_close":
                    self._close()
                case "inline":
                    self._add(Words(_inline(token), self._hang))
                case "heading_open":
                    self._add(Words(_inline(next(tokens), "bold"), self._hang))
                case "fence" | "code_block":
                    self._add(Code(_code(token), self._hang))
                case "hr":
                    self._add(Words(((("· · ·", "quiet"),),), self._hang))
                case "table_open":
                    self._add(_table(tokens, self._hang))
                case _:
                    pass
        return self._parts

    @property
    def _hang(self) -> Hang:
        return self._hangs[-1]

    @property
    def _hang_used(self) -> bool:
        return self._hang.first == self._hang.rest

    def _close(self) -> None:
        self._hangs.pop()
        self._use()

    def _add(self, part: Part) -> None:
        if self._parts and not self._tight:
            self._parts.append(Gap(self._gap_hang()))
        self._parts.append(part)
        self._tight = False
        self._use()

    def _use(self) -> None:
        """Bullets are drawn once, before the first row of their item."""
        if self._parts:
            self._hangs = [hang.below() for hang in self._hangs]

    def _gap_hang(self) -> Hang:
        """A gap inside a quote keeps the quote's bar; beside a new item it keeps nothing of the item."""
        before = self._parts[-1].hang.rest
        here = self._hang.first
        same = [a for a, b in zip(before, here, strict=False) if a == b]
        return Hang(tuple(same), tuple(same))


def _code(token: Token) -> tuple[tuple[Piece, ...], ...]:
    code = shown(token.content).rstrip("\n")
    language = token.info.split()[0] if token.info.split() else ""
    return tuple(tuple(line) for line in highlighted(code, language))


def _inline(token: Token, base: str = "") -> tuple[tuple[Piece, ...], ...]:
    """The pieces of one run of text, line by line."""
    lines: list[list[Piece]] = [[]]
    roles: list[str] = [base] if base else []
    address = text = ""
    for child in token.children or ():
        role = " ".join(roles)
        match child.type:
            case "strong_open" | "em_open" | "s_open":
                roles.append({"strong_open": "bold", "em_open": "italic", "s_open": "strike"}[child.type])
            case "strong_close" | "em_close" | "s_close":
                roles.pop()
            case "code_inline":
                lines[-1].append((shown(child.content), f"{base} hue".strip()))
            case "link_open":
                address, text = shown(str(child.attrs.get("href", ""))), ""
            case "link_close":
                if address and address.removeprefix("mailto:") != text:
                    lines[-1].append((f" ({address})", "quiet"))
            case "image":
                address = shown(str(child.attrs.get("src", "")))
                lines[-1] += [(shown(child.content) or "image", role), (f" ({address})", "quiet")]
            case "softbreak":
                lines[-1].append((" ", role))
            case "hardbreak":
                lines.append([])
            case _:
                lines[-1].append((shown(child.content), role))
        text += child.content
    return tuple(tuple(line) for line in lines)


def _table(tokens: Iterator[Token], hang: Hang) -> Grid:
    """Reads up to the end of the table; `tokens` is the iterator behind `table_open`."""
    rows: list[list[tuple[Piece, ...]]] = []
    right: list[bool] = []
    for token in tokens:
        match token.type:
            case "table_close":
                break
            case "tr_open":
                rows.append([])
            case "th_open":
                right.append("right" in str(token.attrs.get("style", "")))
            case "inline":
                base = "quiet underline" if len(rows) == 1 else ""
                cell = _inline(token, base)
                rows[-1].append(tuple(piece for line in cell for piece in line))
            case _:
                pass
    return Grid(tuple(tuple(row) for row in rows), tuple(right), hang)
