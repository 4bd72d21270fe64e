"""Changes one value in TOML text and leaves every other line as it is, comments included.

The standard library reads TOML but does not write it. Each change is checked by reading the result.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mcp_tui.domain.errors import ConfigError

Value = str | int | list[str]


def put(text: str, path: tuple[str, ...], value: Value) -> str:
    """`text` with the key at `path` (a key, or a table and a key) set to `value`.

    Raises ConfigError when the key is written in a way that is not understood here (an inline table).
    """
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []
    new = _replaced(lines, path, value) or _added(lines, path, value)
    changed = ending.join(new) + ending
    if not _says(changed, _with(tomllib.loads(text), path, value)):
        key = ".".join(path)
        raise ConfigError(f"{key} is written in a way that cannot be changed here", subject=key, hint="edit the file")
    return changed


@dataclass(frozen=True, slots=True)
class _Statement:
    """Lines `start` to `end` (not included) set the key at `path`, or open the table at `path`."""

    start: int
    end: int
    path: tuple[str, ...]
    opens: bool


def _statements(lines: list[str]) -> Iterator[_Statement]:
    table: tuple[str, ...] = ()
    at = 0
    while at < len(lines):
        bare = lines[at].strip()
        if not bare or bare.startswith("#"):
            at += 1
            continue
        end, found = _extent(lines, at)
        opens = bare.startswith("[")
        if opens:
            table = _only_path(found)
        yield _Statement(at, end, table if opens else table + _only_path(found), opens)
        at = end


def _extent(lines: list[str], start: int) -> tuple[int, dict[str, Any]]:
    """Where the statement that starts here ends, and what it says: the fewest lines that are TOML by themselves."""
    for end in range(start + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(lines), {}


def _only_path(found: Any) -> tuple[str, ...]:
    """The path of the one key in a statement; a value that is itself a table is followed into."""
    if isinstance(found, dict) and len(found) == 1:
        ((name, inner),) = found.items()
        return (name, *_only_path(inner))
    return ()


def _replaced(lines: list[str], path: tuple[str, ...], value: Value) -> list[str] | None:
    for statement in _statements(lines):
        if statement.path == path and not statement.opens:
            first = lines[statement.start]
            key = first[: first.index("=") + 1]
            comment = _comment(first) if statement.end == statement.start + 1 else ""
            return [*lines[: statement.start], f"{key} {_toml(value)}{comment}", *lines[statement.end :]]
    return None


def _comment(line: str) -> str:
    """The comment at the end of a line that sets a key, with the space before it."""
    whole = tomllib.loads(line)
    for at, char in enumerate(line):
        if char == "#" and _says(line[:at], whole):
            code = line[:at].rstrip()
            return line[len(code) :]
    return ""


def _added(lines: list[str], path: tuple[str, ...], value: Value) -> list[str]:
    *table, key = path
    line = f"{key} = {_toml(value)}"
    statements = list(_statements(lines))
    if not table:
        at = _end_of_top(lines, statements)
        return [*lines[:at], line, *([""] if at < len(lines) and lines[at] else []), *lines[at:]]
    within = [s.end for s in statements if s.path[: len(table)] == tuple(table) and (s.opens or len(s.path) > 1)]
    if not within:
        return [*lines, *([""] if lines else []), f"[{'.'.join(table)}]", line]
    return [*lines[: within[-1]], line, *lines[within[-1] :]]


def _end_of_top(lines: list[str], statements: list[_Statement]) -> int:
    """The line before which one more key of no table belongs: above the first table and the comment on it."""
    first = next((at for at, s in enumerate(statements) if s.opens), len(statements))
    if first > 0:
        return statements[first - 1].end
    if first == len(statements):
        return len(lines)
    at = statements[first].start
    while at > 0 and lines[at - 1].startswith("#"):
        at -= 1
    return at


def _with(found: dict[str, Any], path: tuple[str, ...], value: Value) -> dict[str, Any]:
    head, *rest = path
    inner = found.get(head, {})
    return {**found, head: _with(inner, tuple(rest), value) if rest else value}


def _says(text: str, expected: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        return False


def _toml(value: Value) -> str:
    match value:
        case str():
            # JSON's escapes are TOML's, but TOML wants DEL escaped too.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int():
            return str(value)
        case list():
            return f"[{', '.join(_toml(each) for each in value)}]"
