"""The calls of one answer: asked for together, run side by side, answered in order."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from mcp_tui.chat.events import (
    ResultHeld,
    ToolApproved,
    ToolAsked,
    ToolDenied,
    ToolFinished,
    ToolProgressed,
    TurnEvent,
)
from mcp_tui.chat.ports import Gatekeeper, Results, Tools
from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.chat import OfferedTool, ToolCall
from mcp_tui.domain.content import TextBlock, ToolResult
from mcp_tui.domain.errors import PermissionDenied, ServerError
from mcp_tui.domain.passing import Fate, Passed
from mcp_tui.domain.permission import Request

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
    results: Results | None = None,
) -> AsyncGenerator[TurnEvent, None]:
    """Ask for all calls, run those that are approved, and write what the model is told into `answers`.

    A call runs while others may still be asked for. Closing the iterator cancels what runs and waits for it;
    calls without an answer keep what `answers` held before.
    """
    events: asyncio.Queue[TurnEvent | None] = asyncio.Queue()
    work = asyncio.create_task(_Calls(answers, offered, tools, gate, who, results, events).run(calls))
    try:
        while event := await events.get():
            yield event
        await work
    finally:
        work.cancel()
        await asyncio.wait([work])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call that makes sense, and the question that the gate is asked about it."""

    number: int
    call: ToolCall
    tool: Tool
    request: Request


@dataclass(frozen=True, slots=True)
class _Calls:
    answers: list[str]
    offered: Sequence[OfferedTool]
    tools: Tools
    gate: Gatekeeper
    who: str
    results: Results | None
    events: asyncio.Queue[TurnEvent | None]

    async def run(self, calls: Sequence[ToolCall]) -> None:
        """Ask for all, run what may run; the end of the events is None."""
        try:
            async with asyncio.TaskGroup() as running:
                for asked in self._asked(calls):
                    running.create_task(self._run(asked))
        finally:
            self.events.put_nowait(None)

    def _asked(self, calls: Sequence[ToolCall]) -> list[_Asked]:
        """What is to be asked for; the calls of one answer have a mark in common. What makes no sense is answered."""
        asked: list[_Asked] = []
        batch = uuid4().hex if len(calls) > 1 else ""
        for number, call in enumerate(calls):
            found = self._understand(call)
            if isinstance(found, str):
                self._reject(number, call, found)
                continue
            tool, arguments = found
            request = replace(self.tools.request(tool, arguments, self.who), batch=batch)
            self.events.put_nowait(ToolAsked(call, tool.server, tool.name, arguments, request))
            asked.append(_Asked(number, call, tool, request))
        return asked

    async def _run(self, asked: _Asked) -> None:
        if approved := await self._ask(asked):
            await self._call(asked.number, asked.tool, approved)

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

    async def _ask(self, asked: _Asked) -> ToolApproved | None:
        """What allows the call, or None when it is denied."""
        decision = await self.gate.check(asked.request)
        if decision.allowed:
            approved = ToolApproved(asked.call, decision, self.tools.patience(asked.tool))
            self.events.put_nowait(approved)
            return approved
        why = "the user said no" if decision.answer and decision.answer.is_no else decision.why
        told = [f"Permission denied: {why}" if why else "Permission denied", decision.reason]
        self.answers[asked.number] = ". Their reason: ".join(filter(None, told))
        self.events.put_nowait(ToolDenied(asked.call, decision))
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
        is_held = self.results is not None and self.results.are_held(tool)
        try:
            result = await self.tools.call(tool, decision, progressed, approved.patience)
            failed = False
        except PermissionDenied as error:  # it is no longer what was allowed
            self.answers[number] = f"Permission denied: {error.what}"
            self.events.put_nowait(ToolFinished(call, time.monotonic() - began, error=error.what))
            return
        except ServerError as error:
            # Its words are a server's too, and pass the same gate.
            result, failed = ToolResult((TextBlock(str(error)),), is_error=True), True
        seconds = time.monotonic() - began
        passed = Passed(result, Fate.SENT)
        if self.results is not None and is_held:
            self.events.put_nowait(ResultHeld(call, seconds))
            passed = await self.results.pass_on(tool, result)
        self.answers[number] = edited + _result_text(passed.result)
        if failed and passed.fate is Fate.SENT:
            self.events.put_nowait(ToolFinished(call, seconds, error=result.text))
        else:
            self.events.put_nowait(ToolFinished(call, seconds, passed.result, fate=passed.fate))


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
