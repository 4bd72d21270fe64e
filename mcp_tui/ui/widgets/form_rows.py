"""The rows of a form: label and type at the left, the entry at the right, and what there is to say under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.completion import Completion
from mcp_tui.domain.schema import Field, type_words
from mcp_tui.domain.text import clean, clean_line, shorten
from mcp_tui.ui.widgets.form_choices import YesNoEntry
from mcp_tui.ui.widgets.form_entry import Entry
from mcp_tui.ui.widgets.pieces import column

_MAX_SUGGESTIONS = 5


class Says(Static):
    """The line under an entry: what is wrong, else suggestions, else what the server says about the field."""

    def __init__(self, field: Field, warning: str = "") -> None:
        super().__init__(classes="says")
        about = clean(field.description).strip()
        self._about = "\n".join(part for part in (about, field.constraints, warning) if part)
        self._wrong = ""
        self._suggested = ""
        self._blank = ""

    def on_mount(self) -> None:
        self._show()

    def set_wrong(self, words: str) -> None:
        self._wrong = words
        self._show()

    def suggest(self, values: list[str], chosen: str | None) -> None:
        """Show suggestions (raw), those around the chosen one; none bring back what the server says of the field."""
        at = values.index(chosen) if chosen in values else 0
        first = at - at % _MAX_SUGGESTIONS
        page = values[first : first + _MAX_SUGGESTIONS]
        words = [("▸ " if value == chosen else "") + shorten(clean_line(value), 30) for value in page]
        unnamed = values.unnamed if isinstance(values, Completion) else 0
        more = len(values) - first - len(page) + (unnamed or 0)
        rest = ["more"] if unnamed is None else [f"{more:,} more"] if more > 0 else []
        self._suggested = " · ".join([*words, *rest]) + "   ↑↓" if words else ""
        self._show()

    def set_blank(self, words: str) -> None:
        self._blank = words
        self._show()

    def _show(self) -> None:
        quiet = [part for part in (self._suggested or self._about, self._blank) if part]
        words = f"✗ {clean(self._wrong)}" if self._wrong else "\n".join(quiet)
        self.display = bool(words)
        self.update(Content(words))


class FieldRow(VerticalGroup):
    """One field that is no object."""

    DEFAULT_CSS = """
    FieldRow {
        height: auto; margin-bottom: 1;
        .line { height: auto; }
        .label { width: 16; height: auto; padding-right: 1; }
        .entry { width: 1fr; height: auto; }
        .type, .says { color: $text-muted; &:ansi { text-style: dim; } }
        &.-box .label { width: 1fr; layout: horizontal; .name, .type { width: auto; padding-right: 2; } }
        &.-wrong {
            .says { color: $text-error; text-style: none; }
            Input, Area, SelectCurrent, SelectionList { border-left: wide $error !important; }
        }
    }
    """

    def __init__(self, field: Field, entry: Entry, *, titles: bool = False, warning: str = "") -> None:
        super().__init__(classes="field -box" if isinstance(entry, YesNoEntry) else "field")
        self.field = field
        self.entry = entry
        self._label = field.label if titles else field.name
        self._says = Says(field, warning)

    def compose(self) -> ComposeResult:
        need = ", required" if self.field.required else ""
        label = VerticalGroup(
            Static(Content(clean_line(self._label)), classes="name"),
            Static(Content(f"{clean_line(type_words(self.field))}{need}"), classes="type"),
            classes="label",
        )
        if isinstance(self.entry, YesNoEntry):
            yield HorizontalGroup(label, self.entry, classes="line")
            yield self._says
        else:
            yield HorizontalGroup(label, VerticalGroup(self.entry, self._says, classes="entry"), classes="line")

    def set_wrong(self, words: str) -> None:
        """Marks the row, or clears the mark with ""."""
        self.set_class(bool(words), "-wrong")
        self._says.set_wrong(words)

    @on(Entry.Suggested)
    def _suggest(self, event: Entry.Suggested) -> None:
        event.stop()
        self._says.suggest(event.values, event.chosen)

    @on(Entry.Edited)
    def _edited(self) -> None:
        self._says.set_blank(self.entry.blank_words() if not self.entry.draft else "")


class ObjectRows(VerticalGroup):
    """An object: its name, how much of it is set, and its fields behind a thin line."""

    DEFAULT_CSS = """
    ObjectRows {
        height: auto; margin-bottom: 1;
        & > .two {
            height: auto; layout: horizontal;
            & > .left { width: 1fr; } & > .right { width: auto; margin-left: 2; color: $text-muted; }
        }
        & > .nested { height: auto; border-left: solid $panel; padding-left: 2; & > .-last { margin-bottom: 0; } }
        & > .says { color: $text-muted; &:ansi { text-style: dim; } }
        &.-wrong > .says { color: $text-error; text-style: none; }
    }
    """

    def __init__(self, field: Field, rows: list[Row], *, titles: bool = False) -> None:
        super().__init__(classes="object")
        self.field = field
        self._label = field.label if titles else field.name
        self.rows = rows
        self._count = Static("", classes="right")
        self._says = Says(field)

    def compose(self) -> ComposeResult:
        need = ", required" if self.field.required else ""
        heading = Content.assemble(
            (clean_line(self._label), "bold"), (f"  {type_words(self.field)}{need}", "$text-muted")
        )
        yield HorizontalGroup(Static(heading, classes="left"), self._count, classes="two")
        yield self._says
        yield VerticalGroup(*self.rows, classes="nested")

    def set_wrong(self, words: str) -> None:
        self.set_class(bool(words), "-wrong")
        self._says.set_wrong(words)

    def set_count(self, values: dict[str, Any]) -> None:
        """Says how many of the fields are set."""
        self._count.update(
            f"{sum(name in values for name in (f.name for f in self.field.fields))} of {len(self.field.fields)} set"
        )


Row = FieldRow | ObjectRows
MakeEntry = Callable[[Field], Entry]


def rows_for(fields: tuple[Field, ...], make: MakeEntry, *, titles: bool = False, warn: bool = False) -> list[Row]:
    """The rows of some fields, those of objects inside them."""
    return column(
        ObjectRows(field, rows_for(field.fields, make, titles=titles, warn=warn), titles=titles)
        if field.kind == "object"
        else FieldRow(field, make(field), titles=titles, warning=secret_words(field) if warn else "")
        for field in fields
    )


def secret_words(field: Field) -> str:
    """A warning for a field that sounds like a secret."""
    said = f"{field.name} {field.title}".lower().replace("_", " ").replace("-", " ")
    if any(
        word in said
        for word in ("password", "passwd", "passphrase", "token", "secret", "credential", "api key", "apikey")
    ):
        return "△ sounds like a secret: the server gets it as you type it"
    return "△ sounds like a secret: the server gets it as you type it" if {"key", "pin"} & set(said.split()) else ""
