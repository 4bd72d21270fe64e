"""Tasks over a live connection (MCP 2025-11-25, basic/utilities/tasks): start, look, fetch, cancel, list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.limits import PAGES
from mcp_tui.servers.link import Link

if TYPE_CHECKING:
    from mcp import Client

ANSWER_TIMEOUT = 30.0
"""Seconds for a question about a task, but for its result: that comes when the task ends."""
TTL = 3600.0
"""Seconds that we ask a server to keep a task for; it may decide otherwise."""


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
    for _ in range(PAGES):

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
