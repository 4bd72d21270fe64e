"""One entry of a servers file: what it may hold, and what it becomes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mcp_tui.domain.links import is_web
from mcp_tui.domain.servers import CONNECT_TIMEOUT, ERAS, LOG_LEVELS, HttpSpec, ServerSpec, StdioSpec
from mcp_tui.storage.oauth_entry import read_oauth
from mcp_tui.storage.place import Place
from mcp_tui.storage.variables import Variables

_HTTP = {"http", "streamable-http", "streamablehttp", "streamable_http", "sse"}


def read_entry(
    name: str, entry: Any, place: Place, environ: Mapping[str, str], *, needs_consent: bool = False
) -> ServerSpec:
    """What an entry says. Raises ConfigError, which names the file and the key."""
    if not name.strip():
        raise place.wrong("", "has no name")
    if not isinstance(entry, dict):
        raise place.wrong("", f"must be an object, not {_kind(entry)}")
    variables = Variables(environ)
    spec = _http(name, entry, place, variables) if _is_http(entry, place) else _stdio(name, entry, place, variables)
    enabled = not _flag(entry, "disabled", False, place) and _flag(entry, "enabled", True, place)
    common: dict[str, Any] = {
        "enabled": enabled,
        "connect_timeout": _seconds(entry, "timeout", CONNECT_TIMEOUT, place),
        "call_timeout": _seconds(entry, "call_timeout", None, place),
        "era": _one_of(entry, "era", ERAS, ERAS[0], place),
        "log_level": _one_of(entry, "log_level", LOG_LEVELS, "", place),
        "review_results": _flag(entry, "review_results", False, place),
        "origin": place.origin,
        "missing": tuple(variables.missing),
        "taken": tuple(variables.taken),
        "written": entry,
        "needs_consent": needs_consent,
    }
    return replace(spec, **common)


def _is_http(entry: dict[str, Any], place: Place) -> bool:
    """Whether the entry is an address; refuses entries that are neither or both."""
    has_url, has_command = "url" in entry, "command" in entry
    if has_url and has_command:
        raise place.wrong("", "has both a command and a url: only one can be meant")
    if not has_url and not has_command:
        raise place.wrong("", "needs a command or a url")
    kind = _text(entry, "type", "http" if has_url else "stdio", place).lower()
    if kind != "stdio" and kind not in _HTTP:
        raise place.wrong("type", f'must be "stdio", "http" or "sse", not {kind!r}')
    if (kind in _HTTP) != has_url:
        raise place.wrong("type", f"is {kind!r}, but the entry has a {'url' if has_url else 'command'}")
    return has_url


def _stdio(name: str, entry: dict[str, Any], place: Place, variables: Variables) -> StdioSpec:
    command = variables.expand(_text(entry, "command", "", place))
    if not command.strip():
        raise place.wrong("command", "must name a program")
    args = entry.get("args", [])
    if not isinstance(args, list) or not all(isinstance(arg, str) for arg in args):
        raise place.wrong("args", "must be a list of texts")
    cwd = variables.expand(_text(entry, "cwd", "", place)) or None
    words = tuple(variables.expand(arg) for arg in args)
    inherit = _flag(entry, "inherit_env", False, place)
    return StdioSpec(name, command, words, _texts(entry, "env", place, variables), cwd, inherit)


def _http(name: str, entry: dict[str, Any], place: Place, variables: Variables) -> HttpSpec:
    url = variables.expand(_text(entry, "url", "", place))
    if not variables.missing and not is_web(url):
        raise place.wrong("url", "must be an address that begins with http:// or https://")
    sse = _text(entry, "type", "", place).lower() == "sse"
    oauth = read_oauth(entry, place, variables)
    return HttpSpec(name, url, _texts(entry, "headers", place, variables), sse=sse, oauth=oauth)


def _seconds(entry: dict[str, Any], key: str, default: float | None, place: Place) -> float | None:
    value = entry.get(key, default)
    if value is None and default is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise place.wrong(key, "must be a number of seconds above 0")
    return float(value)


def _one_of(entry: dict[str, Any], key: str, words: tuple[str, ...], default: str, place: Place) -> str:
    word = _text(entry, key, default, place)
    if word != default and word not in words:
        raise place.wrong(key, f"must be one of {', '.join(words)}, not {word!r}")
    return word


def _flag(entry: dict[str, Any], key: str, default: bool, place: Place) -> bool:
    value = entry.get(key, default)
    if not isinstance(value, bool):
        raise place.wrong(key, "must be true or false")
    return value


def _text(entry: dict[str, Any], key: str, default: str, place: Place) -> str:
    value = entry.get(key, default)
    if value is None:
        return default
    if not isinstance(value, str):
        raise place.wrong(key, f"must be a text, not {_kind(value)}")
    return value


def _texts(entry: dict[str, Any], key: str, place: Place, variables: Variables) -> dict[str, str]:
    value = entry.get(key) or {}
    if not isinstance(value, dict):
        raise place.wrong(key, f"must be an object of texts, not {_kind(value)}")
    for name, text in value.items():
        if not isinstance(text, str):
            raise place.wrong(f"{key}.{name}", f"must be a text, not {_kind(text)}")
    return {name: variables.expand(text) for name, text in value.items()}


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
