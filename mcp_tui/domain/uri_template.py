"""URI templates (RFC 6570): which variables one has, and the URI that values make of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

_EXPRESSION = re.compile(r"\{([+#./;?&]?)([^{}]*)\}")
_RESERVED = ":/?#[]@!$&'()*+,;="


class _Form(NamedTuple):
    """How an operator writes its variables (RFC 6570, appendix A)."""

    first: str
    between: str
    named: bool
    safe: str


_FORMS = {
    "": _Form("", ",", False, ""),
    "+": _Form("", ",", False, _RESERVED),
    "#": _Form("#", ",", False, _RESERVED),
    ".": _Form(".", ".", False, ""),
    "/": _Form("/", "/", False, ""),
    ";": _Form(";", ";", True, ""),
    "?": _Form("?", "&", True, ""),
    "&": _Form("&", "&", True, ""),
}


def variables(template: str) -> list[str]:
    """The names in a template, in order, each once."""
    names = [name for _, text in _EXPRESSION.findall(template) for name, _ in _names(text)]
    return list(dict.fromkeys(names))


def expand(template: str, values: Mapping[str, str]) -> str:
    """The URI with these values; a variable without a value is left out."""

    def write(found: re.Match[str]) -> str:
        operator, text = found.groups()
        form = _FORMS[operator]
        written: list[str] = []
        for name, length in _names(text):
            if (value := values.get(name)) is None:
                continue
            value = quote(value[:length] if length else value, safe=form.safe)
            written.append(_named(operator, name, value) if form.named else value)
        return form.first + form.between.join(written) if written else ""

    return _EXPRESSION.sub(write, template)


def schema_for(template: str) -> dict[str, Any]:
    """A schema for the variables, which are all texts; those of a query may be left out."""
    queries = [text for operator, text in _EXPRESSION.findall(template) if operator in ("?", "&", ";")]
    optional = {name for text in queries for name, _ in _names(text)}
    names = variables(template)
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": [name for name in names if name not in optional],
    }


def _names(text: str) -> list[tuple[str, int]]:
    """The variables of one expression with their prefix length (0: the whole value)."""
    found: list[tuple[str, int]] = []
    for part in text.split(","):
        name, _, length = part.strip().removesuffix("*").partition(":")
        if name:
            found.append((name, int(length) if length.isdigit() else 0))
    return found


def _named(operator: str, name: str, value: str) -> str:
    return name if operator == ";" and not value else f"{name}={value}"
