"""Does a value fit its schema? Complaints in plain words, by jsonschema; a schema that is broken complains of nothing.

Nothing is fetched for a `$ref`, and a pattern that could keep the regular expression engine busy for hours is
left to the server: schemas come from strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.schema_refs import Schema, as_list, as_schema
from mcp_tui.domain.schema_words import limits, must_be, value_words
from mcp_tui.domain.text import shorten

if TYPE_CHECKING:
    from jsonschema import FormatChecker
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

Path = tuple[str | int, ...]

_BOUNDS = ("type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_LENGTHS = ("minLength", "maxLength", "minItems", "maxItems")
_FORMATS = {
    "date": "must be a date such as 2026-11-22",
    "date-time": "must be a date and time such as 2026-11-22T09:30:00Z",
    "time": "must be a time such as 09:30:00Z",
    "uri": "must be an address such as https://example.org/",
    "ipv4": "must be an IPv4 address",
    "ipv6": "must be an IPv6 address",
    "uuid": "must be a UUID",
}
_MAX_COMPLAINTS = 50


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and where: names and positions from the top of the value."""

    path: Path
    words: str
    """Raw: may quote the schema. Clean it before drawing."""


def check(schema: Schema, value: Any) -> list[Complaint]:
    """Everything about `value` that its schema does not allow, in the schema's order. See `schema_note()`."""
    try:
        validator = _validator(schema)
        found = [
            complaint
            for _, error in zip(range(_MAX_COMPLAINTS), validator.iter_errors(value), strict=False)
            for complaint in _complaints(error, ())
        ]
    except Exception:  # a boundary: a stranger's schema may make jsonschema raise anything, RecursionError included
        return []
    return list(dict.fromkeys(found))


def schema_note(schema: Schema) -> str:
    """Why values cannot be checked against this schema, or "": a broken schema, or one that points elsewhere."""
    try:
        _validator(schema)
    except Exception as error:  # the same boundary
        return f"not checked: the server's schema is broken ({shorten(str(error).partition(chr(10))[0], 80)})"
    if any(not reference.startswith("#") for reference in _references(schema)):
        return "not checked: the server's schema points to another document"
    return ""


def email_words(text: str) -> str:
    """What an e-mail address still lacks, or ""."""
    before, at, after = text.partition("@")
    missing = "the @ is missing" if not at else "something is missing before @" if not before else ""
    if not missing and (not after or after.endswith(".") or after.startswith(".")):
        missing = "something is missing after @"
    if not missing and ("@" in after or re.search(r"\s", text)):
        missing = "there is a space or a second @ in it"
    return f"not an e-mail address yet: {missing}" if missing else ""


def _validator(schema: Schema) -> Validator:
    from jsonschema.validators import Draft202012Validator, validator_for
    from jsonschema_specifications import REGISTRY

    safe = cast("dict[str, Any]", _without_risky_patterns(dict(schema)))
    dialect = validator_for(safe, default=Draft202012Validator)
    dialect.check_schema(safe)
    return dialect(safe, registry=REGISTRY, format_checker=_formats())


def _formats() -> FormatChecker:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=("date", "ipv4", "ipv6", "uuid"))
    checker.checks("email")(lambda text: not isinstance(text, str) or not email_words(text))
    checker.checks("uri")(lambda text: not isinstance(text, str) or bool(re.match(r"[A-Za-z][\w+.-]*:\S+$", text)))
    checker.checks("date-time", ValueError)(_is_moment)
    return checker


def _is_moment(text: object) -> bool:
    """RFC 3339: a date and a time with its zone."""
    return not isinstance(text, str) or ("T" in text.upper() and datetime.fromisoformat(text).tzinfo is not None)


def _complaints(error: ValidationError, above: Path) -> Iterator[Complaint]:
    path = (*above, *error.path)
    schema = as_schema(error.schema)
    match str(error.validator):
        case "required" | "dependentRequired":
            yield from (Complaint((*path, name), "is required") for name in _missing(error))
        case "anyOf" | "oneOf" if branch := _only_branch(error):
            for inner in branch:
                yield from _complaints(inner, path)
        case _:
            yield Complaint(path, _words(error, schema))


def _words(error: ValidationError, schema: Schema) -> str:
    match str(error.validator):
        case name if name in _BOUNDS:
            return must_be(schema)
        case name if name in _LENGTHS:
            return f"must have {limits(schema)}"
        case "enum":
            values = [value_words(value) for value in as_list(error.validator_value)]
            return (
                f"must be one of {', '.join(values)}" if len(values) <= 8 else f"must be one of {len(values)} choices"
            )
        case "const":
            return f"must be {value_words(error.validator_value)}"
        case "pattern":
            return f"must match {error.validator_value}"
        case "format":
            name = str(error.validator_value)
            return (
                email_words(str(error.instance))
                if name == "email"
                else _FORMATS.get(name, f"must be of the form {name}")
            )
        case "uniqueItems":
            return "must not repeat an item"
        case "additionalProperties" | "unevaluatedProperties":
            known = as_schema(schema.get("properties"))
            extra = [str(name) for name in as_schema(error.instance) if name not in known]
            return f"has names that are not known here: {', '.join(extra)}"
        case "anyOf" | "oneOf":
            return "fits none of the forms that are allowed here" if error.context else "fits more than one form"
        case _:
            return shorten(HIDDEN.mask(error.message), 160)


def _missing(error: ValidationError) -> list[str]:
    """jsonschema tells of one name per error, in its message only."""
    names = as_list(error.validator_value)
    if isinstance(error.validator_value, Mapping):
        names = [name for group in cast("Mapping[str, Any]", error.validator_value).values() for name in as_list(group)]
    return [
        str(name) for name in names if error.message.startswith(repr(name)) or error.message.endswith(repr(name))
    ] or [str(name) for name in names if name not in as_schema(error.instance)]


def _only_branch(error: ValidationError) -> list[ValidationError]:
    """For "X or nothing": what is wrong with it as an X."""
    context: list[ValidationError] = list(error.context or [])
    branches = as_list(error.validator_value)
    real = [at for at, branch in enumerate(branches) if as_schema(branch).get("type") != "null"]
    if len(real) != 1:
        return []
    return [inner for inner in context if inner.schema_path and inner.schema_path[0] == real[0]]


def _without_risky_patterns(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_risky_patterns(item) for item in cast("list[Any]", node)]
    if not isinstance(node, Mapping):
        return node
    kept: dict[str, Any] = {}
    for name, value in cast("Mapping[str, Any]", node).items():
        if name == "pattern" and isinstance(value, str) and _is_risky(value):
            continue
        if name == "patternProperties" and any(_is_risky(str(pattern)) for pattern in as_schema(value)):
            return {}
        kept[name] = value if name in ("const", "enum", "default", "examples") else _without_risky_patterns(value)
    return kept


def _is_risky(pattern: str) -> bool:
    """Whether matching could take exponential time (a repeated group, many open repeats), or is not Python's."""
    if len(pattern) > 500 or re.search(r"\)[*+{]|\\[1-9]", pattern) or len(re.findall(r"[*+]|,\}", pattern)) > 4:
        return True
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return True
    return False


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in cast("Mapping[str, Any]", node).items():
            if name == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for item in cast("list[Any]", node):
            yield from _references(item)
