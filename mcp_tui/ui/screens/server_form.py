"""Adding or editing a server: a command or an address, tried before it is saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mcp_tui.domain.errors import McpTuiError, UsageError
from mcp_tui.domain.servers import name_from_command, name_from_url
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.screens.field_dialog import FieldDialog, Line
from mcp_tui.ui.screens.server_words import (
    OPTIONS,
    masked,
    options_of,
    pairs_of,
    read_options,
    split_pairs,
    split_words,
    target_of,
    unmasked,
)
from mcp_tui.ui.widgets.pieces import marked

Try = Callable[[str, dict[str, Any]], Awaitable[str]]
"""Connects to an entry and returns what was found, in words; raises McpTuiError."""
Check = Callable[[str, dict[str, Any]], object]
"""Raises McpTuiError for an entry that no servers file may hold."""

ANSWERS = (
    ("ctrl+s", "Try and save", "connect once; it is saved when that works"),
    ("ctrl+o", "Save untried", "it is started after that"),
    ("esc", "Not now", "nothing is saved"),
)


_SHOWN = ("command", "args", "env", "cwd", "url", "headers", *OPTIONS)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the dialog returns: a name and an entry as it stands in the file."""

    name: str
    entry: dict[str, Any]


class ServerForm(FieldDialog[Entry]):
    """A server's entry in five lines. Fields of the entry that the form does not show are kept."""

    def __init__(self, check: Check, try_it: Try, name: str = "", entry: dict[str, Any] | None = None) -> None:
        self._check = check
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
                    target_of(self._before),
                ),
                Line("name", "Name", "your name for it; empty: taken from the command", name),
                Line(
                    "env",
                    "Variables",
                    "NAME=value …; for an address: headers. ${VAR} is looked up",
                    masked(pairs_of(self._before)),
                ),
                Line("cwd", "Folder", "where the command runs; empty: here", str(self._before.get("cwd", ""))),
                Line("options", "Options", f"NAME=value … of {', '.join(OPTIONS)}", options_of(self._before)),
            ),
            ANSWERS,
        )

    async def choose(self, key: str) -> None:
        if self._busy:
            return
        try:
            made = self._made()
            self._check(made.name, made.entry)
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
        pairs = unmasked(split_pairs(self.value("env")), pairs_of(self._before))
        kept = {k: v for k, v in self._before.items() if k not in _SHOWN} | read_options(self.value("options"))
        if target.startswith(("http://", "https://")):
            entry = {**kept, "url": target, **({"headers": pairs} if pairs else {})}
            return Entry(self.value("name") or name_from_url(target), entry)
        command, *args = split_words(target)
        entry = {**kept, "command": command, **({"args": args} if args else {}), **({"env": pairs} if pairs else {})}
        if folder := self.value("cwd"):
            entry["cwd"] = folder
        return Entry(self.value("name") or name_from_command(command, tuple(args)), entry)
