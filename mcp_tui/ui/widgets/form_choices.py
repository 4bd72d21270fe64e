"""The entries for what is chosen: yes or no, one of a list, any of a list."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Select, SelectionList, Static

from mcp_tui.domain.schema import UNSET, Field, FieldError, same
from mcp_tui.domain.schema_words import value_words
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.widgets.form_entry import Entry, left_out_words


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
        Binding("space", "next", "Change what is to choose", show=False),
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
