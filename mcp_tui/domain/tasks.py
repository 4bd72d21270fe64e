"""Tasks: tool calls that a server takes on, works at by itself, and answers later (MCP 2025-11-25, utilities/tasks)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from mcp_tui.domain.catalog import Tool

EXTENSION = "io.modelcontextprotocol/tasks"
"""What a server of 2026-07-28 lists among its extensions when it offers tasks in their newer form."""
NOT_YET = "This server offers tasks in a form that came with 2026-07-28 and cannot be used yet; calls work as usual."


class TaskStatus(Enum):
    """How a task is doing, in the protocol's own words."""

    WORKING = "working"
    INPUT_REQUIRED = "input_required"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        """As it is shown."""
        return "asks you" if self is TaskStatus.INPUT_REQUIRED else self.value

    @property
    def is_over(self) -> bool:
        """It never changes again."""
        return self in (TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Task:
    """What a server says of one task. Its texts are raw."""

    server: str
    id: str
    status: TaskStatus = TaskStatus.WORKING
    message: str = ""
    created: float | None = None
    """Unix time by the server's clock; None when it does not say."""
    updated: float | None = None
    """When it last changed, likewise."""
    ttl: float | None = None
    """Seconds from its creation that the server keeps it; None: without an end."""
    poll: float = 1.0
    """Seconds between two questions how it is doing, as the server wishes."""
    tool: str = ""
    """The tool that it is a call of, as far as we know: the protocol does not tell."""


class TaskSupport(Enum):
    """Whether a tool is called as a task (`execution.taskSupport`)."""

    NEVER = "forbidden"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class TaskAbilities:
    """What a server lets one do with tasks."""

    call: bool = False
    list: bool = False
    cancel: bool = False
    newer_form: bool = False
    """It has the extension of 2026-07-28, which this program does not speak."""


def task_abilities(capabilities: Mapping[str, Any], era: str) -> TaskAbilities:
    """What the capabilities of a server say about tasks; `era` is that of its `ServerInfo`."""
    newer = EXTENSION in _object(capabilities.get("extensions"))
    if era != "legacy":
        return TaskAbilities(newer_form=newer)
    tasks = _object(capabilities.get("tasks"))
    tools = _object(_object(tasks.get("requests")).get("tools"))
    return TaskAbilities("call" in tools, "list" in tasks, "cancel" in tasks, newer)


def task_support(tool: Tool, abilities: TaskAbilities) -> TaskSupport:
    """Whether a tool of a server with these abilities is called as a task: no server's word, no task."""
    said = _object(tool.raw.get("execution")).get("taskSupport")
    if not abilities.call or said not in ("optional", "required"):
        return TaskSupport.NEVER
    return TaskSupport(said)


def _object(value: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}
