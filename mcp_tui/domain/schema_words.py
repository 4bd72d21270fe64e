"""The words for what a schema asks: "whole number", "from 1 to 14", "must be a whole number from 1 to 14"."""

from __future__ import annotations

from typing import Any

from mcp_tui.domain.schema_refs import Schema, as_list, as_schema, plain, types_of

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "object": "object",
    "array": "list",
    "null": "nothing",
}
_FORMATS = {
    "email": "e-mail",
    "date": "date",
    "date-time": "date and time",
    "time": "time",
    "uri": "address",
    "url": "address",
    "uuid": "UUID",
}
_MANY = {"whole number": "whole numbers", "number": "numbers", "object": "objects", "list": "lists"}
_MUST_BE = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "array": "a list",
}
_DEEPEST = 3


def kind_words(schema: Schema, root: Schema, depth: int = 0) -> str:
    """A plain schema's type: "text", "one of 2", "list of text", "text or number", "anything"."""
    if choices := choices_of(schema):
        return f"one of {len(choices)}"
    types = types_of(schema)
    if types == ("array",):
        return _list_words(schema, root, depth)
    if len(types) == 1:
        return (
            _FORMATS.get(str(schema.get("format")), "text") if types[0] == "string" else _TYPES.get(types[0], types[0])
        )
    words = [_TYPES.get(name, name) for name in types] or _branch_words(schema, root, depth)
    words = list(dict.fromkeys(words))
    if not words:
        return "anything"
    return " or ".join(words) if len(words) <= 3 else f"one of {len(words)} forms"


def choices_of(schema: Schema) -> tuple[tuple[Any, str], ...]:
    """(value, title) of everything a closed list allows: `enum`, `const`, or branches that are all constants."""
    if "const" in schema:
        return ((schema["const"], str(schema.get("title") or value_words(schema["const"]))),)
    if values := as_list(schema.get("enum")):
        names = as_list(schema.get("enumNames"))
        return tuple((value, _title(names, at, value)) for at, value in enumerate(values))
    for keyword in ("oneOf", "anyOf"):
        branches = [as_schema(branch) for branch in as_list(schema.get(keyword))]
        if branches and all("const" in branch for branch in branches):
            return tuple(choices_of(branch)[0] for branch in branches)
    return ()


def limits(schema: Schema) -> str:
    """What a value is held to, in words; "" for nothing: "from 1 to 14", "at most 8 characters"."""
    return ", ".join(part for part in (_bounds(schema), _steps(schema), _length(schema)) if part)


def must_be(schema: Schema) -> str:
    """The sentence for a value of the wrong type or out of its bounds."""
    types = [name for name in types_of(schema) if name in _TYPES]
    words = " or ".join(_MUST_BE.get(name, _TYPES[name]) for name in types) or "something else"
    extent = [part for part in (_bounds(schema), _steps(schema)) if part]
    return " ".join(["must be", words, ", ".join(extent)]).strip()


def value_words(value: Any) -> str:
    """A value for people: text as it is, everything else as JSON. Raw: clean it before drawing."""
    import json

    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)


def _title(names: list[Any], at: int, value: Any) -> str:
    return str(names[at]) if at < len(names) else value_words(value)


def _list_words(schema: Schema, root: Schema, depth: int) -> str:
    items = schema.get("items")
    if not as_schema(items) or depth >= _DEEPEST:
        return "list"
    inner = plain(items, root)
    if choices := choices_of(inner.schema):
        return f"any of {len(choices)}"
    words = kind_words(inner.schema, root, depth + 1)
    return f"list of {_MANY.get(words, words)}"


def _branch_words(schema: Schema, root: Schema, depth: int) -> list[str]:
    if depth >= _DEEPEST:
        return []
    branches = as_list(schema.get("anyOf")) or as_list(schema.get("oneOf"))
    return [kind_words(plain(branch, root).schema, root, depth + 1) for branch in branches[:12]]


def _bounds(schema: Schema) -> str:
    low, high = _number(schema, "minimum"), _number(schema, "maximum")
    above, below = _number(schema, "exclusiveMinimum"), _number(schema, "exclusiveMaximum")
    if schema.get("exclusiveMinimum") is True:  # draft 4: a flag beside `minimum`
        low, above = None, low
    if schema.get("exclusiveMaximum") is True:
        high, below = None, high
    if low is not None and high is not None and above is None and below is None:
        return f"from {low} to {high}"
    said = (("at least", low), ("more than", above), ("at most", high), ("less than", below))
    return " and ".join(f"{words} {number}" for words, number in said if number is not None)


def _steps(schema: Schema) -> str:
    step = _number(schema, "multipleOf")
    return "" if step is None or step == 1 else f"in steps of {step}"


def _length(schema: Schema) -> str:
    pairs = (("minLength", "maxLength", "character"), ("minItems", "maxItems", "item"))
    for low_name, high_name, unit in pairs:
        low, high = _number(schema, low_name) or None, _number(schema, high_name)
        if low is not None and low == high:
            return f"exactly {_count(low, unit)}"
        if low is not None and high is not None:
            return f"{low} to {_count(high, unit)}"
        if low is not None:
            return f"at least {_count(low, unit)}"
        if high is not None:
            return f"at most {_count(high, unit)}"
    return ""


def _count(number: float, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _number(schema: Schema, name: str) -> int | float | None:
    value = schema.get(name)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
