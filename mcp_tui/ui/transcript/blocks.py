"""The simple blocks of a conversation: what you said, notes, output of commands, a failed turn.

    Block
    ├── UserBlock      your message
    ├── NoteBlock      one quiet sentence of ours
    ├── OutputBlock    the result of a command such as /tools
    ├── ErrorBlock     the endpoint failed
    ├── ReasoningBlock (reasoning.py)
    ├── AnswerBlock    (answer.py)
    └── CardBlock      (card.py)

Blocks take raw text, clean it, and give lines for a width. They know no widget, no colour and no position.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.ui.transcript.layout import lay_out
from mcp_tui.ui.transcript.lines import BAR, LazyLines, Line, Piece, shown, wrap
from mcp_tui.ui.transcript.markdown import parse

NoteKind = Literal["quiet", "warn", "bad"]


class Block:
    """One thing in the conversation. Its lines are made once for a width, and again after `touch()`."""

    foldable = False
    """Whether enter opens and closes it."""
    retryable = False
    """Whether enter, or `r`, asks for the turn again."""

    def __init__(self) -> None:
        self.is_open = False
        self._laid: tuple[int, Sequence[Line]] | None = None

    def lines(self, width: int) -> Sequence[Line]:
        """The block's rows, at most `width` cells wide."""
        if self._laid is None or self._laid[0] != width:
            self._laid = (width, self.lay(width))
        return self._laid[1]

    def lay(self, width: int) -> Sequence[Line]:
        """Make the rows; called once for a width and a state."""
        raise NotImplementedError

    def touch(self) -> None:
        """The block changed: its rows have to be made again."""
        self._laid = None

    def toggle(self) -> None:
        """Open what is folded, fold what is open."""
        if self.foldable:
            self.is_open = not self.is_open
            self.touch()

    @property
    def copied(self) -> str:
        """What `y` copies: the whole of it, in its shown form."""
        raise NotImplementedError


def barred(pieces: Sequence[Piece], bar: str, ground: str = "") -> Line:
    """A row behind a left bar of the role `bar`."""
    return Line([(BAR, bar), ("  ", ""), *pieces], 3, ground)


class UserBlock(Block):
    """What you said, behind an accent bar."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = shown(text).strip("\n")

    def lay(self, width: int) -> Sequence[Line]:
        return LazyLines(
            self._text.split("\n"), width - 5, lambda text: [(text, "")], lambda row: barred(row, "primary")
        )

    @property
    def copied(self) -> str:
        return self._text


class NoteBlock(Block):
    """A sentence of ours: `· stopped by you`."""

    def __init__(self, text: str, kind: NoteKind = "quiet") -> None:
        super().__init__()
        self._text = shown(text).strip()
        self._kind: NoteKind = kind

    def lay(self, width: int) -> Sequence[Line]:
        rows = [row for line in self._text.split("\n") for row in wrap([(line, self._kind)], width - 3)]
        icon = "✗" if self._kind == "bad" else "·"
        return [
            Line([(" ", ""), (" " if number else icon, self._kind), (" ", ""), *row], 1)
            for number, row in enumerate(rows)
        ]

    @property
    def copied(self) -> str:
        return self._text


class AgainBlock(Block):
    """After an answer that was cut: the key that asks for a whole one."""

    retryable = True

    def lay(self, width: int) -> Sequence[Line]:
        return [Line([("   ", ""), (" r ", "key"), (" ask again", "quiet")], 1)]

    @property
    def copied(self) -> str:
        return ""


class OutputBlock(Block):
    """What a command of yours gave: a title, and text as it is or Markdown."""

    def __init__(self, title: str, text: str, *, markdown: bool) -> None:
        super().__init__()
        self._title, self._text = shown(title).replace("\n", " "), shown(text).strip("\n")
        self._markdown = markdown

    def lay(self, width: int) -> Sequence[Line]:
        lines = [Line([(" ", ""), *row], 1) for row in wrap([(self._title, "bold")], width - 1)] if self._title else []
        if not self._markdown:
            rows = LazyLines(
                self._text.split("\n"), width - 1, lambda text: [(text, "")], lambda row: Line([(" ", ""), *row], 1)
            )
            return [*lines, *rows]
        return [*lines, *lay_out(parse(self._text), width, " ")]

    @property
    def copied(self) -> str:
        return f"{self._title}\n{self._text}" if self._title else self._text


class ErrorBlock(Block):
    """The endpoint failed: what happened, where, and what to try."""

    retryable = True

    def __init__(self, error: McpTuiError) -> None:
        super().__init__()
        self._what, self._where, self._hint = (shown(text).strip() for text in (error.what, error.subject, error.hint))

    def lay(self, width: int) -> Sequence[Line]:
        def rows(text: str, role: str) -> list[list[Piece]]:
            return [row for line in text.split("\n") for row in wrap([(line, role)], width - 5)] if text else []

        head, *more = rows(self._what, "bold") or [[]]
        body = [
            *([("   ", ""), *row] for row in (*more, *rows(self._where, "quiet"), *rows(self._hint, ""))),
            [("   ", ""), (" r ", "key"), (" try again", "quiet")],
        ]
        return [
            barred([("✗", "bad"), ("  ", ""), *head], "bad", "surface"),
            *(barred(row, "bad", "surface") for row in body),
        ]

    @property
    def copied(self) -> str:
        return "\n".join(text for text in (self._what, self._where, self._hint) if text)
