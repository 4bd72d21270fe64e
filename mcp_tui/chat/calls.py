"""The calls of one answer: asked for one at a time, run side by side, answered in order."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from mcp_tui.chat.events import ToolApproved, ToolAsked, ToolDenied, ToolFinished, ToolProgressed, TurnEvent
from mcp_tui.chat.ports import Gatekeeper, Tools
from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.chat import OfferedTool, ToolCall
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.errors import ServerError

CANCELLED = "Cancelled by the user"
"""The answer to a call that was not answered before the turn was stopped."""
_MOST_NAMES = 100


async def run_calls(
    calls: Sequence[ToolCall],
    answers: list[str],
    offered: Sequence[OfferedTool],
    tools: Tools,
    gate: Gatekeeper,
    who: str,
) -> AsyncGenerator[TurnEvent, None]:
    """Ask for each call in order, run those that are approved, and write what the model is told into `answers`.

    A call runs while the next one is still asked for. Closing the iterator cancels what runs and waits for it;
    calls without an answer keep what `answers` held before.
    """
    events: asyncio.Queue[TurnEvent | None] = asyncio.Queue()
    work = asyncio.create_task(_Calls(answers, offered, tools, gate, who, events).run(calls))
    try:
        while event := await events.get():
            yield event
        await work
    finally:
        work.cancel()
        await asyncio.wait([work])


@dataclass(frozen=True, slots=True)
class _Calls:
    answers: list[str]
    offered: Sequence[OfferedTool]
    tools: Tools
    gate: Gatekeeper
    who: str
    events: asyncio.Queue[TurnEvent | None]

    async def run(self, calls: Sequence[ToolCall]) -> None:
        """Ask for all, run what may run; the end of the events is None."""
        try:
            async with asyncio.TaskGroup() as running:
                for number, call in enumerate(calls):
                    found = self._understand(call)
                    if isinstance(found, str):
                        self._reject(number, call, found)
                        continue
                    tool, arguments = found
                    if approved := await self._ask(number, call, tool, arguments):
                        running.create_task(self._call(number, tool, approved))
        finally:
            self.events.put_nowait(None)

    def _understand(self, call: ToolCall) -> tuple[Tool, dict[str, Any]] | str:
        """The tool and the arguments that the model means, or why it makes no sense."""
        names = [tool.alias for tool in self.offered]
        tool = self.tools.find(call.name) if call.name in names else None
        if tool is None:
            return f"there is no tool {call.name!r}; the tools are: {', '.join(names[:_MOST_NAMES]) or 'none'}"
        try:
            return tool, parse_arguments(call.arguments)
        except ValueError as error:
            return f"the arguments of {call.name} cannot be used: {error}"

    def _reject(self, number: int, call: ToolCall, why: str) -> None:
        self.answers[number] = f"Error: {why}"
        self.events.put_nowait(ToolAsked(call, "", call.name, {}))
        self.events.put_nowait(ToolFinished(call, 0.0, error=why))

    async def _ask(self, number: int, call: ToolCall, tool: Tool, arguments: dict[str, Any]) -> ToolApproved | None:
        """What allows the call, or None when it is denied."""
        request = self.tools.request(tool, arguments, self.who)
        self.events.put_nowait(ToolAsked(call, tool.server, tool.name, arguments, request))
        decision = await self.gate.check(request)
        if decision.allowed:
            approved = ToolApproved(call, decision, self.tools.patience(tool))
            self.events.put_nowait(approved)
            return approved
        why = "the user said no" if decision.answer and decision.answer.is_no else decision.why
        self.answers[number] = f"Permission denied: {why}" if why else "Permission denied"
        self.events.put_nowait(ToolDenied(call, decision))
        return None

    async def _call(self, number: int, tool: Tool, approved: ToolApproved) -> None:
        call, decision = approved.call, approved.decision

        def progressed(progress: float, total: float | None, message: str) -> None:
            self.events.put_nowait(ToolProgressed(call, progress, total, message))

        began = time.monotonic()
        edited = ""
        if decision.edited:
            shown = json.dumps(decision.arguments, ensure_ascii=False)
            edited = f"The user changed the arguments to {shown}\n"
        try:
            result = await self.tools.call(tool, decision.arguments, progressed, approved.patience)
        except ServerError as error:
            self.answers[number] = f"{edited}Error: {error}"
            self.events.put_nowait(ToolFinished(call, time.monotonic() - began, error=str(error)))
            return
        self.answers[number] = edited + _result_text(result)
        self.events.put_nowait(ToolFinished(call, time.monotonic() - began, result))


def parse_arguments(text: str) -> dict[str, Any]:
    """The arguments that a model wrote; an object inside a string is unwrapped once. Raises ValueError."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
        if isinstance(value, str):
            value = json.loads(value)
    except RecursionError as error:
        raise ValueError("they are nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"they are not valid JSON ({error})") from error
    if not isinstance(value, dict):
        raise ValueError(f"they must be a JSON object, not {type(value).__name__}")
    return value


def _result_text(result: ToolResult) -> str:
    text = result.text or "(no output)"
    return f"Error: {text}" if result.is_error else text
