"""Schemas of every dialect become fields, typed text becomes values, and complaints are in plain words."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_tui.domain.catalog import Prompt, PromptArgument
from mcp_tui.domain.schema import (
    UNSET,
    Complaint,
    Field,
    FieldError,
    arguments_table,
    check,
    fields_of,
    fits,
    parse,
    same,
    sample,
    schema_for_prompt,
    schema_note,
    show,
    type_words,
)

FORECAST: dict[str, Any] = {
    "type": "object",
    "required": ["place"],
    "properties": {
        "days": {"type": "integer", "minimum": 1, "maximum": 14, "default": 3, "description": "How far to look."},
        "units": {"enum": ["celsius", "fahrenheit"]},
        "place": {"$ref": "#/$defs/place"},
        "hourly": {"type": "boolean"},
    },
    "$defs": {
        "place": {
            "type": "object",
            "required": ["city"],
            "properties": {"city": {"type": "string"}, "point": {"$ref": "#/$defs/point"}},
        },
        "point": {"type": "object", "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
    },
}


def one(schema: dict[str, Any], **root: Any) -> Field:
    return fields_of({"type": "object", "properties": {"it": schema}, **root})[0]


def words(schema: dict[str, Any], value: Any) -> list[str]:
    return [complaint.words for complaint in check(schema, value)]


@pytest.mark.parametrize(
    ("schema", "kind", "expected"),
    [
        ({"type": "string"}, "text", "text"),
        ({"type": "string", "format": "email"}, "text", "e-mail"),
        ({"type": "integer"}, "integer", "whole number"),
        ({"type": "number"}, "number", "number"),
        ({"type": "boolean"}, "boolean", "yes or no"),
        ({"enum": ["a", "b"]}, "choice", "one of 2"),
        ({"const": 5}, "choice", "one of 1"),
        ({"oneOf": [{"const": 1, "title": "One"}, {"const": 2, "title": "Two"}]}, "choice", "one of 2"),
        ({"type": "array", "items": {"enum": ["a", "b", "c"]}}, "choices", "any of 3"),
        ({"type": "array", "items": {"type": "string"}}, "json", "list of text"),
        ({"type": "array", "items": {"type": "integer"}}, "json", "list of whole numbers"),
        ({"type": "array"}, "json", "list"),
        ({"type": "object"}, "json", "object"),
        ({"type": "object", "properties": {"a": {}}}, "object", "object"),
        ({"properties": {"a": {}}}, "object", "object"),
        ({"type": ["string", "null"]}, "text", "text or nothing"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}, "integer", "whole number or nothing"),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            "json",
            "text or whole number or nothing",
        ),
        ({"type": ["string", "integer"]}, "json", "text or whole number"),
        ({"allOf": [{"type": "integer"}, {"minimum": 3}]}, "integer", "whole number"),
        ({"$ref": "#/$defs/size"}, "choice", "one of 2"),
        ({"$ref": "https://elsewhere.example/schema.json"}, "json", "anything"),
        ({"$ref": "#/$defs/loop"}, "json", "anything"),
        ({"$ref": "#/$defs/tree"}, "object", "object"),
        ({}, "json", "anything"),
        ({"type": 7, "enum": "x", "required": 3, "properties": []}, "json", "object"),
    ],
)
def test_every_kind_of_schema_gets_its_field_and_its_words(schema: dict[str, Any], kind: str, expected: str) -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#/$defs/tree"}, "name": {"type": "string"}}}
    defs = {"size": {"enum": ["S", "L"]}, "loop": {"$ref": "#/$defs/loop"}, "tree": tree}

    field = one(schema, **{"$defs": defs})

    assert (field.kind, type_words(field)) == (kind, expected)


def test_a_schema_that_refers_to_itself_unfolds_once_and_goes_on_as_json() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}

    left = fields_of(tree)[0]

    assert [inner.kind for inner in left.fields] == ["json", "json"]


def test_a_schema_that_would_unfold_for_ever_stays_small() -> None:
    names = [f"n{number}" for number in range(12)]
    every = {name: {"$ref": f"#/$defs/{name}"} for name in names}
    schema = {
        "type": "object",
        "properties": every,
        "$defs": {n: {"type": "object", "properties": every} for n in names},
    }

    def count(fields: tuple[Field, ...]) -> int:
        return sum(1 + count(field.fields) for field in fields)

    assert count(fields_of(schema)) < 7000


def test_fields_know_their_path_default_and_whether_they_are_required() -> None:
    days, units, place, _ = fields_of(FORECAST)

    assert (days.default, days.required, days.constraints, days.description) == (
        3,
        False,
        "from 1 to 14",
        "How far to look.",
    )
    assert (units.default, place.required) == (UNSET, True)
    assert place.fields[1].fields[0].path == ("place", "point", "lat")
    assert place.fields[0].required


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, "", ""),
        ({"type": "string"}, " 5 ", " 5 "),
        ({"type": "integer"}, " -3", -3),
        ({"type": "number"}, "2", 2),
        ({"type": "number"}, "2.0", 2.0),
        ({"type": "boolean"}, "yes", True),
        ({"enum": [1, None, "x"]}, "null", None),
        ({"type": "array"}, "[1, {}]", [1, {}]),
    ],
)
def test_typed_text_becomes_the_value_it_stands_for(schema: dict[str, Any], text: str, value: Any) -> None:
    assert same(parse(one(schema), text), value)


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 14}, "two", "must be a whole number from 1 to 14"),
        ({"type": "integer", "minimum": 1, "maximum": 14}, "15", "must be a whole number from 1 to 14"),
        ({"type": "integer"}, "2.5", "must be a whole number"),
        ({"type": "integer"}, "", "must be a whole number"),
        ({"type": "integer"}, "9" * 5000, "must be a whole number"),
        ({"type": "number", "exclusiveMinimum": 0}, "0", "must be a number more than 0"),
        ({"type": "number"}, "nan", "must be a number"),
        ({"type": "number"}, "1e999", "must be a number"),
        ({"type": "number"}, "1_0", "must be a number"),
        ({"type": "boolean"}, "maybe", "must be yes or no"),
        ({"type": "array"}, "[1,\n 2", "must be JSON: line 2, column 3: expecting ',' delimiter"),
        ({"type": "array"}, "[NaN]", "must be JSON: NaN is not a JSON number"),
    ],
)
def test_what_cannot_be_a_value_is_told_in_plain_words(schema: dict[str, Any], text: str, expected: str) -> None:
    with pytest.raises(FieldError) as told:
        parse(one(schema), text)
    assert str(told.value) == expected


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "integer", "minimum": 1}, 0, "must be a whole number at least 1"),
        ({"type": "string", "minLength": 2, "maxLength": 2}, "ISL", "must have exactly 2 characters"),
        ({"type": "string", "format": "email"}, "me@", "not an e-mail address yet: something is missing after @"),
        ({"type": "string", "format": "date"}, "soon", "must be a date such as 2026-11-22"),
        (
            {"type": "string", "format": "date-time"},
            "2026-11-22",
            "must be a date and time such as 2026-11-22T09:30:00Z",
        ),
        ({"type": "string", "format": "uri"}, "nowhere", "must be an address such as https://example.org/"),
        ({"enum": ["a", 1, None]}, "b", "must be one of a, 1, null"),
        ({"const": 1}, 2, "must be 1"),
        ({"type": "string", "pattern": "^[a-z]+$"}, "A", "must match ^[a-z]+$"),
        ({"type": "array", "minItems": 1}, [], "must have at least 1 item"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "must not repeat an item"),
        ({"properties": {}, "additionalProperties": False}, {"x": 1}, "has names that are not known here: x"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "x", "must be a whole number"),
        ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, "x", "fits none of the forms that are allowed here"),
    ],
)
def test_complaints_use_plain_words(schema: dict[str, Any], value: Any, expected: str) -> None:
    assert words(schema, value) == [expected]


def test_a_missing_name_is_complained_about_at_its_own_path() -> None:
    schema = {"properties": {"place": {"type": "object", "required": ["city", "it's"]}}}

    assert check(schema, {"place": {}}) == [
        Complaint(("place", "city"), "is required"),
        Complaint(("place", "it's"), "is required"),
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "wrong"},
        {"type": "object", "properties": []},
        {"$schema": ["x"], "type": "object"},
        {"$ref": "#/nowhere"},
        {"pattern": "("},
        {"properties": {"a": {"minimum": "many"}}},
    ],
)
def test_a_broken_schema_complains_of_nothing(schema: dict[str, Any]) -> None:
    assert check(schema, {"a": 1}) == []
    fields_of(schema)
    arguments_table(schema)


def test_a_broken_schema_is_told_of_in_a_note() -> None:
    assert "schema is broken" in schema_note({"type": "wrong"})
    assert schema_note(FORECAST) == ""


def test_a_schema_elsewhere_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    schema = {"properties": {"a": {"$ref": "https://elsewhere.example/schema.json"}}}

    assert check(schema, {"a": 1}) == []
    assert "another document" in schema_note(schema)


def test_a_pattern_made_to_hang_is_left_to_the_server() -> None:
    assert check({"pattern": "^(a+)+$"}, "a" * 60 + "!") == []


def test_a_draft_4_schema_is_read_in_its_own_way() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "integer",
        "minimum": 3,
        "exclusiveMinimum": True,
    }

    assert words(schema, 3) == ["must be a whole number more than 3"]


def test_example_arguments_hold_what_is_required_and_fit_the_schema() -> None:
    assert sample(FORECAST) == {"days": 3, "place": {"city": "text"}}
    assert check(FORECAST, sample(FORECAST)) == []


def test_the_arguments_table_names_types_needs_and_what_is_inside() -> None:
    rows = arguments_table(FORECAST)

    assert rows[0] == ("days", "whole number", "3", "How far to look.")
    assert [(row.name, row.need) for row in rows[1:5]] == [
        ("units", "—"),
        ("place", "required"),
        ("place.city", "required"),
        ("place.point", "—"),
    ]


def test_a_prompt_is_a_form_of_texts() -> None:
    prompt = Prompt("s", "p", arguments=(PromptArgument("topic", "What about?", True), PromptArgument("tone")))

    topic, tone = fields_of(schema_for_prompt(prompt))

    assert (topic.kind, topic.required, topic.description, tone.required) == ("text", True, "What about?", False)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(json_values)
def test_what_a_field_shows_means_the_same_value_again(value: Any) -> None:
    by_type = {str: "string", bool: "boolean", int: "integer", float: "number"}
    schema = {"type": by_type[type(value)]} if type(value) in by_type else {}
    field = one(schema)

    assert fits(field, value)
    assert same(parse(field, show(field, value)), value)


@settings(max_examples=50, deadline=None)
@given(json_values, json_values)
def test_no_schema_makes_the_reader_or_the_checker_fail(schema: Any, value: Any) -> None:
    root = {"type": "object", "properties": {"a": schema}, "allOf": [schema], "required": schema}

    fields_of(root)
    check(root, value)
    sample(root)
    arguments_table(root)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["type", "enum", "anyOf", "allOf", "$ref", "items", "const", "properties", "format"]),
        json_values,
    )
)
def test_no_keyword_with_a_wrong_value_makes_the_reader_fail(schema: dict[str, Any]) -> None:
    for field in fields_of({"properties": {"a": schema, "b": {"$ref": "#/properties/a"}}}):
        type_words(field)
