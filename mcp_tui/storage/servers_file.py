"""Servers files: the user's own, those of a project, one named on the command line; and their entries' edits."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.servers import ServerSpec, StdioSpec
from mcp_tui.storage import jsonc
from mcp_tui.storage.files import locked, read_text, write_text
from mcp_tui.storage.place import Place
from mcp_tui.storage.server_entry import read_entry

PROJECT_FILES = (".mcp.json", ".vscode/mcp.json", ".cursor/mcp.json")
"""Where projects name servers, by the folder they are opened in."""
ENV_SERVER = "env"
"""The name of the server that MCP_SERVER_CMD gives."""

_ROOTS = ("mcpServers", "servers")
_NEW_FILE = '{\n  "mcpServers": {}\n}\n'


@dataclass(frozen=True, slots=True)
class ServersFile:
    """What a servers file says, and what is wrong with the entries that were left out."""

    specs: list[ServerSpec] = field(default_factory=list[ServerSpec])
    warnings: list[str] = field(default_factory=list[str])
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    """By server: the hash that a consent to run it is bound to. It changes with anything in the entry."""
    entries: Mapping[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """By server: what is written, its `${VARIABLES}` not replaced."""


def load_servers(
    path: Path, *, environ: Mapping[str, str], project: Path | None = None, must_exist: bool = False
) -> ServersFile:
    """Read a `mcpServers` or `servers` object. Comments and trailing commas are allowed.

    A bad entry becomes a warning and the others load. `project`: the file came with this folder of somebody's,
    so each server needs consent. Raises ConfigError when the file as a whole cannot be used, or is not there although
    it must be.
    """
    text = read_text(path)
    if text is None:
        if must_exist:
            raise ConfigError(f"there is no file {path.name}", subject=str(path), hint=f"looked for {path}")
        return ServersFile()
    found = jsonc.loads(text, path.name)
    root = _root(found, path)
    if root is None:
        note = f'{path.name} has no "mcpServers" and no "servers" object'
        if must_exist:
            raise ConfigError(note, subject=str(path), hint='write {"mcpServers": {"NAME": {"command": …}}}')
        return ServersFile(warnings=[note] if found else [])
    return _read_all(path, text, root, found[root], environ, project)


def _read_all(
    path: Path, text: str, root: str, entries: dict[str, Any], environ: Mapping[str, str], project: Path | None
) -> ServersFile:
    specs: list[ServerSpec] = []
    warnings: list[str] = []
    hashes: dict[str, str] = {}
    for name, entry in entries.items():
        place = Place(
            str(path.relative_to(project)) if project else path.name,
            f"{root}.{name}",
            jsonc.line_of(text, (root, name)),
        )
        try:
            specs.append(read_entry(name, entry, place, environ, needs_consent=project is not None))
        except ConfigError as error:
            warnings.append(str(error))
            continue
        hashes[name] = _consent_hash(path, name, entry)
    return ServersFile(specs, warnings, hashes, {name: entries[name] for name in hashes})


def project_servers(folder: Path, environ: Mapping[str, str], consented: Callable[[str], bool]) -> ServersFile:
    """The servers of a folder's `PROJECT_FILES`, of one name the first. Each needs consent, unless `consented` knows
    its entry's hash.

    A file that cannot be used is a warning: somebody else's folder does not keep the program from starting.
    """
    specs: dict[str, ServerSpec] = {}
    warnings: list[str] = []
    hashes: dict[str, str] = {}
    entries: dict[str, dict[str, Any]] = {}
    for file in PROJECT_FILES:
        try:
            found = load_servers(folder / file, environ=environ, project=folder)
        except ConfigError as error:
            warnings.append(error.what)
            continue
        warnings += found.warnings
        for spec in found.specs:
            if spec.name not in specs:
                hashes[spec.name], entries[spec.name] = found.hashes[spec.name], found.entries[spec.name]
                specs[spec.name] = replace(spec, needs_consent=not consented(hashes[spec.name]))
    return ServersFile(list(specs.values()), warnings, hashes, entries)


def env_server(environ: Mapping[str, str]) -> ServerSpec | None:
    """The server of the variable MCP_SERVER_CMD, if it is set. Raises ConfigError when its quotes do not match."""
    line = environ.get("MCP_SERVER_CMD", "")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ConfigError(
            f"MCP_SERVER_CMD is not a command line: {error}", subject="MCP_SERVER_CMD", hint="check its quotes"
        ) from error
    return StdioSpec(ENV_SERVER, words[0], tuple(words[1:]), origin="MCP_SERVER_CMD") if words else None


def load_entry(path: Path, name: str) -> dict[str, Any]:
    """One entry as it is written, its `${VARIABLES}` not replaced; {} when there is none. Raises ConfigError."""
    found = jsonc.loads(read_text(path) or _NEW_FILE, path.name)
    root = _root(found, path)
    entry = found[root].get(name) if root else None
    return entry if isinstance(entry, dict) else {}


def save_entry(path: Path, name: str, entry: dict[str, Any], previous: str | None = None) -> None:
    """Write one entry as given: a new one at the end, or in the place of the one that is called `previous` so far.

    The other entries, their order and the file's comments stay. Raises ConfigError, and changes nothing, when the
    entry cannot be understood, when `name` is taken by another one, or when the file cannot be used.
    """
    read_entry(name, entry, Place(path.name, f"{_ROOTS[0]}.{name}", 1), {})
    old_name = previous or name

    def edit(text: str, root: str, entries: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if previous != name and name in entries:
            raise ConfigError(f"there is a server {name} already", subject=f"{path.name}: {root}.{name}")
        text = jsonc.put(text, (root, old_name), entry)
        text = jsonc.rename(text, (root, old_name), name)
        kept = {**entries, old_name: entry}
        return text, {name if key == old_name else key: value for key, value in kept.items()}

    _change(path, edit)


def remove_server(path: Path, name: str) -> None:
    """Take one entry out of the file; none of that name is no error. Raises ConfigError."""

    def edit(text: str, root: str, entries: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return jsonc.remove(text, (root, name)), {key: value for key, value in entries.items() if key != name}

    _change(path, edit)


def set_enabled(path: Path, name: str, on: bool) -> None:
    """Switch one entry on or off. Raises ConfigError, also when there is no such entry."""

    def edit(text: str, root: str, entries: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        entry = entries.get(name)
        if not isinstance(entry, dict):
            raise ConfigError(f"{path.name} has no server {name}", subject=f"{path.name}: {root}.{name}")
        entry = dict(entry)
        if "enabled" in entry:
            entry["enabled"] = on
            text = jsonc.put(text, (root, name, "enabled"), on)
        if on and "disabled" in entry:
            del entry["disabled"]
            text = jsonc.remove(text, (root, name, "disabled"))
        if not on and "enabled" not in entry:
            entry["disabled"] = True
            text = jsonc.put(text, (root, name, "disabled"), True)
        return text, {**entries, name: entry}

    _change(path, edit)


_Edit = Callable[[str, str, dict[str, Any]], tuple[str, dict[str, Any]]]
"""From the text, the root key and the entries: the new text, and the entries that it must say."""


def _change(path: Path, edit: _Edit) -> None:
    """Read, edit and write in one go. An edit of the text that does not say what it should is not trusted."""
    with locked(path):
        old = read_text(path) or _NEW_FILE
        found = jsonc.loads(old, path.name)
        root = _root(found, path)
        if root is None:
            root, found = _ROOTS[0], {**found, _ROOTS[0]: {}}
            old = jsonc.put(old, (root,), {})
        new, entries = edit(old, root, found[root])
        expected = {**found, root: entries}
        if not _says(new, expected):
            new = json.dumps(expected, indent=2, ensure_ascii=False) + "\n"
        if new == old:
            return
        if jsonc.has_comments(old):
            _keep_copy(path, old)
        write_text(path, new)


def _says(text: str, expected: dict[str, Any]) -> bool:
    """Whether the text holds just this, in this order."""
    try:
        return json.dumps(jsonc.loads(text, "")) == json.dumps(expected)
    except ConfigError:
        return False


def _keep_copy(path: Path, text: str) -> None:
    """Keep what a person wrote by hand, once, beside the file."""
    copy = path.with_name(f"{path.name}.bak")
    if not copy.exists():
        write_text(copy, text)


def _root(found: dict[str, Any], path: Path) -> str | None:
    root = next((key for key in _ROOTS if key in found), None)
    if root is not None and not isinstance(found[root], dict):
        raise ConfigError(f"{path.name}: {root} must be an object", subject=f"{path.name}: {root}")
    return root


def _consent_hash(path: Path, name: str, entry: Any) -> str:
    text = json.dumps([os.path.realpath(path), name, entry], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
