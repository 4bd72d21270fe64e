"""What a person types into the composer: a message for the model, a slash command, or one of the plain words."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import UsageError
from mcp_tui.domain.permission import Mode


@dataclass(frozen=True, slots=True)
class Say:
    """A message for the model."""

    text: str


@dataclass(frozen=True, slots=True)
class CallTool:
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FetchPrompt:
    name: str
    arguments: dict[str, str]


@dataclass(frozen=True, slots=True)
class ReadResource:
    uri: str


@dataclass(frozen=True, slots=True)
class ListItems:
    kind: Kind


@dataclass(frozen=True, slots=True)
class PickModel:
    """A model's name, or "" to choose from a list."""

    name: str


@dataclass(frozen=True, slots=True)
class SetMode:
    """Another permission mode, or None to be told which one it is."""

    mode: Mode | None


@dataclass(frozen=True, slots=True)
class ShowAudit:
    """What was asked for, decided, and came of it."""


@dataclass(frozen=True, slots=True)
class ShowHelp:
    pass


@dataclass(frozen=True, slots=True)
class Quit:
    pass


Command = Say | CallTool | FetchPrompt | ReadResource | ListItems | PickModel | SetMode | ShowAudit | ShowHelp | Quit

COMMANDS: dict[str, str] = {
    "/call": "TOOL {json}   call a tool",
    "/prompt": "NAME key=value   read a prompt in the Inspector",
    "/read": "URI   read a resource in the Inspector",
    "/tools": "list the tools",
    "/prompts": "list the prompts",
    "/resources": "list the resources",
    "/model": "[NAME]   change the model",
    "/mode": "ask|read-only|manual   what may run",
    "/audit": "what was asked for, decided, and came of it",
    "/help": "what can be typed here",
    "/quit": "leave",
}

_PLAIN: dict[str, Command] = {
    "list tools": ListItems(Kind.TOOL),
    "list prompts": ListItems(Kind.PROMPT),
    "list resources": ListItems(Kind.RESOURCE),
    "quit": Quit(),
    "exit": Quit(),
}


def parse(text: str) -> Command:
    """What the text means. Raises UsageError for a slash command that cannot be understood."""
    line = text.strip()
    if plain := _PLAIN.get(" ".join(line.lower().split())):
        return plain
    if line.lower().startswith("get prompt "):
        return _prompt(line[len("get prompt ") :])
    if not line.startswith("/") or line.startswith("//"):
        return Say(text.strip().removeprefix("/") if line.startswith("//") else text)
    word, _, rest = line.partition(" ")
    rest = rest.strip()
    match word.lower():
        case "/call":
            return _call(rest)
        case "/prompt":
            return _prompt(rest)
        case "/read":
            return ReadResource(_needed(rest, "/read URI"))
        case "/tools":
            return ListItems(Kind.TOOL)
        case "/prompts":
            return ListItems(Kind.PROMPT)
        case "/resources":
            return ListItems(Kind.RESOURCE)
        case "/model":
            return PickModel(rest)
        case "/mode":
            return SetMode(_mode(rest))
        case "/audit":
            return ShowAudit()
        case "/help":
            return ShowHelp()
        case "/quit" | "/exit":
            return Quit()
        case _:
            close = get_close_matches(word.lower(), COMMANDS, 1)
            hint = f"did you mean {close[0]}?" if close else "/help lists the commands; // sends a leading slash"
            raise UsageError(f"there is no command {word}", subject=word, hint=hint)


def key_values(words: list[str]) -> dict[str, str]:
    """`key=value` words as a dict. Raises UsageError for a word without `=`."""
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{word} is not key=value", subject=word, hint="write each argument as key=value")
        pairs[name] = value
    return pairs


def _call(rest: str) -> CallTool:
    name, _, text = _needed(rest, "/call TOOL {json}").partition(" ")
    text = text.strip()
    if not text:
        return CallTool(name, {})
    if not text.startswith("{"):
        return CallTool(name, {k: _value(v) for k, v in key_values(_words(text)).items()})
    try:
        arguments = json.loads(text)
    except ValueError as error:
        raise UsageError(f"the arguments of {name} are not JSON: {error}", subject=name) from None
    return CallTool(name, arguments)


def _prompt(rest: str) -> FetchPrompt:
    name, *pairs = _words(_needed(rest, "/prompt NAME key=value"))
    return FetchPrompt(name, key_values(pairs))


def _mode(name: str) -> Mode | None:
    try:
        return Mode(name.lower()) if name else None
    except ValueError:
        modes = ", ".join(mode.value for mode in Mode)
        raise UsageError(f"there is no mode {name}", subject=name, hint=f"the modes are {modes}") from None


def _value(text: str) -> Any:
    """A `key=value` value for a tool: JSON where it is JSON, else text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f"the quotes do not match: {error}", subject=text) from None


def _needed(rest: str, usage: str) -> str:
    if not rest:
        raise UsageError(f"something is missing: {usage}", hint=usage)
    return rest
