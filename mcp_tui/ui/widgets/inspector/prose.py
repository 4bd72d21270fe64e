"""Markdown for small texts, in the calm voices. Importing it costs start time: import it where a text is shown."""

from __future__ import annotations

from textual.content import Content
from textual.highlight import highlight
from textual.widgets.markdown import Markdown, MarkdownFence

from mcp_tui.ui.widgets.code import Calm


class Fence(MarkdownFence):
    """A block of code."""

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        return highlight(code, language=language or "text", theme=Calm)


class Prose(Markdown):
    """Markdown that opens no links. The text must be cleaned."""

    BLOCKS = {**Markdown.BLOCKS, "fence": Fence, "code_block": Fence}
    DEFAULT_CSS = """
    Prose {
        padding: 0; margin: 0; background: transparent; height: auto;
        MarkdownH1, MarkdownH2, MarkdownH3 {
            content-align: left middle; color: $foreground; background: transparent; text-style: bold; margin: 0 0 1 0;
        }
        MarkdownBlock:dark > .code_inline { color: $text-primary; background: transparent; }
        MarkdownBlock:light > .code_inline { color: $text-primary; background: transparent; }
        MarkdownFence { margin: 0 0 1 0; background: $surface; border-left: wide $panel; & > Label { padding: 0 2; } }
        MarkdownFence:last-child { margin-bottom: 0; }
        MarkdownBullet { color: $text-muted; &:light { color: $text-muted; } }
        MarkdownTable { width: 1fr; margin-bottom: 1; background: transparent; &:light { background: transparent; } }
        MarkdownTableContent {
            keyline: none; grid-gutter: 0 1;
            & > .cell { padding: 0 1 0 0; }
            & > .header { padding: 0 1 0 0; color: $text-muted; text-style: underline; }
        }
    }
    """

    def __init__(self, text: str, classes: str = "") -> None:
        super().__init__(text, open_links=False, classes=classes)
