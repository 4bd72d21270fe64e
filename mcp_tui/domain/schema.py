"""How a schema becomes a form: JSON Schema -> a tree of `Field`s, and what is typed -> values.

    a server's schema ──fields_of()──> Field, Field, …      one row of the form each
    typed text ────────parse()───────> value                or FieldError, in plain words
    all the values ────check()───────> Complaint, …         where the value does not fit

Leaving out, null and "" are three different things: `UNSET` stands for "left out".
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, NamedTuple

from mcp_tui.domain.catalog import Prompt
from mcp_tui.domain.schema_check import Complaint as Complaint
from mcp_tui.domain.schema_check import check as check
from mcp_tui.domain.schema_check import schema_note as schema_note
from mcp_tui.domain.schema_refs import Plain, Schema, as_list, as_schema, plain, types_of
from mcp_tui.domain.schema_words import choices_of, kind_words, limits, must_be, value_words

FieldKind = Literal["text", "integer", "number", "boolean", "choice", "choices", "object", "json"]


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "left out"


UNSET = Unset.UNSET
"""No value at all: the name is left out of what is sent."""

_MAX_DEPTH = 5
_MAX_FIELDS = 400
"""A schema that unfolds to more is edited as JSON from there on."""


class FieldError(ValueError):
    """What was typed is no value of the field; the text says what it must be."""


class Choice(NamedTuple):
    """One entry of a closed list; both are the server's: clean the title before drawing."""

    value: Any
    title: str


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a form. Texts are raw: clean them before drawing."""

    name: str
    path: tuple[str, ...]
    """The names from the top of the arguments to this field, its own included."""
    kind: FieldKind
    words: str
    """The type in words, without "or nothing"."""
    required: bool = False
    nullable: bool = False
    default: Any = UNSET
    title: str = ""
    description: str = ""
    choices: tuple[Choice, ...] = ()
    """What a "choice" or "choices" field offers."""
    fields: tuple[Field, ...] = ()
    """What is inside an "object"."""
    constraints: str = ""
    """"from 1 to 14", "at most 8 characters"; "" for none."""
    schema: Schema | None = None
    """The field's own schema, references worked out."""

    @property
    def label(self) -> str:
        """The title if the server gave one, else the name."""
        return self.title or self.name


class Argument(NamedTuple):
    """A row of the Details tab."""

    name: str
    """Names inside objects with dots: "place.city"."""
    words: str
    need: str
    """"required", the default, or "—"."""
    about: str


def fields_of(schema: Schema) -> tuple[Field, ...]:
    """The fields of an object schema, in the server's order; () when it names none."""
    root = plain(schema, schema)
    return _Reader(schema).inside(root, (), root.chain)


def type_words(field: Field) -> str:
    """ "text", "whole number", "yes or no", "one of 2", "object", "list of text", "text or nothing"."""
    return f"{field.words} or nothing" if field.nullable else field.words


def parse(field: Field, text: str) -> Any:
    """The value that typed text stands for.

    Raises FieldError in words such as "must be a whole number from 1 to 14".
    """
    match field.kind:
        case "text":
            return text
        case "integer" | "number":
            return _number(field, text)
        case "boolean":
            return _boolean(text)
        case "choice":
            return _choice(field, text)
        case _:
            return parse_json(text)


def parse_json(text: str) -> Any:
    """JSON as typed. Raises FieldError that says where it breaks; NaN and infinities are no JSON."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise FieldError(f"must be JSON: line {error.lineno}, column {error.colno}: {error.msg.lower()}") from None
    except (RecursionError, ValueError) as error:
        raise FieldError(f"must be JSON: {error}") from None


def show(field: Field, value: Any) -> str:
    """The text that stands for a value: `parse()` the other way round."""
    match field.kind:
        case "text" | "choice":
            return value if isinstance(value, str) else value_words(value)
        case "boolean" if isinstance(value, bool):
            return "yes" if value else "no"
        case "choices" | "object" | "json":
            return json.dumps(value, indent=None if _is_flat(value) else 2, ensure_ascii=False)
        case _:
            return json.dumps(value, ensure_ascii=False)


def fits(field: Field, value: Any) -> bool:
    """Whether the field can stand for exactly this value, its type included; objects are up to their fields."""
    if field.kind == "choice":
        return any(same(choice.value, value) for choice in field.choices)
    if field.kind == "choices":
        chosen = [choice.value for choice in field.choices if any(same(choice.value, one) for one in as_list(value))]
        return isinstance(value, list) and same(chosen, value)
    try:
        back = parse(field, show(field, value))
    except FieldError:
        return False
    return same(back, value)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is neither 1.0 nor true, and the order of names counts not."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def sample(schema: Schema) -> dict[str, Any]:
    """Example arguments: what is required, and what has a default or an example."""
    return {
        field.name: _example(field)
        for field in fields_of(schema)
        if field.required or field.default is not UNSET or as_list(as_schema(field.schema).get("examples"))
    }


def arguments_table(schema: Schema) -> tuple[Argument, ...]:
    """The arguments as rows for reading, those inside objects under their object. Texts are raw."""
    return tuple(_rows(fields_of(schema)))


def schema_for_prompt(prompt: Prompt) -> dict[str, Any]:
    """A schema for a prompt's arguments, which are all texts (MCP, server/prompts)."""
    return {
        "type": "object",
        "properties": {one.name: {"type": "string", "description": one.description} for one in prompt.arguments},
        "required": [one.name for one in prompt.arguments if one.required],
    }


class _Reader:
    """Walks a schema, and stops unfolding it at cycles, at a depth and at a number of fields."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._room = _MAX_FIELDS

    def inside(self, owner: Plain, path: tuple[str, ...], chain: frozenset[str]) -> tuple[Field, ...]:
        required = as_list(owner.schema.get("required"))
        properties = as_schema(owner.schema.get("properties"))
        return tuple(self.field(str(name), node, path, name in required, chain) for name, node in properties.items())

    def field(self, name: str, node: object, path: tuple[str, ...], required: bool, chain: frozenset[str]) -> Field:
        self._room -= 1
        one = plain(node, self._root, chain)
        schema = one.schema
        path = (*path, name)
        kind, choices = self._kind(one, len(path))
        fields = self.inside(one, path, one.chain) if kind == "object" else ()
        return Field(
            name=name,
            path=path,
            kind="json" if kind == "object" and not fields else kind,
            words=kind_words(schema, self._root),
            required=required,
            nullable=one.nullable,
            default=schema.get("default", UNSET),
            title=_text(schema.get("title")),
            description=_text(schema.get("description")),
            choices=choices,
            fields=fields,
            constraints=limits(schema),
            schema=schema,
        )

    def _kind(self, one: Plain, depth: int) -> tuple[FieldKind, tuple[Choice, ...]]:
        schema = one.schema
        if choices := _choices(schema):
            return "choice", choices
        match types_of(schema):
            case ("string",):
                return "text", ()
            case ("integer",):
                return "integer", ()
            case ("number",):
                return "number", ()
            case ("boolean",):
                return "boolean", ()
            case ("array",) if choices := _choices(plain(schema.get("items"), self._root).schema):
                return "choices", choices
            case ("object",) if not (one.cyclic or depth >= _MAX_DEPTH or self._room <= 0):
                return "object", ()
            case _:
                return "json", ()


def _choices(schema: Schema) -> tuple[Choice, ...]:
    return tuple(Choice(value, title) for value, title in choices_of(schema))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(field: Field, text: str) -> int | float:
    schema = as_schema(field.schema)
    words = must_be({**schema, "type": field.kind})
    text = text.strip()
    try:
        value = int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else float(text)
    except ValueError:
        raise FieldError(words) from None
    if isinstance(value, float) and (field.kind == "integer" or not math.isfinite(value) or "_" in text):
        raise FieldError(words)
    bounds = {
        name: schema[name] for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") if name in schema
    }
    if bounds and check(bounds, value):
        raise FieldError(words)
    return value


def _boolean(text: str) -> bool:
    match text.strip().lower():
        case "yes" | "true" | "y":
            return True
        case "no" | "false" | "n":
            return False
        case _:
            raise FieldError("must be yes or no")


def _choice(field: Field, text: str) -> Any:
    for value, title in field.choices:
        if text in (value_words(value), title):
            return value
    raise FieldError(f"must be one of {', '.join(title for _, title in field.choices[:8])}")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _is_flat(value: Any) -> bool:
    """Whether the value reads well in one line."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return not any(isinstance(item, (Mapping, list)) for item in inner) and len(json.dumps(value)) <= 40


def _rows(fields: tuple[Field, ...]) -> Iterator[Argument]:
    for field in fields:
        default = "—" if field.default is UNSET else value_words(field.default)
        about = field.description or field.title
        yield Argument(".".join(field.path), type_words(field), "required" if field.required else default, about)
        yield from _rows(field.fields)


def _example(field: Field) -> Any:
    schema = as_schema(field.schema)
    examples = as_list(schema.get("examples"))
    if field.default is not UNSET or examples:
        return examples[0] if field.default is UNSET else field.default
    match field.kind:
        case "choice":
            return field.choices[0].value
        case "choices":
            return [field.choices[0].value]
        case "object":
            return {inner.name: _example(inner) for inner in field.fields if inner.required}
        case "boolean":
            return False
        case "integer" | "number":
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
            return low if isinstance(low, (int, float)) else 0
        case "text":
            return _EXAMPLES.get(str(schema.get("format")), "text")
        case "json":
            return [] if types_of(schema) == ("array",) else {}


_EXAMPLES = {
    "email": "you@example.org",
    "uri": "https://example.org/",
    "date": "2026-11-22",
    "date-time": "2026-11-22T09:30:00Z",
}
