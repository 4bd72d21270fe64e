"""`mcp-tui ask "TEXT"`: one turn of the chat on a plain terminal or in a pipe."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from mcp_tui.chat.events import (
    Noted,
    TextDelta,
    ToolApproved,
    ToolAsked,
    ToolDenied,
    ToolFinished,
    TurnEvent,
    TurnFailed,
    TurnFinished,
    UsageReported,
)
from mcp_tui.domain.masking import StreamMask
from mcp_tui.domain.passing import Fate
from mcp_tui.domain.permission import Initiator, Mode
from mcp_tui.domain.servers import ServerSpec
from mcp_tui.domain.text import clean, human_time
from mcp_tui.headless.output import Exit, exit_for, print_json, say, say_error
from mcp_tui.headless.session import allow, report_unreachable, settled
from mcp_tui.workbench.home import Home


class _Report:
    """Folds a turn's events into words on stdout and stderr, or into one JSON object."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._text: list[str] = []
        self._mask = StreamMask()
        self._calls: dict[str, dict[str, Any]] = {}
        self._usage: dict[str, int] | None = None
        self.code = Exit.OK

    async def take(self, events: AsyncIterator[TurnEvent]) -> None:
        async for event in events:
            if not isinstance(event, TextDelta):
                self._write(self._mask.flush())
            self._fold(event)
        if self._as_json:
            calls = list(self._calls.values())
            print_json({"text": "".join(self._text), "calls": calls, "usage": self._usage, "exit": int(self.code)})
        elif self._text:
            sys.stdout.write("\n")

    def _write(self, text: str) -> None:
        """More of the answer, for people."""
        if text and not self._as_json:
            sys.stdout.write(clean(text) if sys.stdout.isatty() else text)
            sys.stdout.flush()

    def _fold(self, event: TurnEvent) -> None:
        match event:
            case TextDelta(text):
                self._text.append(text)
                self._write(self._mask.feed(text))
            case ToolAsked(call, server, tool, arguments):
                self._calls[call.id] = {"server": server, "tool": tool, "arguments": arguments}
            case ToolApproved(call, decision):
                self._calls[call.id] |= {"allowed": True, "arguments": decision.arguments}
                say(f"→ {self._calls[call.id]['tool']}: {decision.why}")
            case ToolDenied(call, decision):
                self._calls[call.id] |= {"allowed": False}
                self.code = Exit.DENIED
                say(f"⊘ {self._calls[call.id]['tool']}: Permission denied, {decision.why}")
            case ToolFinished(call, seconds, result, error, fate=fate):
                made = self._calls.setdefault(call.id, {"tool": call.name})
                made |= {"seconds": round(seconds, 3), "result": result.text if result else None, "error": error}
                say(f"{'✗' if error else '✓'} {made['tool']} {human_time(seconds)} {error}".rstrip())
                if fate is not Fate.SENT:
                    made["fate"] = fate.value
                if fate is Fate.WITHHELD:
                    self.code = Exit.DENIED
            case Noted(text):
                say(text)
            case UsageReported(usage):
                self._usage = {"prompt": usage.prompt, "completion": usage.completion}
            case TurnFailed(error):
                say_error(error)
                self.code = exit_for(error)
            case TurnFinished(stopped) if stopped:
                say("stopped: the model asked too many times in this turn")
                self.code = max(self.code, Exit.FAILED)
            case TurnFinished(cut=True):
                say("cut: the answer is not whole")
                self.code = max(self.code, Exit.FAILED)
            case _:
                pass


async def ask(home: Home, specs: Sequence[ServerSpec], text: str, as_json: bool, patterns: Sequence[str]) -> int:
    """Run one turn. A denied call does not stop it, and is told by exit code 5 at its end."""
    async with settled(home, specs) as bench:
        report_unreachable(bench)
        allow(bench, patterns, Initiator.MODEL)
        if bench.gate.mode is not Mode.ASK:
            say(f"the mode is {bench.gate.mode.value} (permissions.mode in settings.toml)")
        await bench.models.connect()
        report = _Report(as_json)
        async with aclosing(bench.turn(text)) as events:
            await report.take(events)
    return report.code
