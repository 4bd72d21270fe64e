"""Between the arguments and a form's entries: pure functions, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from mcp_tui.domain.schema import UNSET, Field, FieldError, fits, same

Path = tuple[str, ...]
Take = Callable[[Field], Any]
"""Gives the value of a field that is no object, or UNSET. Raises FieldError."""


def leaves(fields: tuple[Field, ...]) -> list[Field]:
    """Every field that has an entry of its own, in reading order."""
    return [leaf for field in fields for leaf in (leaves(field.fields) if field.kind == "object" else [field])]


def gather(fields: tuple[Field, ...], take: Take) -> tuple[dict[str, Any], dict[Path, str]]:
    """The arguments, and what is wrong with the entries that have no value yet.

    An object in which nothing is set is left out, unless it is required.
    """
    values: dict[str, Any] = {}
    wrong: dict[Path, str] = {}
    for field in fields:
        try:
            value = _inside(field, take, wrong) if field.kind == "object" else take(field)
        except FieldError as error:
            wrong[field.path] = str(error)
            continue
        if value is not UNSET:
            values[field.name] = value
    return values, wrong


def spread(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[Path, Any]:
    """The value of each entry. Raises FieldError when the form cannot stand for exactly these arguments."""
    known = {field.name: field for field in fields}
    entries: dict[Path, Any] = {}
    for name, value in values.items():
        field = known.get(name)
        if field is None:
            raise FieldError(f"{name} is not in the form")
        if field.kind == "object":
            if not isinstance(value, dict) or not (value or field.required):
                raise FieldError(f"{name} is what only JSON can say")
            entries |= spread(field.fields, cast("dict[str, Any]", value))
        elif (value is None and field.nullable) or fits(field, value):
            entries[field.path] = value
        else:
            raise FieldError(f"{'.'.join(field.path)} is no {field.words}")
    if values and not same(gather(fields, lambda field: entries.get(field.path, UNSET))[0], values):
        raise FieldError("this is what only JSON can say")
    return entries


def _inside(field: Field, take: Take, wrong: dict[Path, str]) -> Any:
    inner, inner_wrong = gather(field.fields, take)
    if inner or field.required or any(not words.startswith("is required") for words in inner_wrong.values()):
        wrong |= inner_wrong
        return None if field.nullable and not inner and not inner_wrong else inner
    return UNSET
