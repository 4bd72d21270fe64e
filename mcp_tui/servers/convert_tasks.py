"""What a server says of a task (MCP 2025-11-25, basic/utilities/tasks), in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mcp_tui.domain.errors import RequestFailed
from mcp_tui.domain.tasks import Task, TaskStatus

STATUS = "notifications/tasks/status"
RELATED = "io.modelcontextprotocol/related-task"
"""The key in `_meta` that says to which task a message belongs."""
POLL = 1.0
"""Seconds between two questions when the server has no wish."""
SHORTEST_POLL, LONGEST_POLL = 0.1, 60.0


def task_of(meta: Mapping[str, Any] | None) -> str:
    """The task that a question belongs to; "" for none."""
    related = meta.get(RELATED) if meta else None
    return str(related.get("taskId") or "") if isinstance(related, Mapping) else ""


def task(server: str, raw: Any, tool: str = "") -> Task:
    """MCP 2025-11-25, Task. Raises RequestFailed for what is none."""
    fields = raw if isinstance(raw, Mapping) else {}
    name, said = fields.get("taskId"), fields.get("status")
    if not isinstance(name, str) or said not in {each.value for each in TaskStatus}:
        raise RequestFailed(f"{server} said of a task what is not MCP: no taskId, or no known status", subject=server)
    ttl, poll = _seconds(fields.get("ttl")), _seconds(fields.get("pollInterval"))
    return Task(
        server,
        name,
        TaskStatus(said),
        str(fields.get("statusMessage") or ""),
        _moment(fields.get("createdAt")),
        _moment(fields.get("lastUpdatedAt")),
        ttl,
        POLL if poll is None else min(LONGEST_POLL, max(SHORTEST_POLL, poll)),
        tool,
    )


def _seconds(milliseconds: object) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool) else None


def _moment(text: object) -> float | None:
    """An ISO 8601 time as Unix time."""
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None
