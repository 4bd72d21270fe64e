"""What a server is asked for, by its name: calls, prompts, resources, completion, tasks, watching, its log's level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp_tui.domain.completion import Completion
from mcp_tui.domain.content import PromptResult, ResourceResult, ToolResult
from mcp_tui.domain.errors import RequestFailed, ServerUnreachable
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.tasks import Task
from mcp_tui.domain.watch import Watch
from mcp_tui.servers import convert, convert_tasks, requests, tasks
from mcp_tui.servers.fleet import Fleet
from mcp_tui.servers.requests import Progress

READ_TIMEOUT = 60.0
"""Seconds for a prompt or a resource, unless the server's entry says how long a call may take."""


class Hub(Fleet):
    """All servers, and the requests to them."""

    def patience(self, server: str) -> Patience | None:
        """What a call has by its server's entry, anew for each; None: as long as it takes."""
        seconds = self._connections[server].spec.call_timeout
        return Patience(seconds) if seconds else None

    async def call_tool(
        self,
        server: str,
        tool: str,
        arguments: dict[str, Any],
        *,
        progress: Progress | None = None,
        timeout: float | Patience | None = None,
    ) -> ToolResult:
        """Call a tool. Raises ServerError. Cancelling tells the server. Without a `timeout` its entry's holds.

        It is sent once, and again only when the server refused it until the person goes to an address (-32042).
        """
        link, connection = self._link(server), self._connections[server]
        meta, timeout = connection.loudness.wish(link), timeout or connection.spec.call_timeout
        raw = await requests.call_tool(link, tool, arguments, meta, progress, timeout)
        return self._result(server, tool, raw)

    async def get_prompt(self, server: str, name: str, arguments: dict[str, str]) -> PromptResult:
        """A prompt's messages. Raises ServerError. It takes no longer than its server's entry gives a call, or 60 s."""
        link, timeout = self._link(server), self._read_timeout(server)
        meta = self._connections[server].loudness.wish(link)
        return convert.prompt_result(await requests.get_prompt(link, name, arguments, meta, timeout))

    async def read_resource(self, server: str, uri: str) -> ResourceResult:
        """A resource's contents, in as much time as a prompt has. Raises ServerError."""
        link, timeout = self._link(server), self._read_timeout(server)
        meta = self._connections[server].loudness.wish(link)
        return convert.resource_result(await requests.read_resource(link, uri, meta, timeout))

    async def complete(
        self,
        server: str,
        *,
        prompt: str = "",
        template: str = "",
        argument: str,
        value: str,
        context: dict[str, str] | None = None,
    ) -> Completion:
        """What a server suggests for an argument of a prompt or template; nothing when it cannot."""
        link = self._link(server)
        if link.client.server_capabilities.completions is None:
            return Completion()
        try:
            raw = await requests.complete(link, prompt, template, argument, value, context)
        except RequestFailed:
            return Completion()
        return convert.completion(raw)

    async def start_task(self, server: str, tool: str, arguments: dict[str, Any]) -> Task | ToolResult:
        """Call a tool as a task; a result when the server answered at once instead. Raises ServerError."""
        raw = await tasks.start(self._link(server), tool, arguments)
        return convert_tasks.task(server, raw["task"], tool) if "task" in raw else self._result(server, tool, raw)

    async def task(self, task: Task) -> Task:
        """How a task is doing now. Raises ServerError."""
        return convert_tasks.task(task.server, await tasks.look(self._link(task.server), task.id), task.tool)

    async def task_result(self, task: Task) -> ToolResult:
        """What a task came to; it waits for the end, and lets the task ask its questions. Raises ServerError."""
        return self._result(task.server, task.tool, await tasks.fetch(self._link(task.server), task.id))

    async def cancel_task(self, task: Task) -> Task:
        """End a task. Raises ServerError, also for one that has ended already."""
        raw = await tasks.cancel(self._link(task.server), task.id)
        self._connections[task.server].callbacks.questions.task_over(task.id)
        return convert_tasks.task(task.server, raw, task.tool)

    async def list_tasks(self, server: str) -> list[Task]:
        """The tasks that a server knows of us. Raises ServerError."""
        return [convert_tasks.task(server, each) for each in await tasks.list_all(self._link(server))]

    def can_watch(self, server: str) -> bool:
        """Whether the server says that it tells of changes of single resources."""
        info = self.info(server)
        resources = info.capabilities.get("resources") if info else None
        return isinstance(resources, Mapping) and resources.get("subscribe") is True

    def watch(self, server: str, uri: str) -> Watch | None:
        """How the watching of a resource goes; None when it is not watched."""
        return self._connections[server].watching.of(uri)

    async def subscribe(self, server: str, uri: str) -> None:
        """Watch a resource from now on, also after a reconnect. `WatchChanged` tells. Raises ServerError."""
        await self._connections[server].watching.begin(self._link(server), uri)

    async def unsubscribe(self, server: str, uri: str) -> None:
        """Watch a resource no more."""
        try:
            link = self._link(server)
        except ServerUnreachable:
            link = None
        await self._connections[server].watching.end(link, uri)

    def log_level(self, server: str) -> str:
        """The level from which on a server is to log; "" when nobody said."""
        return self._connections[server].loudness.level

    async def set_log_level(self, server: str, level: str) -> None:
        """Let a server log from this level on (debug … emergency), also after a reconnect. Raises ServerError."""
        await self._connections[server].loudness.choose(self._link(server), level)

    def _read_timeout(self, server: str) -> float:
        return self._connections[server].spec.call_timeout or READ_TIMEOUT

    def _result(self, server: str, tool: str, raw: Mapping[str, Any]) -> ToolResult:
        known = self.catalog(server).tool(tool)
        return convert.tool_result(raw, known and known.output_schema)
