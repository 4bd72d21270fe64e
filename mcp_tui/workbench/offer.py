"""Which tools the model is offered, and under which names: the turn's view of the servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.chat import OfferedTool
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.permission import Decision, Initiator, Request
from mcp_tui.servers.names import aliases

if TYPE_CHECKING:
    from mcp_tui.chat.ports import Progress
    from mcp_tui.workbench.bench import Workbench


class Offer:
    """`chat.ports.Tools` over the workbench."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._names: dict[str, Tool] = {}

    async def settle(self) -> None:
        await self._bench.reviews.settle()

    def offered(self) -> Sequence[OfferedTool]:
        self._names = aliases(self._bench.tools_on_offer())
        return [
            OfferedTool(alias, tool.server, tool.name, tool.description, tool.input_schema)
            for alias, tool in self._names.items()
        ]

    def find(self, alias: str) -> Tool | None:
        tool = self._names.get(alias)
        return tool and self._bench.find_tool(tool.server, tool.name)

    def request(self, tool: Tool, arguments: dict[str, Any], who: str) -> Request:
        request = self._bench.request(tool, arguments, Initiator.MODEL, who=who)
        return replace(request, echoes=self._bench.heard.find(arguments))

    def patience(self, tool: Tool) -> Patience | None:
        return self._bench.hub.patience(tool.server)

    async def call(self, tool: Tool, decision: Decision, progress: Progress, patience: Patience | None) -> ToolResult:
        return await self._bench.sending.send(tool, decision, Initiator.MODEL, progress, patience=patience)
