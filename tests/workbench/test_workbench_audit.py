"""What is on record: every request with its decision, what came of it, what servers were answered, every rule."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling
from mcp_tui.domain.audit import NO_END, Act
from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Answer, Initiator, Request
from mcp_tui.domain.rules import Scope
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home

SERVER = str(Path(__file__).parents[1] / "ui" / "pocket_server.py")
CANARY = "canary-that-nobody-may-read"


class Person:
    """Answers every question in the same way, and a server's too."""

    def __init__(self) -> None:
        self.answer = Answer.ONCE
        self.reason = ""
        self.arguments: dict[str, Any] | None = None

    async def ask(self, request: Request) -> Reply:
        arguments = request.arguments if self.arguments is None else self.arguments
        return Reply(self.answer, arguments, Scope.TOOL, reason=self.reason)

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        return ElicitReply("accept", {"password": CANARY})

    async def sample(self, ask: Sampling) -> SampleReply | None:
        return None


class Run:
    def __init__(self, bench: Workbench, person: Person, file: Path) -> None:
        self.bench = bench
        self.person = person
        self.file = file

    async def model_calls(self, name: str, arguments: Mapping[str, Any]) -> None:
        """As a turn does."""
        tool = self.bench.find_tool("pocket", name)
        assert tool is not None
        decision = await self.bench.gate.check(
            self.bench.request(tool, dict(arguments), Initiator.MODEL, who="scripted")
        )
        if decision.allowed:
            await self.bench.sending.send(tool, decision, Initiator.MODEL)

    @property
    def acts(self) -> list[Act]:
        """The newest first."""
        found, broken = self.bench.audit.acts()
        assert broken == 0
        return found

    @property
    def last(self) -> dict[str, str]:
        """All about the newest act."""
        act = self.acts[0]
        return {**dict(act.facts()), "item": act.text("item"), "decision": act.text("decision")}


@asynccontextmanager
async def program(root: Path) -> AsyncGenerator[Run]:
    paths = Paths(*(root / name for name in ("config", "data", "state", "cache")))
    person = Person()
    spec = StdioSpec("pocket", sys.executable, ("-I", "-S", SERVER))
    bench = Workbench(Home(paths, {}, Settings()), [spec], asker=person, asks=person)
    try:
        bench.start()
        await bench.hub.wait_settled()
        await bench.reviews.met()
        yield Run(bench, person, paths.audit_file)
    finally:
        await bench.aclose()


async def test_a_call_is_on_record_with_who_asked_what_was_decided_and_what_came_of_it(tmp_path: Path) -> None:
    async with program(tmp_path) as run:
        await run.model_calls("add", {"a": 17, "b": 25})
        last = run.last
        assert (last["who"], last["item"], last["decision"]) == ("scripted", "add", "allowed")
        assert last["arguments"] == '{"a":17,"b":25}' and last["sent"].startswith("15 bytes, sha256 ")
        assert (last["answer"], last["outcome"], last["result"]) == ("Allow once", "ok", "2 bytes")
        assert "rule" not in last

        run.person.answer = Answer.ALWAYS
        await run.model_calls("add", {"a": 1, "b": 1})
        (rule,) = run.bench.gate.rules
        assert run.last["rule"] == rule.short_id
        made = run.acts[1]
        assert (made.text("decision"), made.text("rule")) == ("rule made", rule.short_id)
        await run.model_calls("add", {"a": 2, "b": 2})
        assert (run.last["rule"], run.last["why"]) == (rule.short_id, "allowed always")
        assert "answer" not in run.last, "nobody was asked"
        run.bench.gate.revoke(rule)
        assert run.last["decision"] == "rule revoked"

    async with program(tmp_path) as later:
        assert len(later.acts) == 5, "what was before is still there"


async def test_a_denial_an_edit_an_error_and_a_stop_are_told_apart(tmp_path: Path) -> None:
    async with program(tmp_path) as run:
        run.person.answer, run.person.reason = Answer.DENY, "not on a Sunday"
        await run.model_calls("add", {"a": 1, "b": 2})
        assert (run.last["decision"], run.last["reason"]) == ("denied", "not on a Sunday")
        assert "outcome" not in run.last

        run.person.answer, run.person.arguments = Answer.ONCE, {"a": 3, "b": 4}
        await run.model_calls("add", {"a": 1, "b": 2})
        assert (run.last["edited"], run.last["arguments"]) == ("by you", '{"a":3,"b":4}')

        run.person.arguments = None
        with pytest.raises(McpTuiError):
            await run.model_calls("add", {})
        assert (run.last["outcome"], run.last["error"]) == ("error", "no such method")
        waiting = asyncio.create_task(run.model_calls("wait", {}))
        while run.acts[0].text("item") != "wait":  # noqa: ASYNC110 (a file tells nobody that it grew)
            await asyncio.sleep(0.01)
        assert run.acts[0].outcome == NO_END
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        assert run.last["outcome"] == "stopped"


async def test_of_two_equal_calls_each_has_its_own_end(tmp_path: Path) -> None:
    async with program(tmp_path) as run:
        tool = run.bench.find_tool("pocket", "add")
        assert tool is not None
        arguments = {"a": 17, "b": 25}
        await run.bench.gate.check(run.bench.request(tool, arguments, Initiator.MODEL))
        allowed = await run.bench.gate.check(run.bench.request(tool, arguments, Initiator.MODEL))
        await run.bench.sending.send(tool, allowed, Initiator.MODEL)
        later, earlier = run.acts
        assert (earlier.outcome, later.outcome) == (NO_END, "ok"), "the one that was sent is the one that ended"


async def test_prompts_and_resources_and_what_servers_are_answered_are_on_record(tmp_path: Path) -> None:
    async with program(tmp_path) as run:
        prompt = run.bench.hub.catalog("pocket").prompts[0]
        await run.bench.get_prompt(prompt, {"who": "Ada"}, initiator=Initiator.COMMAND_LINE)
        assert (run.last["item"], run.last["why"], run.last["outcome"]) == ("greet", "you asked for it", "ok")
        resource = run.bench.hub.catalog("pocket").resources[0]
        await run.bench.read_resource(resource)
        assert (run.acts[0].text("kind"), run.last["item"]) == (Kind.RESOURCE.value, "note://today")
        asks = run.bench.asks
        assert asks is not None
        await asks.elicit(Elicitation("pocket", "Your password?"))
        assert (run.last["about"], run.last["decision"]) == ("elicitation", "accept")
        await asks.sample(Sampling("pocket", ()))
        assert (run.last["about"], run.last["decision"]) == ("sampling", "declined")
        assert CANARY not in run.file.read_text(), "what was said is not kept"


async def test_no_secret_is_on_record(tmp_path: Path) -> None:
    async with program(tmp_path) as run:
        HIDDEN.add([CANARY])
        await run.model_calls("book", {"city": CANARY, "days": 2})
        run.person.answer, run.person.reason = Answer.DENY, f"it holds {CANARY}"
        await run.model_calls("book", {"city": CANARY, "days": 2})
        with suppress(McpTuiError):
            await run.bench.read_resource(run.bench.hub.catalog("pocket").templates[0], f"note://{CANARY}")
        assert CANARY not in run.file.read_text()
        assert "•••set•••" in run.file.read_text().encode().decode("unicode_escape")


async def test_a_log_that_cannot_be_written_is_said_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    async with program(tmp_path) as run:
        await run.model_calls("add", {"a": 1, "b": 2})
        await run.model_calls("add", {"a": 1, "b": 2})
        assert len(run.bench.calls.of("pocket", "add")) == 2
        warnings = [line.text for line in run.bench.log if "audit" in line.text]
        assert len(warnings) == 1 and "not on record" in warnings[0]
