"""An entry of a servers file as the words that one types in a form, and back."""

from __future__ import annotations

import shlex
from typing import Any

from mcp_tui.domain.errors import UsageError
from mcp_tui.domain.masking import HIDDEN, MASK

OPTIONS = ("type", "era", "timeout", "call_timeout", "log_level", "inherit_env", "review_results")
"""The fields of an entry that are rarely needed, and share a line."""
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def target_of(entry: dict[str, Any]) -> str:
    """The command line, or the address."""
    if "url" in entry:
        return str(entry["url"])
    return shlex.join([str(entry["command"]), *map(str, entry.get("args", []))]) if "command" in entry else ""


def pairs_of(entry: dict[str, Any]) -> dict[str, str]:
    """The variables of a command, or the headers of an address."""
    pairs = entry.get("headers") if "url" in entry else entry.get("env")
    return {name: str(value) for name, value in (pairs or {}).items()}


def masked(pairs: dict[str, str]) -> str:
    """The variables as they stand in the field: of a secret only that it is set."""
    return shlex.join(f"{name}={MASK if HIDDEN.are_in(value) else value}" for name, value in pairs.items())


def unmasked(typed: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """What was typed, with the values that were left masked. Raises UsageError for a mask with nothing behind it."""
    for name, value in typed.items():
        if value == MASK and name not in before:
            raise UsageError(f"{name} has no value yet: type it in the place of {MASK}")
    return {name: before[name] if value == MASK else value for name, value in typed.items()}


def options_of(entry: dict[str, Any]) -> str:
    """The options that the entry has, as NAME=value words."""
    return shlex.join(f"{name}={_written(entry[name])}" for name in OPTIONS if name in entry)


def read_options(text: str) -> dict[str, Any]:
    """The options that were typed, as they stand in a file, whether they make sense or not. Raises UsageError."""
    options: dict[str, Any] = {}
    for name, value in split_pairs(text).items():
        if name not in OPTIONS:
            raise UsageError(f"{name} is no option", hint=f"known are {', '.join(OPTIONS)}")
        options[name] = _FLAGS.get(value.lower(), _number(value))
    return options


def split_pairs(text: str) -> dict[str, str]:
    """NAME=value words. Raises UsageError."""
    pairs: dict[str, str] = {}
    for word in split_words(text):
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{word} is not NAME=value")
        pairs[name] = value
    return pairs


def split_words(text: str) -> list[str]:
    """The words of a command line. Raises UsageError."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f"the quotes do not match: {error}") from None


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: str) -> float | int | str:
    try:
        return int(value) if value.isdecimal() else float(value)
    except ValueError:
        return value
