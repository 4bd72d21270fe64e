"""The entries of a form: what is typed or chosen for one field.

`put()` shows a value, `take()` reads it back; UNSET is "left out". Where an empty entry could mean several things
(left out, empty text, nothing), ctrl+o goes through them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Select, SelectionList, Static, TextArea

from mcp_tui.domain.schema import UNSET, Field, FieldError, parse, parse_json, same, show
from mcp_tui.domain.schema_words import value_words
from mcp_tui.domain.text import clean_line, hidden_count, safe_json
from mcp_tui.ui.widgets.editors import Area, Editor, Line, Unplain, at_end, escaped, is_plain, set_placeholder, typed
from mcp_tui.ui.widgets.form_suggestions import Complete, Suggestions


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
            & > .selection-list--button { color: $panel; background: $panel; }
            & > .selection-list--button-highlighted { color: $surface; background: $surface; }
            & > .selection-list--button-selected { color: $primary; background: $panel; text-style: bold; }
            & > .selection-list--button-selected-highlighted { color: $primary; background: $surface; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+o", "next_blank", "What empty means", show=False)]

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
                editor.focus()

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


class YesNo(Static, can_focus=True):
    """The box of a yes-or-no field: space goes through what it can be, y and n say it at once."""

    DEFAULT_CSS = """
    YesNo {
        width: auto;
        &:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
        &:ansi:focus { text-style: reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "next", "Change", show=False),
        Binding("y", "set(True)", "Yes", show=False),
        Binding("n", "set(False)", "No", show=False),
    ]

    def __init__(self, states: tuple[Any, ...]) -> None:
        super().__init__()
        self._states = states
        self.value: Any = states[0]

    def render(self) -> Content:
        words = {True: "■ yes", False: "□ no", None: "□ nothing", UNSET: "—"}
        return Content(words[self.value])

    def action_next(self) -> None:
        self.action_set(self._states[(self._states.index(self.value) + 1) % len(self._states)])

    def action_set(self, value: Any) -> None:
        self.value = value
        self.refresh(layout=True)
        self.post_message(Entry.Edited())

    def on_click(self) -> None:
        self.action_next()


class YesNoEntry(Entry):
    """A box; optional ones begin as "—", left out."""

    DEFAULT_CSS = "YesNoEntry { width: auto; }"

    def __init__(self, field: Field, value: Any = UNSET) -> None:
        super().__init__(field)
        first = (False, True) if field.required else (UNSET, True, False)
        self._box = YesNo((*first, None) if field.nullable else first)
        self.put(value)

    def compose(self) -> ComposeResult:
        yield self._box

    @property
    def state(self) -> object:
        return self._box.value

    def put(self, value: Any) -> None:
        self._box.value = False if value is UNSET and self.field.required else value
        self._box.refresh(layout=True)

    def take(self) -> Any:
        return self._box.value

    def action_next_blank(self) -> None:
        self._box.action_next()


class ChoiceEntry(Entry):
    """A closed list to choose one from."""

    def __init__(self, field: Field, value: Any = UNSET) -> None:
        super().__init__(field)
        titles = [title for _, title in field.choices]
        self._values = [value for value, _ in field.choices]
        if field.nullable and None not in self._values:
            self._values.append(None)
            titles.append("nothing")
        options = [(Text(clean_line(title)), at) for at, title in enumerate(titles)]
        self._chosen: int | None = self._place(self._values[0] if field.required and len(options) == 1 else value)
        prompt = "choose one" if field.required else left_out_words(field) or "—"
        # Select reads its prompt as markup, and textual.markup.escape() leaves capitals in brackets alone
        self._select = Select[int](options, prompt=prompt.replace("[", "\\["), value=self._shown(), compact=True)

    def compose(self) -> ComposeResult:
        yield self._select

    @property
    def state(self) -> object:
        return self._chosen

    def put(self, value: Any) -> None:
        self._chosen = self._place(value)
        self._select.value = self._shown()

    def take(self) -> Any:
        if self._chosen is None and self.field.required:
            raise FieldError("is required: choose one")
        return UNSET if self._chosen is None else self._values[self._chosen]

    def _place(self, value: Any) -> int | None:
        return next((at for at, one in enumerate(self._values) if value is not UNSET and same(one, value)), None)

    def _shown(self) -> Any:
        return Select.NULL if self._chosen is None else self._chosen

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        event.stop()
        chosen = event.value if isinstance(event.value, int) else None
        if chosen != self._chosen:
            self._chosen = chosen
            self.post_message(self.Edited())


class ChoicesEntry(Entry):
    """A closed list to choose any from."""

    def __init__(self, field: Field, value: Any = UNSET) -> None:
        super().__init__(field)
        self._chosen = self._places(value)
        titles = [Content(clean_line(title)) for _, title in field.choices]
        self._list = SelectionList[int](
            *((title, at, at in self._chosen) for at, title in enumerate(titles)), compact=True
        )

    def compose(self) -> ComposeResult:
        yield self._list

    @property
    def state(self) -> object:
        return tuple(self._chosen), value_words(None if self.blank is UNSET else [self.blank])

    def put(self, value: Any) -> None:
        self._chosen = self._places(value)
        self._list.deselect_all()
        for at in self._chosen:
            self._list.select(at)

    def _places(self, value: Any) -> list[int]:
        self.set_blank(value)
        wanted: list[Any] = value if isinstance(value, list) else []
        return [at for at, one in enumerate(self.field.choices) if any(same(one.value, it) for it in wanted)]

    def take(self) -> Any:
        return [self.field.choices[at].value for at in self._chosen] or self.blank_value()

    @on(SelectionList.SelectedChanged)
    def _changed(self, event: SelectionList.SelectedChanged[int]) -> None:
        event.stop()
        if (chosen := sorted(self._list.selected)) != self._chosen:
            self._chosen = chosen
            self.post_message(self.Edited())


def entry_for(field: Field, value: Any = UNSET, complete: Complete | None = None) -> Entry:
    """The entry for a field that is no object."""
    match field.kind:
        case "boolean":
            return YesNoEntry(field, value)
        case "choice":
            return ChoiceEntry(field, value)
        case "choices":
            return ChoicesEntry(field, value)
        case _:
            return TextEntry(field, value, complete if field.kind == "text" else None)
