"""Where text is typed in forms: one line, or an area that grows. Neither ever draws a control character.

A paste that one line cannot hold is handed on as it is (`Unplain`): the entry then takes a form that can.
"""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from mcp_tui.domain.text import hidden_count, safe_json
from mcp_tui.ui.widgets.plain_fields import PlainArea, PlainInput


def is_plain(text: str) -> bool:
    """Whether one line can show the text as it is."""
    return not (hidden_count(text) or set(text) & {"\n", "\r", "\t"})


def escaped(text: str) -> str:
    """Text with its hidden characters as JSON's `\\u` escapes, for places where JSON is typed."""
    return "".join(safe_json(char)[1:-1] if hidden_count(char) else char for char in text.replace("\r\n", "\n"))


class Unplain(Message):
    """Text was pasted that this editor cannot hold; `text` is what it would hold then, raw."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Line(PlainInput):
    """One line. With `whole`, a paste of several lines is kept whole instead of cut after the first."""

    def __init__(self, value: str = "", *, whole: bool = False) -> None:
        super().__init__(value)
        self._whole = whole

    def on_paste(self, event: events.Paste) -> None:
        if self._takes(event.text):
            event.prevent_default()
            event.stop()

    def action_paste(self) -> None:
        if not self._takes(self.app.clipboard):
            super().action_paste()

    def _takes(self, text: str) -> bool:
        if not self._whole or is_plain(text):
            return False
        start, end = sorted(self.selection)
        self.post_message(Unplain(f"{self.value[:start]}{text}{self.value[end:]}"))
        return True


class Area(PlainArea):
    """Several lines, growing with the text. With `json`, pasted hidden characters become escapes."""

    DEFAULT_CSS = """
    Area {
        height: auto; max-height: 8; border: none; border-left: wide $chip; padding: 0 1; background: $chip;
        &:focus { border: none; border-left: wide $primary; background-tint: $primary 8%; }
        &:ansi { border-left: wide $border-blurred; &:focus { border-left: wide $primary; } }
        &.-tall { max-height: 16; min-height: 4; }
    }
    """

    def __init__(self, text: str = "", *, json: bool = False, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(text, highlight_cursor_line=False, id=id, classes=classes)
        self._json = json

    def on_paste(self, event: events.Paste) -> None:
        if self._takes(event.text):
            event.prevent_default()
            event.stop()

    def action_paste(self) -> None:
        if not self._takes(self.app.clipboard):
            super().action_paste()

    def _takes(self, text: str) -> bool:
        if not hidden_count(text):
            return False
        start, end = sorted(self.selection)
        if self._json:
            self.replace(escaped(text), start, end)
        else:
            before, after = self.get_text_range((0, 0), start), self.get_text_range(end, self.document.end)
            self.post_message(Unplain(f"{before}{text}{after}"))
        return True


Editor = Line | Area


def typed(editor: Editor) -> str:
    """The text in the editor."""
    return editor.value if isinstance(editor, Line) else editor.text


def at_end(editor: Widget) -> None:
    """Puts the cursor behind the text."""
    if isinstance(editor, Line):
        editor.cursor_position = len(editor.value)
    elif isinstance(editor, Area):
        editor.move_cursor(editor.document.end)


def set_placeholder(editor: Editor, words: str) -> None:
    """What stands in the empty editor; cleaned text."""
    if isinstance(editor, Line):
        editor.placeholder = words
    else:
        editor.placeholder = Content(words)
