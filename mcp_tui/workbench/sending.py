"""A call that was let through, on its way: sent only while it is still what was approved, and written down."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.errors import PermissionDenied, ServerError
from mcp_tui.domain.happenings import Called
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.permission import Decision, Initiator
from mcp_tui.domain.tasks import TaskSupport
from mcp_tui.workbench.calls import CallRecord

if TYPE_CHECKING:
    from mcp_tui.chat.ports import Progress
    from mcp_tui.workbench.bench import Workbench


class Sending:
    """The last step of every tool call, whoever wants it."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    async def send(
        self,
        tool: Tool,
        decision: Decision,
        initiator: Initiator,
        progress: Progress | None = None,
        as_task: bool = False,
        patience: Patience | None = None,
    ) -> ToolResult:
        """Send what was allowed, as a task where the tool wants it. Raises PermissionDenied and ServerError."""
        arguments = decision.arguments
        with self._bench.audit.running(decision) as ending, self._bench.calls.one_more():
            began, started = time.time(), time.monotonic()

            def record(result: ToolResult | None, text: str) -> None:
                seconds, error = time.monotonic() - started, "" if result else text
                record = CallRecord(began, tool.server, tool.name, arguments, initiator, seconds, result, error)
                self._bench.calls.add(record)
                self._bench.heard.note(tool.server, text, fetched=initiator is not Initiator.MODEL)
                self._bench.tell(Called(tool.server, tool.name))

            try:
                result = await self._sent(tool, arguments, initiator, progress, as_task, patience)
            except (ServerError, asyncio.CancelledError) as failure:
                record(None, str(failure) or "stopped")
                raise
            text = result.text
            record(result, text)
            ending.failed, ending.size = result.is_error, len(text.encode(errors="surrogatepass"))
            return result

    async def _sent(
        self,
        tool: Tool,
        arguments: dict[str, Any],
        initiator: Initiator,
        progress: Progress | None,
        as_task: bool,
        patience: Patience | None,
    ) -> ToolResult:
        hub, tasks = self._bench.hub, self._bench.tasks
        await hub.listed(tool.server)
        self._check_again(tool, initiator)
        if as_task or tasks.support(tool) is TaskSupport.REQUIRED:
            return await tasks.call(tool, arguments, progress, patience)
        return await hub.call_tool(tool.server, tool.name, arguments, progress=progress, timeout=patience)

    def _check_again(self, tool: Tool, initiator: Initiator) -> None:
        """Raises PermissionDenied when it is not what was approved, or no longer what was accepted of its server."""
        now = self._bench.find_tool(tool.server, tool.name)
        if now is None or now.definition != tool.definition or self._bench.pinned.blocked(now, initiator):
            raise PermissionDenied(
                f"{tool.name} on {tool.server} changed while it waited for your answer",
                subject=tool.name,
                hint="look at it again in the Inspector, then call it again",
            )
