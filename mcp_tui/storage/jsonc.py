"""JSON as people write it: comments and trailing commas are allowed, and an edit leaves the rest as it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from mcp_tui.domain.errors import ConfigError

_STRING = r'"(?:\\.|[^"\\\n])*"?'
_COMMENT = re.compile(rf"{_STRING}|//[^\n]*|/\*.*?\*/", re.DOTALL)
_COMMA = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)
_NOT_NEWLINE = re.compile(r"[^\n]")
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")

Path = tuple[str, ...]
"""The keys that lead to a value, from the outside in."""


def strip(text: str) -> str:
    """Plain JSON of the same length: comments and trailing commas become spaces, so that positions stay true."""
    return _COMMA.sub(lambda found: " " if found[0] == "," else found[0], _without_comments(text))


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda found: found[0] if found[0][0] == '"' else _NOT_NEWLINE.sub(" ", found[0]), text)


def has_comments(text: str) -> bool:
    return any(found[0][0] == "/" for found in _COMMENT.finditer(text))


def loads(text: str, file: str) -> dict[str, Any]:
    """The object in the text. Raises ConfigError, which names the file, line and column."""
    try:
        value = json.loads(strip(text))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ConfigError(f"{file} is not JSON: {error.msg} at {where}", subject=f"{file}: {where}") from error
    except RecursionError as error:
        raise ConfigError(f"{file} is nested too deeply", subject=file) from error
    if not isinstance(value, dict):
        raise ConfigError(f"{file} must hold a JSON object", subject=file)
    return value


def line_of(text: str, path: Path) -> int:
    """The line, from 1, on which the last key of `path` stands."""
    member = _find(strip(text), path)
    return text.count("\n", 0, member.key_at) + 1 if member else 1


def put(text: str, path: Path, value: Any) -> str:
    """`text` with the value at `path` replaced, or added to the object that `path[:-1]` leads to."""
    bare = strip(text)
    if member := _find(bare, path):
        return text[: member.value_at] + _block(value, _indent(text, member.key_at)) + text[member.end :]
    return _add(text, bare, _object_at(bare, path[:-1]), path[-1], value)


def _add(text: str, bare: str, start: int, key: str, value: Any) -> str:
    """`text` with one more member at the end of the object that begins at `start`."""
    name = json.dumps(key, ensure_ascii=False)
    inside = _members(bare, start)
    if not inside:
        end, outer = bare.index("}", start), _indent(text, start)
        head = text[:end].rstrip()
        return f"{head}\n{outer}  {name}: {_block(value, outer + '  ')}\n{outer}{text[end:]}"
    last = inside[-1]
    if "\n" not in text[start : last.key_at]:
        return f"{text[: last.end]}, {name}: {_block(value, _indent(text, start))}{text[last.end :]}"
    indent = _indent(text, last.key_at)
    # A comment on the last member's line stays with that member.
    at = text.find("\n", last.end)
    at = at if at >= 0 and not bare[last.end : at].strip() else last.end
    comma = "" if "," in _without_comments(text)[last.end : at] else ","
    return f"{text[: last.end]}{comma}{text[last.end : at]}\n{indent}{name}: {_block(value, indent)}{text[at:]}"


def rename(text: str, path: Path, name: str) -> str:
    """`text` with the last key of `path` called `name`; its place stays."""
    bare = strip(text)
    member = _find(bare, path)
    if member is None:
        return text
    _, key_end = _DECODER.raw_decode(bare, member.key_at)
    return text[: member.key_at] + json.dumps(name, ensure_ascii=False) + text[key_end:]


def remove(text: str, path: Path) -> str:
    """`text` without the key at `path` and its value."""
    bare = strip(text)
    member = _find(bare, path)
    if member is None:
        return text
    cuts = [(member.key_at, member.end)]
    if (comma := _comma_of(text, member, _members(bare, _object_at(bare, path[:-1])))) is not None:
        cuts.append((comma, comma + 1))
    for start, end in sorted(cuts, reverse=True):
        text = text[:start] + text[end:]
    at = member.key_at - (comma is not None and comma < member.key_at)
    return _without_blank_line(text, at)


def _comma_of(text: str, member: _Member, inside: list[_Member]) -> int | None:
    """Where the comma stands that goes with a member: the one after it, else the one before it."""
    bare = _without_comments(text)
    after = _skip(bare, member.end)
    if bare[after] == ",":
        return after
    place = inside.index(member)
    return _skip(bare, inside[place - 1].end) if place > 0 else None


def _without_blank_line(text: str, at: int) -> str:
    """`text` without the line of `at`, if that line is blank and stands between two others."""
    start, end = text.rfind("\n", 0, at), text.find("\n", at)
    return text[:start] + text[end:] if 0 <= start < end and not text[start:end].strip() else text


@dataclass(frozen=True, slots=True)
class _Member:
    """A key and its value, by their positions in the text."""

    key: str
    key_at: int
    value_at: int
    end: int


def _members(bare: str, start: int) -> list[_Member]:
    """The members of the object that begins at `start`; the text is known to be JSON."""
    members: list[_Member] = []
    at = _skip(bare, start + 1)
    while bare[at] != "}":
        key, key_end = _DECODER.raw_decode(bare, at)
        value_at = _skip(bare, _skip(bare, key_end) + 1)
        _, end = _DECODER.raw_decode(bare, value_at)
        members.append(_Member(key, at, value_at, end))
        at = _skip(bare, end)
        if bare[at] == ",":
            at = _skip(bare, at + 1)
    return members


def _find(bare: str, path: Path) -> _Member | None:
    start = _skip(bare, 0)
    member = None
    for key in path:
        if bare[start] != "{":
            return None
        # Of two equal keys the last one counts, as it does for json.loads().
        member = next((m for m in reversed(_members(bare, start)) if m.key == key), None)
        if member is None:
            return None
        start = member.value_at
    return member


def _object_at(bare: str, path: Path) -> int:
    member = _find(bare, path)
    return member.value_at if member else _skip(bare, 0)


def _skip(bare: str, at: int) -> int:
    found = _SPACE.match(bare, at)
    return found.end() if found else at


def _indent(text: str, at: int) -> str:
    """The blanks at the beginning of the line of `at`."""
    line = text[text.rfind("\n", 0, at) + 1 :]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _block(value: Any, indent: str) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False).replace("\n", f"\n{indent}")
