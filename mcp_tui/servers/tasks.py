"""Tasks over a live connection (MCP 2025-11-25, basic/utilities/tasks): start, look, fetch, cancel, list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.errors import RequestFailed
from mcp_tui.domain.tasks import Task, TaskStatus
from mcp_tui.servers.link import Link

if TYPE_CHECKING:
    from mcp import Client

STATUS = "notifications/tasks/status"
RELATED = "io.modelcontextprotocol/related-task"
"""The key in `_meta` that says to which task a message belongs."""
ANSWER_TIMEOUT = 30.0
"""Seconds for a question about a task, but for its result: that comes when the task ends."""
TTL = 3600.0
"""Seconds that we ask a server to keep a task for; it may decide otherwise."""
POLL = 1.0
"""Seconds between two questions when the server has no wish."""
SHORTEST_POLL, LONGEST_POLL = 0.1, 60.0
MOST_PAGES = 100
"""Pages of a list of tasks, however many cursors a server gives."""


async def start(link: Link, tool: str, arguments: dict[str, Any]) -> Mapping[str, Any]:
    """The raw answer to a call that is to become a task: `{"task": …}`, or a plain result from a server that took the
    call at once. Raises ServerError."""

    async def send(client: Client) -> object:
        from mcp.types import CallToolRequest, CallToolRequestParams, CreateTaskResult, TaskMetadata

        wish = TaskMetadata(ttl=round(TTL * 1000))
        params = CallToolRequestParams(name=tool, arguments=arguments, task=wish)
        # The SDK refuses the answer, because it knows only plain results of a call: the link has the raw one.
        return await client.session.send_request(CallToolRequest(params=params), CreateTaskResult)

    return await link.request("tools/call", send)


async def look(link: Link, task_id: str) -> Mapping[str, Any]:
    """How a task is doing. Raises ServerError."""

    async def send(client: Client) -> object:
        from mcp.types import GetTaskRequest, GetTaskRequestParams, GetTaskResult

        request = GetTaskRequest(params=GetTaskRequestParams(task_id=task_id))
        return await client.session.send_request(request, GetTaskResult)

    return await link.request("tasks/get", send, ANSWER_TIMEOUT)


async def fetch(link: Link, task_id: str) -> Mapping[str, Any]:
    """What a task came to: it waits for the end, and the questions of the task come meanwhile. Raises ServerError."""

    async def send(client: Client) -> object:
        from mcp.types import GetTaskPayloadRequest, GetTaskPayloadRequestParams, GetTaskPayloadResult

        request = GetTaskPayloadRequest(params=GetTaskPayloadRequestParams(task_id=task_id))
        return await client.session.send_request(request, GetTaskPayloadResult)

    return await link.request("tasks/result", send)


async def cancel(link: Link, task_id: str) -> Mapping[str, Any]:
    """End a task; how it is doing then. Raises ServerError, also for one that has ended already."""

    async def send(client: Client) -> object:
        from mcp.types import CancelTaskRequest, CancelTaskRequestParams, CancelTaskResult

        request = CancelTaskRequest(params=CancelTaskRequestParams(task_id=task_id))
        return await client.session.send_request(request, CancelTaskResult)

    return await link.request("tasks/cancel", send, ANSWER_TIMEOUT)


async def list_all(link: Link) -> list[Mapping[str, Any]]:
    """Every task that the server knows of us, page by page. Raises ServerError."""
    found: list[Mapping[str, Any]] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):

        async def send(client: Client, cursor: str | None = cursor) -> object:
            from mcp.types import ListTasksRequest, ListTasksResult, PaginatedRequestParams

            request = ListTasksRequest(params=PaginatedRequestParams(cursor=cursor))
            return await client.session.send_request(request, ListTasksResult)

        page = await link.request("tasks/list", send, ANSWER_TIMEOUT)
        found += [each for each in page.get("tasks") or () if isinstance(each, dict)]
        before, cursor = cursor, page.get("nextCursor")
        if not isinstance(cursor, str) or cursor == before:
            break
    return found


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
