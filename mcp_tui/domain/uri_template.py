"""URI templates (RFC 6570): which variables one has, and the URI that values make of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

_EXPRESSION = re.compile(r"\{([+#./;?&]?)([^{}]*)\}")
_RESERVED = ":/?#[]@!$&'()*+,;="
_ENCODED = re.compile(r"(%[0-9A-Fa-f]{2})")
Value = str | Sequence[str]
"""A text, or a list of them."""


class _Variable(NamedTuple):
    """One variable of an expression."""

    name: str
    length: int
    """Only so many characters of it; 0: all."""
    explodes: bool
    """Each part of a list stands for itself."""


class _Form(NamedTuple):
    """How an operator writes its variables (RFC 6570, appendix A)."""

    first: str
    between: str
    named: bool
    safe: str
    typed: str = ","
    """What a person types between the parts of a list that explodes."""


_FORMS = {
    "": _Form("", ",", False, ""),
    "+": _Form("", ",", False, _RESERVED),
    "#": _Form("#", ",", False, _RESERVED),
    ".": _Form(".", ".", False, "", "."),
    "/": _Form("/", "/", False, "", "/"),
    ";": _Form(";", ";", True, ""),
    "?": _Form("?", "&", True, ""),
    "&": _Form("&", "&", True, ""),
}


def variables(template: str) -> list[str]:
    """The names in a template, in order, each once."""
    return list(dict.fromkeys(each.name for _, each in _variables(template)))


def expand(template: str, values: Mapping[str, Value]) -> str:
    """The URI with these values; a variable without a value, or with an empty list, is left out."""

    def write(found: re.Match[str]) -> str:
        form = _FORMS[found[1]]
        written: list[str] = []
        for each in _names(found[2]):
            value = values.get(each.name)
            if value is None or value == []:
                continue
            written += _written(found[1], each, value)
        return form.first + form.between.join(written) if written else ""

    return _EXPRESSION.sub(write, template)


def lists(template: str, typed: Mapping[str, str]) -> dict[str, Value]:
    """The values that a person typed: one that explodes is a list, with what stands between its parts in the URI."""
    between = {each.name: _FORMS[operator].typed for operator, each in _variables(template) if each.explodes}

    def parts(name: str, text: str) -> Value:
        mark = between.get(name)
        return text.removeprefix(mark).split(mark) if mark and text else text

    return {name: parts(name, text) for name, text in typed.items()}


def schema_for(template: str) -> dict[str, Any]:
    """A schema for the variables, which are all texts; those of a query may be left out."""
    properties: dict[str, dict[str, str]] = {}
    optional: set[str] = set()
    for operator, each in _variables(template):
        about = {"description": f"one or more, with {_FORMS[operator].typed} between them"} if each.explodes else {}
        properties.setdefault(each.name, {"type": "string", **about})
        optional |= {each.name} if operator in ("?", "&", ";") else set()
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _variables(template: str) -> list[tuple[str, _Variable]]:
    """Every variable of a template with the operator of its expression."""
    return [(operator, each) for operator, text in _EXPRESSION.findall(template) for each in _names(text)]


def _names(text: str) -> list[_Variable]:
    """The variables of one expression."""
    found: list[_Variable] = []
    for part in text.split(","):
        name, _, length = part.strip().removesuffix("*").partition(":")
        if name:
            found.append(_Variable(name, int(length) if length.isdigit() else 0, part.strip().endswith("*")))
    return found


def _written(operator: str, variable: _Variable, value: Value) -> list[str]:
    """A value as it stands in the URI, in as many parts as are set apart by the operator."""
    form = _FORMS[operator]
    if isinstance(value, str):
        parts = [_encoded(value[: variable.length] if variable.length else value, form.safe)]
    else:
        parts = [_encoded(each, form.safe) for each in value]
        parts = parts if variable.explodes else [",".join(parts)]
    return [_named(operator, variable.name, part) for part in parts] if form.named else parts


def _encoded(text: str, safe: str) -> str:
    """Where what is reserved may stay, so may what is encoded already."""
    if not safe:
        return quote(text, safe="")
    return "".join(part if at % 2 else quote(part, safe=safe) for at, part in enumerate(_ENCODED.split(text)))


def _named(operator: str, name: str, value: str) -> str:
    return name if operator == ";" and not value else f"{name}={value}"
