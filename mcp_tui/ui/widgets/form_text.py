"""The entry for what is typed: text, a number or JSON, with the server's suggestions where it has some."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, TextArea

from mcp_tui.domain.schema import UNSET, Field, FieldError, parse, parse_json, show
from mcp_tui.domain.text import hidden_count, safe_json
from mcp_tui.ui.widgets.editors import Area, Editor, Line, Unplain, at_end, escaped, is_plain, set_placeholder, typed
from mcp_tui.ui.widgets.form_entry import Entry, left_out_words
from mcp_tui.ui.widgets.form_suggestions import Complete, Suggestions


class TextEntry(Entry):
    """Text, a number or JSON. It begins as one line, and becomes an area for what a line cannot hold.

    Text with hidden characters is shown as a JSON string, in quotes, so that they are seen and stay as they are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "The next suggestion", show=False),
        Binding("up", "choose(-1)", "The suggestion before", show=False),
    ]

    def __init__(self, field: Field, value: Any = UNSET, complete: Complete | None = None) -> None:
        super().__init__(field)
        self._quoted = False
        self._editor: Editor = Line()
        self._suggestions = Suggestions(complete, lambda: self.draft, self._suggested) if complete else None
        self.put(value)

    def compose(self) -> ComposeResult:
        set_placeholder(self._editor, self._placeholder())
        yield self._editor

    @property
    def state(self) -> object:
        return typed(self._editor), self.blank

    @property
    def draft(self) -> str:
        return typed(self._editor)

    def put(self, value: Any) -> None:
        if value is UNSET or value is None or value == "":
            self._write("")
            self.set_blank(value)
        else:
            self._write(value if self.field.kind == "text" else show(self.field, value))
        set_placeholder(self._editor, self._placeholder())

    def take(self) -> Any:
        text = typed(self._editor)
        if not text.strip() and not (text and self.field.kind == "text"):
            return self.blank_value()
        if not self._quoted:
            return parse(self.field, text)
        value = parse_json(text)
        if not isinstance(value, str):
            raise FieldError("must be text in quotes")
        return value

    def action_next_blank(self) -> None:
        super().action_next_blank()
        set_placeholder(self._editor, self._placeholder())

    def _placeholder(self) -> str:
        if words := self.blank_words() or left_out_words(self.field):
            return words
        return "JSON" if self.field.kind == "json" else ""

    def _line(self, text: str) -> Line:
        line = Line(text, whole=self.field.kind == "text")
        line.suggester = self._suggestions
        return line

    def _write(self, text: str) -> None:
        """Shows the text in an editor that can hold it as it is."""
        if self.field.kind == "json":
            editor: Editor = Area(escaped(text), json=True)
        elif is_plain(text):
            editor = self._line(text)
            self._quoted = False
        else:
            editor = Area(text)
            self._quoted = bool(hidden_count(text)) or editor.text != text
            editor = Area(safe_json(text, None), json=True) if self._quoted else editor
        had_focus, old, self._editor = self._editor.has_focus, self._editor, editor
        if self.is_attached:
            old.remove()
            self.mount(editor)
            at_end(editor)
            if had_focus:
                self.screen.set_focus(editor)  # at once: `focus()` comes behind what moves the focus meanwhile

    @on(Unplain)
    def _hold(self, event: Unplain) -> None:
        event.stop()
        self._write(event.text)
        self.post_message(self.Edited())

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _edited(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Edited())
        if self._editor.has_focus and not self.draft:
            self._ask()  # a line asks by itself only while it holds something

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._ask()

    def _ask(self) -> None:
        """Get suggestions for the text as it is, at once."""
        if self._suggestions is not None and isinstance(self._editor, Line):
            self.run_worker(self._suggestions.ask(self._editor.value), group="suggest", exclusive=True)

    def _suggested(self, values: list[str], chosen: str | None) -> None:
        self.post_message(self.Suggested(values, chosen))

    def action_choose(self, by: int) -> None:
        """Put the next suggestion, or the one before, into the line."""
        if self._suggestions is not None and isinstance(self._editor, Line):
            self._editor.value = self._suggestions.choose(by)
            at_end(self._editor)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "choose":
            return isinstance(self._editor, Line) and self._suggestions is not None and self._suggestions.can_choose
        return super().check_action(action, parameters)
