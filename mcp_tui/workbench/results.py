"""Which results a person sees before the model does, and what goes on to it: the turn's view of the result gate."""

from __future__ import annotations

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.passing import Held, NobodyReads, Passed, Reader, pass_on
from mcp_tui.servers.hub import Hub
from mcp_tui.workbench.audit import Audit


class Results:
    """`chat.ports.Results` by the entries of the servers."""

    def __init__(self, hub: Hub, audit: Audit) -> None:
        self.reader: Reader = NobodyReads()
        """Who shows them; the face that has a person sets it."""
        self._hub = hub
        self._audit = audit

    def are_held(self, tool: Tool) -> bool:
        return self._hub.spec(tool.server).review_results

    async def pass_on(self, tool: Tool, result: ToolResult) -> Passed:
        tools = {name: {each.name for each in self._hub.catalog(name).tools} for name in self._hub.names}
        others = frozenset[str]().union(*tools.values()) - tools[tool.server]
        with self._audit.asking("result", tool.server, tool.name) as answer:
            passed = await pass_on(Held(tool.server, tool.name, result, others), self.reader)
            answer.outcome = passed.fate.name.lower()
            return passed
