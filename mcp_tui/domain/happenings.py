"""What the host tells whoever listens: a server changed, its catalogue changed, a line was logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mcp_tui.domain.tasks import Task


@dataclass(frozen=True, slots=True)
class ServerChanged:
    """A server's status changed; ask the hub for it."""

    server: str


@dataclass(frozen=True, slots=True)
class ServerRemoved:
    """The server is no longer one of ours."""

    server: str


@dataclass(frozen=True, slots=True)
class CatalogChanged:
    """What a server offers changed; ask the hub for it."""

    server: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A line for the log. The text is raw."""

    time: float
    """Unix time."""
    source: str
    """A server's name, or "mcp-tui"."""
    level: str
    """"stderr", or a level of MCP logging: debug … emergency."""
    text: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that the person is to see at once. The text is raw."""

    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a tool has ended, whoever made it."""

    server: str
    tool: str


@dataclass(frozen=True, slots=True)
class TaskHeard:
    """A server told, unasked, how a task is doing."""

    server: str
    task: Task


@dataclass(frozen=True, slots=True)
class TasksChanged:
    """What is known of a server's tasks changed; ask the workbench for it."""

    server: str


@dataclass(frozen=True, slots=True)
class WatchChanged:
    """A watched resource changed, or its watching began, ended or is in trouble; ask the hub for it."""

    server: str
    uri: str


@dataclass(frozen=True, slots=True)
class RootsTold:
    """A server asked for the folders that it may use, and was told these `file://` addresses."""

    server: str
    uris: tuple[str, ...]


Happening = (
    ServerChanged
    | ServerRemoved
    | CatalogChanged
    | Logged
    | Noticed
    | Called
    | TaskHeard
    | TasksChanged
    | WatchChanged
    | RootsTold
)
Listener = Callable[[Happening], None]
