"""What every entry of a form is: a place to type or choose one field's value.

`put()` shows a value, `take()` reads it back; UNSET is "left out". Where an empty entry could mean several things
(left out, empty text, nothing), ctrl+o goes through them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup
from textual.message import Message

from mcp_tui.domain.schema import UNSET, Field, FieldError, same
from mcp_tui.domain.schema_words import value_words
from mcp_tui.domain.text import clean_line


class Entry(VerticalGroup):
    """One field's entry."""

    DEFAULT_CSS = """
    Entry {
        height: auto;
        Input {
            width: 1fr; height: 1; border: none; border-left: wide $chip; padding: 0 1; background: $chip;
            &:focus { border: none; border-left: wide $primary; background-tint: $primary 8%; }
            &:ansi { border-left: wide $border-blurred; &:focus { border-left: wide $primary; } }
        }
        Select {
            width: 1fr;
            &.-textual-compact > SelectCurrent {
                height: 1; padding: 0 1 !important; border-left: wide $chip !important; background: $chip;
            }
            &.-textual-compact:focus > SelectCurrent { border-left: wide $primary !important; }
            & > SelectOverlay { border: none; background: $panel; &:ansi { border: round $primary; } }
        }
        SelectionList {
            height: auto; max-height: 8; border: none; border-left: wide $chip; padding: 0 1; background: $chip;
            &:focus { border: none; border-left: wide $primary; }
            &:blur > .option-list--option-highlighted { background: $chip; }
            & > .selection-list--button { color: $panel; background: $panel; }
            & > .selection-list--button-highlighted { color: $surface; background: $surface; }
            & > .selection-list--button-selected { color: $primary; background: $panel; text-style: bold; }
            & > .selection-list--button-selected-highlighted { color: $primary; background: $surface; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+o", "next_blank", "What an empty field means", show=False)]

    class Edited(Message):
        """The entry holds something else now."""

    class Suggested(Message):
        """The server's suggestions for what is typed, and the chosen one; raw."""

        def __init__(self, values: list[str], chosen: str | None) -> None:
            super().__init__()
            self.values = values
            self.chosen = chosen

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._blanks = blanks_of(field)
        self.blank: Any = self._blanks[0]
        """What the entry means while it is empty."""

    @property
    def state(self) -> object:
        """Changes whenever the user changes something."""
        raise NotImplementedError

    @property
    def draft(self) -> str:
        """What is typed, for an entry that has no value yet."""
        return ""

    def put(self, value: Any) -> None:
        """Shows a value that fits the field; UNSET empties the entry."""
        raise NotImplementedError

    def take(self) -> Any:
        """The value, or UNSET. Raises FieldError."""
        raise NotImplementedError

    def blank_value(self) -> Any:
        if self.blank is UNSET and self.field.required:
            raise FieldError("is required" + (", ctrl+o for empty text" if "" in self._blanks else ""))
        return self.blank

    def blank_words(self) -> str:
        """What emptiness means now, unless it is the ordinary thing."""
        names = {"": "empty text", "[]": "empty list", "null": "nothing (null)"}
        return "" if self.blank == self._blanks[0] else names[value_words(self.blank) if self.blank != "" else ""]

    def set_blank(self, value: Any) -> None:
        self.blank = next((blank for blank in self._blanks if blank is value or blank == value), self._blanks[0])

    def action_next_blank(self) -> None:
        self.blank = self._blanks[(self._blanks.index(self.blank) + 1) % len(self._blanks)]
        self.post_message(self.Edited())


def blanks_of(field: Field) -> tuple[Any, ...]:
    """All that an empty entry can mean, the ordinary meaning first."""
    blanks: list[Any] = [] if field.required and field.kind != "text" else [UNSET]
    if field.kind == "text":
        blanks.append("")
    if field.kind == "choices":
        blanks.append([])
    if field.nullable:
        blanks.append(None)
    return tuple(blanks) or (UNSET,)


def left_out_words(field: Field) -> str:
    """What the server takes when the field is left out; "" when it says nothing about that."""
    if field.default is UNSET or field.required:
        return ""
    titles = [choice.title for choice in field.choices if same(choice.value, field.default)]
    return f"{clean_line(titles[0] if titles else value_words(field.default))} if left out"
