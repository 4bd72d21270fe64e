"""The model's answer: Markdown that streams in, finished paragraphs drawn once."""

from __future__ import annotations

from collections.abc import Sequence

from mcp_tui.domain.text import clean
from mcp_tui.ui.transcript.blocks import Block
from mcp_tui.ui.transcript.growing import GrowingText
from mcp_tui.ui.transcript.layout import lay_out
from mcp_tui.ui.transcript.lines import BLANK, Line, shown
from mcp_tui.ui.transcript.markdown import Part, finished_lines, parse


class AnswerBlock(Block):
    """Text of the model. It grows until the turn goes on to something else."""

    def __init__(self) -> None:
        super().__init__()
        self._text: GrowingText[list[Part]] = GrowingText(
            lambda raw: finished_lines(clean(raw)),
            lambda raw: parse(clean(raw)),
            lambda parts, width: lay_out(parts, width, " "),
            gap=[BLANK],
        )

    def append(self, text: str) -> None:
        self._text.append(text)
        self.touch()

    def finish(self) -> None:
        """The turn went on to something else, or ended."""
        self._text.finish()
        self.touch()

    def lay(self, width: int) -> Sequence[Line]:
        return self._text.lines(width)

    @property
    def copied(self) -> str:
        return shown(self._text.raw).strip()
