"""A form made from a JSON Schema, and the same arguments as JSON: two views of one thing, nothing lost between them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static, TextArea

from mcp_tui.domain.schema import UNSET, Complaint, Field, FieldError, check, fields_of, parse_json, schema_note
from mcp_tui.domain.text import clean, clean_line, safe_json
from mcp_tui.ui.widgets.editors import Area
from mcp_tui.ui.widgets.form_choices import YesNo
from mcp_tui.ui.widgets.form_entry import Entry
from mcp_tui.ui.widgets.form_fields import entry_for
from mcp_tui.ui.widgets.form_rows import ObjectRows, Row, rows_for
from mcp_tui.ui.widgets.form_suggestions import Complete
from mcp_tui.ui.widgets.form_values import Path, gather, leaves, spread
from mcp_tui.ui.widgets.pieces import key

Suggest = Callable[[str, str, dict[str, str]], Awaitable[list[str]]]
"""Asked with an argument's name, what is typed of it, and the other arguments so far; raw values."""

_NARROW = 42
"""Columns under which labels stand above their entries."""


class SchemaForm(VerticalGroup):
    """Fields for the arguments of a call. ctrl+s submits from anywhere inside, Enter goes on to the next field."""

    DEFAULT_CSS = """
    SchemaForm {
        height: auto;
        .rows { height: auto; }
        .says { color: $text-muted; &:ansi { text-style: dim; } }
        .buttons { height: 1; margin-bottom: 1; & > Button { margin-right: 2; } }
        .note { height: auto; }
        .json-view { height: auto; margin-bottom: 1; }
        &.-json > .rows { display: none; }
        &.-form > .json-view { display: none; }
        &.-narrow FieldRow {
            .line { layout: vertical; }
            .label { width: 1fr; layout: horizontal; .name, .type { width: auto; padding-right: 2; } }
            &.-box .line { layout: horizontal; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Send the form: call, fetch, read", show=False),
        Binding("ctrl+t", "submit(True)", "Call as a task, where the tool can be", show=False),
    ]

    class Submitted(Message):
        """The arguments fit the schema, and the user wants them used, maybe in the other way that the form offers."""

        def __init__(self, form: SchemaForm, values: dict[str, Any], other_way: bool = False) -> None:
            super().__init__()
            self.form = form
            self.values = values
            self.other_way = other_way

        @property
        def control(self) -> SchemaForm:
            return self.form

    class Changed(Message):
        """The user typed or chose something, or tried to submit; `to_fix` counts what is known to be wrong."""

        def __init__(self, form: SchemaForm, to_fix: int) -> None:
            super().__init__()
            self.form = form
            self.to_fix = to_fix

        @property
        def control(self) -> SchemaForm:
            return self.form

    def __init__(
        self,
        schema: Mapping[str, Any],
        *,
        submit_label: str = "Call",
        other_label: str = "",
        values: dict[str, Any] | None = None,
        suggest: Suggest | None = None,
        fill_defaults: bool = False,
        titles: bool = False,
        buttons: bool = True,
        warn_secrets: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`fill_defaults`: put optional defaults into the fields instead of only naming them; `titles`: label fields
        by the server's titles; `buttons`: with a row of buttons and a line that counts what is to fix; `other_label`:
        a second way to submit, by ctrl+t."""
        super().__init__(id=id, classes="-form")
        self._schema = schema
        self._label = submit_label
        self._other_label = other_label
        self._suggest = suggest
        self._fill = fill_defaults
        self._fields = fields_of(schema)
        self._buttons = buttons
        self._tried = False
        self._wrong: dict[Path, str] = {}
        self._json = Area(json=True, classes="-tall")
        self._json_says = Static("", classes="says")
        self._note = Static("", classes="note")
        self._switch = Button("Edit as JSON", classes="switch")
        start = self._first_values(values)
        self._entries = {leaf.path: self._entry(leaf, start.get(leaf.path, UNSET)) for leaf in leaves(self._fields)}
        self._rows = rows_for(self._fields, lambda leaf: self._entries[leaf.path], titles=titles, warn=warn_secrets)
        self._start = self._state()

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="rows"):
            yield from self._rows or [Static("No arguments.", classes="says")]
        with VerticalGroup(classes="json-view"):
            yield self._json
            yield self._json_says
        if self._buttons:
            other = [Button(self._other_label, classes="other")] if self._other_label else []
            first = Button(self._label, classes="-primary submit")
            yield HorizontalGroup(first, *other, self._switch, classes="buttons")
        yield self._note

    def on_mount(self) -> None:
        self._show_wrong()

    @property
    def key_hint(self) -> tuple[str, str]:
        """What the bottom line says while the focus is in the form."""
        return "^s", self._label.lower()

    @property
    def has_draft(self) -> bool:
        """Whether the user changed anything since the form was made or set."""
        return self._state() != self._start

    @property
    def is_valid(self) -> bool:
        """Whether the arguments could be submitted as they are."""
        return not self.problems()

    @property
    def as_json(self) -> bool:
        """Whether the arguments are shown as JSON."""
        return self.has_class("-json")

    def values(self) -> dict[str, Any]:
        """The arguments; entries that have no value yet are left out."""
        return self._read()[0]

    def problems(self) -> dict[Path, str]:
        """What is wrong, by path, in plain words; () for what belongs to no field."""
        values, wrong = self._read()
        for complaint in [] if () in wrong else check(self._schema, values):
            place = self._place(complaint)
            if not any(place == path[: len(place)] for path in wrong):
                wrong[place] = self._told(complaint, place)
        return wrong

    def set_values(self, values: dict[str, Any]) -> None:
        """Shows these arguments, as JSON if the form cannot stand for exactly them. It is no draft then."""
        start = self._first_values(values)
        for path, entry in self._entries.items():
            entry.put(start.get(path, UNSET))
        self._tried = False
        self._wrong = {}
        self._start = self._state()
        self._show_wrong()

    def submit(self, other_way: bool = False) -> bool:
        """Posts `Submitted`, or shows what is to fix and goes there. Says which."""
        self._tried = True
        self._check()
        if self._wrong:
            self._go_to(next(iter(self._wrong)))
            self.post_message(self.Changed(self, len(self._wrong)))
            return False
        self.post_message(self.Submitted(self, self.values(), other_way))
        return True

    def action_submit(self, other_way: bool = False) -> None:
        if self._other_label or not other_way:
            self.submit(other_way)

    def action_switch(self) -> None:
        """From fields to JSON and back; JSON that the fields cannot stand for stays JSON, and says why."""
        if not self.as_json:
            self._json_view(self._drafted())
            self._json.focus()
        elif self._fields_view():
            self.screen.focus_next(".rows *")
        self._changed()

    @on(Button.Pressed, ".submit")
    def _pressed_submit(self, event: Button.Pressed) -> None:
        event.stop()
        self.submit()

    @on(Button.Pressed, ".other")
    def _pressed_other(self, event: Button.Pressed) -> None:
        event.stop()
        self.submit(other_way=True)

    @on(Button.Pressed, ".switch")
    def _pressed_switch(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_switch()

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    @on(Entry.Edited)
    @on(TextArea.Changed)
    def _edited(self, event: Message) -> None:
        event.stop()
        self._changed()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter" and isinstance(self.screen.focused, YesNo):
            event.stop()
            self.screen.focus_next()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < _NARROW, "-narrow")

    def _first_values(self, values: dict[str, Any] | None) -> dict[Path, Any]:
        """What the entries begin with, or the JSON view with the values that no entry can show."""
        wanted = self._defaults(self._fields) if values is None else values
        try:
            entries = spread(self._fields, wanted)
        except FieldError as reason:
            if values is None:
                return {}
            self._json_view(values, str(reason))
            return {}
        self.set_class(False, "-json").set_class(True, "-form")
        self._switch.label = "Edit as JSON"
        return entries

    def _defaults(self, fields: tuple[Field, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in fields:
            if field.kind == "object":
                if inner := self._defaults(field.fields):
                    found[field.name] = inner
            elif field.default is not UNSET and (self._fill or field.required) and _spreads(field):
                found[field.name] = field.default
        return found

    def _entry(self, field: Field, value: Any) -> Entry:
        return entry_for(field, value, self._completion(field) if self._suggest else None)

    def _completion(self, field: Field) -> Complete:
        async def complete(text: str) -> list[str]:
            others = {e.field.name: e.draft for e in self._entries.values() if e.draft and e.field is not field}
            return await self._suggest(field.name, text, others) if self._suggest else []

        return complete

    def _state(self) -> object:
        return self.as_json, self._json.text if self.as_json else [entry.state for entry in self._entries.values()]

    def _read(self) -> tuple[dict[str, Any], dict[Path, str]]:
        if not self.as_json:
            return gather(self._fields, lambda field: self._entries[field.path].take())
        try:
            values = parse_json(self._json.text or "{}")
        except FieldError as error:
            return {}, {(): str(error)}
        return (cast("dict[str, Any]", values), {}) if isinstance(values, dict) else ({}, {(): "must be a JSON object"})

    def _drafted(self) -> dict[str, Any]:
        """The arguments with what has no value yet as the text that it is."""

        def take(field: Field) -> Any:
            try:
                return self._entries[field.path].take()
            except FieldError:
                return self._entries[field.path].draft or UNSET

        return gather(self._fields, take)[0]

    def _json_view(self, values: dict[str, Any], reason: str = "") -> None:
        self._json.text = safe_json(values)
        self._json_says.update(Content(clean_line(reason)))
        self.set_class(True, "-json").set_class(False, "-form")
        self._switch.label = "Edit as a form"

    def _fields_view(self) -> bool:
        values, wrong = self._read()
        try:
            if wrong:
                raise FieldError(wrong[()])
            entries = spread(self._fields, values)
        except FieldError as reason:
            self._json_says.update(Content(f"✗ not yet a form: {clean_line(str(reason))}"))
            return False
        for path, entry in self._entries.items():
            entry.put(entries.get(path, UNSET))
        self.set_class(False, "-json").set_class(True, "-form")
        self._switch.label = "Edit as JSON"
        return True

    def _changed(self) -> None:
        if self._tried:
            self._check()
        self._show_counts()
        self.post_message(self.Changed(self, len(self._wrong)))

    def _check(self) -> None:
        self._wrong = self.problems()
        self._show_wrong()

    def _place(self, complaint: Complaint) -> Path:
        """The row that a complaint belongs to: the field itself, or the nearest one around it."""
        rows = {row.field.path for row in self._all_rows()}
        path = tuple(str(step) for step in complaint.path)
        while path and path not in rows:
            path = path[:-1]
        return path

    def _told(self, complaint: Complaint, place: Path) -> str:
        where = ".".join(str(step) for step in complaint.path[len(place) :])
        return f"{where} {complaint.words}" if where else complaint.words

    def _all_rows(self) -> list[Row]:
        found: list[Row] = []
        waiting = list(self._rows)
        while waiting:
            row = waiting.pop(0)
            found.append(row)
            if isinstance(row, ObjectRows):
                waiting += row.rows
        return found

    def _go_to(self, path: Path) -> None:
        if self.as_json or path not in self._entries:
            self._json.focus() if self.as_json else None
            return
        entry = self._entries[path]
        next(iter(entry.query("*").results()), entry).focus()

    def _show_wrong(self) -> None:
        for row in self._all_rows():
            row.set_wrong(self._wrong.get(row.field.path, ""))
        if self.as_json and (self._tried or self._wrong):
            lines = [f"✗ {'.'.join(path)} {words}".replace("✗  ", "✗ ") for path, words in self._wrong.items()]
            self._json_says.update(Content(clean("\n".join(lines))))
        self._show_counts()
        self._note.update(self._summary())
        self._note.display = self._buttons or () in self._wrong

    def _show_counts(self) -> None:
        values = self.values()
        for row in self._all_rows():
            if isinstance(row, ObjectRows):
                inner: Any = values
                for name in row.field.path:
                    inner = inner.get(name) if isinstance(inner, dict) else None
                row.set_count(cast("dict[str, Any]", inner) if isinstance(inner, dict) else {})

    def _summary(self) -> Content:
        verb = self._label.lower() + ("es" if self._label.endswith(("s", "x", "ch", "sh")) else "s")
        if not self._wrong:
            note = clean_line(schema_note(self._schema)) if self._tried else ""
            other = f"  {key('ctrl+t')} [$quiet]{self._other_label.lower()}[/]" if self._other_label else ""
            calls = Content.from_markup(f"{key('ctrl+s')} [$quiet]{verb}[/]{other}")
            return Content.assemble(calls, "\n", note) if note else calls
        count = len(self._wrong)
        words = f"{count} field{'s' * (count > 1)} to fix, then {key('ctrl+s')} {verb}"
        whole = Content(clean_line(self._wrong[()]) + "\n") if () in self._wrong and not self.as_json else Content("")
        return Content.assemble(Content.from_markup("[$bad]✗[/] "), whole, Content.from_markup(words))


def _spreads(field: Field) -> bool:
    try:
        spread((field,), {field.name: field.default})
    except FieldError:
        return False
    return True
