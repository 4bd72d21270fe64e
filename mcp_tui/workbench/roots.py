"""The folders that servers are told to work in (MCP, client/roots): added, removed, remembered, announced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mcp_tui.domain.asks import Root
from mcp_tui.domain.errors import UsageError

if TYPE_CHECKING:
    from mcp_tui.servers.hub import Hub
    from mcp_tui.workbench.audit import Audit
    from mcp_tui.workbench.home import Home


class Roots:
    """The folders of the settings, and what servers hear of them. They advise a server, and fence nothing in."""

    def __init__(self, home: Home, hub: Hub, audit: Audit) -> None:
        self._home = home
        self._hub = hub
        self._audit = audit

    @property
    def folders(self) -> tuple[str, ...]:
        return self._home.settings.roots

    async def add(self, typed: str) -> str:
        """Add a folder, written as in a shell, and tell the servers; its whole path. Raises UsageError."""
        folder = whole_path(typed)
        if folder not in self.folders:
            self._audit.noted("roots", "", folder, "added")
            await self._set((*self.folders, folder))
        return folder

    async def remove(self, folder: str) -> None:
        """Take a folder out, and tell the servers."""
        self._audit.noted("roots", "", folder, "removed")
        await self._set(tuple(each for each in self.folders if each != folder))

    async def _set(self, folders: tuple[str, ...]) -> None:
        self._home.save_settings(replace(self._home.settings, roots=folders))
        await self._hub.set_roots(as_roots(folders))


def whole_path(typed: str) -> str:
    """The folder that a path means, as a shell takes it. Raises UsageError."""
    if not typed.strip():
        raise UsageError("no folder was named", hint="type a path, or pick one from the list")
    path = Path(typed.strip()).expanduser().absolute()
    if not path.is_dir():
        what = "not a folder" if path.exists() else "no such folder"
        raise UsageError(f"{what}: {path}", subject=str(path), hint="roots are folders of this machine")
    return str(path.resolve())


def as_roots(folders: Iterable[str]) -> list[Root]:
    """Folders as the protocol has them: a `file://` address and the folder's own name."""
    return [Root(Path(folder).absolute().as_uri(), Path(folder).name or folder) for folder in folders]


def folders_like(typed: str, limit: int = 8) -> list[str]:
    """The folders that a half-typed path could mean, written the way it was begun; hidden ones only when asked for."""
    head, slash, last = typed.rpartition("/")
    base = Path(f"{head}{slash}" or ".").expanduser()
    try:
        names = sorted(each.name for each in base.iterdir() if each.is_dir())
    except OSError:
        return []
    fitting = [name for name in names if name.startswith(last) and (last.startswith(".") or name[0] != ".")]
    return [f"{head}{slash}{name}/" for name in fitting[:limit]]
