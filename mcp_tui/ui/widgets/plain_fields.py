"""Fields that never draw a control character, whatever was pasted into them, stands in a file, or comes of a server."""

from __future__ import annotations

from typing import Any

from rich.highlighter import Highlighter
from rich.text import Text
from textual.widgets import Input, TextArea

from mcp_tui.domain.hidden import hidden_runs

_PICTURES = 0x2400
"""Where Unicode has pictures of the C0 characters."""


class OneCell(Highlighter):
    """Shows each hidden character as one cell, so that the cursor is drawn where it is; the value stays as it is."""

    def __call__(self, text: str | Text) -> Text:
        shown = list(text.plain if isinstance(text, Text) else text)
        for start, end in hidden_runs("".join(shown)):
            shown[start:end] = map(_picture, shown[start:end])
        plain = "".join(_picture(char) if char < " " else char for char in shown)
        return Text(plain, no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing else is told apart."""


class PlainInput(Input):
    """One line."""

    def __init__(self, value: str = "", **more: Any) -> None:
        super().__init__(value, highlighter=OneCell(), **more)


class PlainArea(TextArea):
    """Several lines."""

    def get_line(self, line_index: int) -> Text:
        return OneCell()(self.document.get_line(line_index))


def _picture(char: str) -> str:
    return chr(_PICTURES + ord(char)) if char < " " else "␡" if char == "\x7f" else "�"
