"""Adding or editing a server: a command or an address, tried before it is saved."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mcp_tui.domain.errors import McpTuiError, UsageError
from mcp_tui.domain.masking import HIDDEN, MASK
from mcp_tui.domain.servers import name_from_command, name_from_url
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.screens.field_dialog import FieldDialog, Line
from mcp_tui.ui.widgets.pieces import marked

Try = Callable[[str, dict[str, Any]], Awaitable[str]]
"""Connects to an entry and returns what was found, in words; raises McpTuiError."""

ANSWERS = (
    ("ctrl+s", "Try and save", "connect once; it is saved when that works"),
    ("ctrl+o", "Save untried", "it is started after that"),
    ("esc", "Not now", "nothing is saved"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the dialog returns: a name and an entry as it stands in the file."""

    name: str
    entry: dict[str, Any]


class ServerForm(FieldDialog[Entry]):
    """A server's entry in four lines. Fields of the entry that the form does not show are kept."""

    def __init__(self, try_it: Try, name: str = "", entry: dict[str, Any] | None = None) -> None:
        self._try = try_it
        self._before = entry or {}
        self._busy = False
        super().__init__(
            f"Edit {name}" if name else "Add a server",
            (
                Line(
                    "target",
                    "Command",
                    "a command such as npx -y SERVER, or an address https://…",
                    _target(self._before),
                ),
                Line("name", "Name", "your name for it; empty: taken from the command", name),
                Line(
                    "env",
                    "Variables",
                    "NAME=value …; for an address: headers. ${VAR} is looked up",
                    _masked_pairs(_pairs_of(self._before)),
                ),
                Line("cwd", "Folder", "where the command runs; empty: here", str(self._before.get("cwd", ""))),
            ),
            ANSWERS,
        )

    async def choose(self, key: str) -> None:
        if self._busy:
            return
        try:
            made = self._made()
        except McpTuiError as error:
            self.tell_error(error)
            return
        if key == "ctrl+o":
            self.dismiss(made)
            return
        self._busy = True
        self.tell(marked("[$quiet]◌ trying $name …[/]", name=made.name))
        self.run_worker(self._try_and_save(made), group="try", exclusive=True, exit_on_error=False)

    async def _try_and_save(self, made: Entry) -> None:
        try:
            found = await self._try(made.name, made.entry)
        except McpTuiError as error:
            self.tell_error(error)
        else:
            self.app.notify(clean_line(f"{made.name}: {found}"), markup=False)
            self.dismiss(made)
        finally:
            self._busy = False

    def _made(self) -> Entry:
        """What was typed, as an entry. Raises UsageError."""
        target = self.value("target")
        if not target:
            raise UsageError("a command or an address is missing")
        pairs = _unmasked(_split_pairs(self.value("env")), _pairs_of(self._before))
        kept = {k: v for k, v in self._before.items() if k not in ("command", "args", "env", "cwd", "url", "headers")}
        if target.startswith(("http://", "https://")):
            entry = {**kept, "url": target, **({"headers": pairs} if pairs else {})}
            return Entry(self.value("name") or name_from_url(target), entry)
        kept.pop("type", None)
        command, *args = _words(target)
        entry = {**kept, "command": command, **({"args": args} if args else {}), **({"env": pairs} if pairs else {})}
        if folder := self.value("cwd"):
            entry["cwd"] = folder
        return Entry(self.value("name") or name_from_command(command, tuple(args)), entry)


def _target(entry: dict[str, Any]) -> str:
    if "url" in entry:
        return str(entry["url"])
    return shlex.join([str(entry["command"]), *map(str, entry.get("args", []))]) if "command" in entry else ""


def _pairs_of(entry: dict[str, Any]) -> dict[str, str]:
    pairs = entry.get("headers") if "url" in entry else entry.get("env")
    return {name: str(value) for name, value in (pairs or {}).items()}


def _masked_pairs(pairs: dict[str, str]) -> str:
    """The variables as they stand in the field: of a secret only that it is set."""
    return shlex.join(f"{name}={MASK if HIDDEN.are_in(value) else value}" for name, value in pairs.items())


def _unmasked(typed: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """What was typed, with the values that were left masked. Raises UsageError for a mask with nothing behind it."""
    for name, value in typed.items():
        if value == MASK and name not in before:
            raise UsageError(f"{name} has no value yet: type it in the place of {MASK}")
    return {name: before[name] if value == MASK else value for name, value in typed.items()}


def _split_pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in _words(text):
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{word} is not NAME=value")
        pairs[name] = value
    return pairs


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f"the quotes do not match: {error}") from None
