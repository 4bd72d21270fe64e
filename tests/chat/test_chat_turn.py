"""A turn, from its first request to its last event, with a model on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from scripted_endpoint import DONE, Endpoint, delta, refuse, say, sse

from mcp_tui.chat.engine import run_turn
from mcp_tui.chat.events import (
    Noted,
    ReasoningDelta,
    RoundStarted,
    TextDelta,
    ToolApproved,
    ToolAsked,
    ToolDenied,
    ToolFinished,
    ToolProgressed,
    TurnEvent,
    TurnFailed,
    TurnFinished,
    UsageReported,
)
from mcp_tui.chat.ports import Progress
from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.domain.chat import AssistantMessage, Conversation, OfferedTool, ToolMessage, UserMessage
from mcp_tui.domain.content import TextBlock, ToolResult
from mcp_tui.domain.errors import PermissionDenied, ServerLost
from mcp_tui.domain.permission import Answer, Decision, Initiator, Request
from mcp_tui.llm.client import OpenAIModel


@dataclass
class FakeTools:
    """`add` adds, `slow` waits for `release`, `echo` says its text, `lost` loses its server, `changed` did."""

    running: set[str] = field(default_factory=set[str])
    called: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    release: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def settle(self) -> None:
        await asyncio.sleep(0)

    def offered(self) -> Sequence[OfferedTool]:
        return [OfferedTool(name, "demo", name, "", {}) for name in ("add", "slow", "echo", "fail", "lost", "changed")]

    def find(self, alias: str) -> Tool | None:
        return Tool("demo", alias) if alias in ("add", "slow", "echo", "fail", "lost", "changed", "hidden") else None

    def request(self, tool: Tool, arguments: dict[str, Any], who: str) -> Request:
        return Request(Initiator.MODEL, Kind.TOOL, tool.server, tool.name, arguments, tool.definition, "", who=who)

    def patience(self, tool: Tool) -> None:
        return None

    async def call(self, tool: Tool, decision: Decision, progress: Progress, patience: object) -> ToolResult:
        arguments = decision.arguments
        self.called.append((tool.name, arguments))
        self.running.add(tool.name)
        try:
            match tool.name:
                case "add":
                    return ToolResult((TextBlock(str(arguments["a"] + arguments["b"])),))
                case "slow":
                    progress(1, 2, "half way")
                    self.started.set()
                    await self.release.wait()
                    return ToolResult((TextBlock("slept"),))
                case "fail":
                    return ToolResult((TextBlock("no disk"),), is_error=True)
                case "lost":
                    raise ServerLost("demo went away", subject="demo")
                case "changed":
                    raise PermissionDenied("changed while it waited for your answer", subject="changed")
                case _:
                    self.release.set()
                    return ToolResult((TextBlock(arguments.get("text", "")),))
        finally:
            self.running.discard(tool.name)


@dataclass
class FakeGate:
    """Allows, unless the tool is in `denies`; waits for ever where it is in `ponders`."""

    denies: set[str] = field(default_factory=set[str])
    reason: str = ""
    ponders: set[str] = field(default_factory=set[str])
    edits: dict[str, Any] | None = None
    asked: list[str] = field(default_factory=list[str])
    asking: int = 0
    pondering: asyncio.Event = field(default_factory=asyncio.Event)

    async def check(self, request: Request) -> Decision:
        self.asked.append(request.item)
        self.asking += 1
        try:
            if request.item in self.ponders:
                self.pondering.set()
                await asyncio.Event().wait()
            await asyncio.sleep(0)
        finally:
            self.asking -= 1
        if request.item in self.denies:
            return Decision(False, request.arguments, "you said no", Answer.DENY, reason=self.reason)
        if self.edits is not None:
            return Decision(True, self.edits, "you said yes", Answer.ONCE, edited=True)
        return Decision(True, request.arguments, "you said yes", Answer.ONCE)


@dataclass
class Scene:
    """Everything one turn needs."""

    endpoint: Endpoint
    model: OpenAIModel
    tools: FakeTools = field(default_factory=FakeTools)
    gate: FakeGate = field(default_factory=FakeGate)
    conversation: Conversation = field(default_factory=Conversation)

    async def turn(self, text: str | None = "go", **options: Any) -> list[TurnEvent]:
        async with asyncio.timeout(10):
            events = run_turn(self.conversation, text, self.model, self.tools, self.gate, **options)
            return [event async for event in events]

    @property
    def told(self) -> list[str]:
        """What the model was told of its calls."""
        return [message.text for message in self.conversation.messages if isinstance(message, ToolMessage)]


@pytest.fixture
async def scene(endpoint: Endpoint) -> AsyncIterator[Scene]:
    before = asyncio.all_tasks()
    model = OpenAIModel(endpoint.url, "", "scripted")
    scene = Scene(endpoint, model)
    yield scene
    check_history(scene.conversation)
    assert not scene.tools.running and not scene.gate.asking
    await model.aclose()
    here = asyncio.current_task()
    assert not [task for task in asyncio.all_tasks() - before - endpoint.tasks if task is not here]


def check_history(conversation: Conversation) -> None:
    """It can be sent again: every call is answered once, in order, right after its message."""
    owed: list[str] = []
    for message in conversation.messages:
        if isinstance(message, ToolMessage):
            assert owed and message.call_id == owed.pop(0)
            continue
        assert not owed
        if isinstance(message, AssistantMessage):
            assert message.text.strip() or message.calls
            assert not (message.cut and message.calls)
            owed = [call.id for call in message.calls]
    assert not owed


def kinds(events: list[TurnEvent]) -> list[type]:
    """The kinds of events, runs of the same one folded."""
    found = [type(event) for event in events]
    return [kind for at, kind in enumerate(found) if at == 0 or found[at - 1] is not kind]


ADD = ("add", {"a": 17, "b": 25})


async def test_a_turn_with_a_tool_tells_everything_in_order(scene: Scene) -> None:
    scene.endpoint.script(say("Let me add.", reasoning="Sums.", calls=[ADD]), say("It is 42."))
    events = await scene.turn("add 17 and 25", system="be brief")
    assert kinds(events) == [
        *(RoundStarted, ReasoningDelta, TextDelta, UsageReported),
        *(ToolAsked, ToolApproved, ToolFinished),
        *(RoundStarted, TextDelta, UsageReported, TurnFinished),
    ]
    assert events[-1] == TurnFinished()
    assert scene.tools.called == [ADD]
    assert scene.told == ["42"]
    assert [type(m) for m in scene.conversation.messages] == [
        *(UserMessage, AssistantMessage, ToolMessage, AssistantMessage)
    ]
    assert [m["role"] for m in scene.endpoint.requests[1]["messages"]] == ["system", "user", "assistant", "tool"]
    asked = next(event for event in events if isinstance(event, ToolAsked))
    assert asked.request and asked.request.who == "scripted" and asked.arguments == ADD[1]


async def test_calls_of_one_answer_run_side_by_side_and_are_answered_in_order(scene: Scene) -> None:
    # slow ends only after echo ran: one after the other would never end
    scene.endpoint.script(say(calls=[("slow", {}), ("echo", {"text": "hi"}), ADD]), say("done"))
    events = await scene.turn()
    assert scene.gate.asked == ["slow", "echo", "add"]
    assert scene.told == ["slept", "hi", "42"]
    finished = [event.call.name for event in events if isinstance(event, ToolFinished)]
    assert finished.index("echo") < finished.index("slow")
    progressed = next(event for event in events if isinstance(event, ToolProgressed))
    assert (progressed.progress, progressed.total, progressed.message) == (1, 2, "half way")


async def test_a_denied_call_never_runs_and_the_model_is_told(scene: Scene) -> None:
    scene.gate.denies = {"add"}
    scene.endpoint.script(say(calls=[ADD, ("echo", {"text": "hi"})]), say("fine"))
    events = await scene.turn()
    assert [event.call.name for event in events if isinstance(event, ToolDenied)] == ["add"]
    assert scene.tools.called == [("echo", {"text": "hi"})]
    assert scene.told == ["Permission denied: the user said no", "hi"]
    assert events[-1] == TurnFinished()


async def test_the_calls_of_one_answer_are_asked_for_together(scene: Scene) -> None:
    scene.endpoint.script(say(calls=[ADD, ("nothing", {}), ("echo", {"text": "hi"})]), say(calls=[ADD]), say("done"))
    events = await scene.turn()
    first, _, second, alone = [event.request for event in events if isinstance(event, ToolAsked)]
    assert first and second and alone
    assert first.batch and first.batch == second.batch and not alone.batch
    asked = [at for at, event in enumerate(events) if isinstance(event, ToolAsked)]
    assert asked[2] < min(at for at, event in enumerate(events) if isinstance(event, ToolApproved))


async def test_the_model_is_told_why_the_user_said_no(scene: Scene) -> None:
    scene.gate.denies, scene.gate.reason = {"add"}, "use the other server"
    scene.endpoint.script(say(calls=[ADD]), say("fine"))
    await scene.turn()
    assert scene.told == ["Permission denied: the user said no. Their reason: use the other server"]


async def test_edited_arguments_are_those_that_run_and_the_model_knows(scene: Scene) -> None:
    scene.gate.edits = {"a": 1, "b": 1}
    scene.endpoint.script(say(calls=[ADD]), say("two"))
    await scene.turn()
    assert scene.tools.called == [("add", {"a": 1, "b": 1})]
    assert scene.told == ['The user changed the arguments to {"a": 1, "b": 1}\n2']


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("add", '{"a": 1', "not valid JSON"),
        ("add", "[1, 2]", "must be a JSON object, not list"),
        ("add", "[" * 100_000, "too deeply"),
        ("hidden", "{}", "there is no tool 'hidden'; the tools are: add, slow, echo, fail, lost"),
        ("nothing", "{}", "there is no tool 'nothing'"),
    ],
)
async def test_a_call_that_makes_no_sense_is_told_so_and_never_asked_for(
    scene: Scene, name: str, arguments: str, told: str
) -> None:
    scene.endpoint.script(say(calls=[(name, arguments)], split=200_000), say("sorry"))
    events = await scene.turn()
    assert scene.gate.asked == [] and scene.tools.called == []
    (text,) = scene.told
    assert text.startswith("Error: ") and told in text
    assert [event.request for event in events if isinstance(event, ToolAsked)] == [None]
    assert [told in event.error for event in events if isinstance(event, ToolFinished)] == [True]
    assert scene.endpoint.requests[1]["messages"][1]["tool_calls"][0]["function"]["arguments"] == "{}"


async def test_an_object_inside_a_string_is_unwrapped_once(scene: Scene) -> None:
    scene.endpoint.script(say(calls=[("add", '"{\\"a\\": 1, \\"b\\": 2}"')]), say("three"))
    await scene.turn()
    assert scene.told == ["3"]


@pytest.mark.parametrize(
    ("call", "told", "error"),
    [
        (("fail", {}), "Error: no disk", ""),
        (("lost", {}), "Error: demo went away", "demo went away"),
        (("echo", {}), "(no output)", ""),
        (
            ("changed", {}),
            "Permission denied: changed while it waited for your answer",
            "changed while it waited for your answer",
        ),
    ],
)
async def test_what_goes_wrong_in_a_tool_is_told_and_the_turn_goes_on(
    scene: Scene, call: tuple[str, dict[str, Any]], told: str, error: str
) -> None:
    scene.endpoint.script(say(calls=[call]), say("ok"))
    events = await scene.turn()
    assert scene.told == [told]
    assert [event.error for event in events if isinstance(event, ToolFinished)] == [error]
    assert events[-1] == TurnFinished()


@pytest.mark.parametrize("goes_on", [True, False])
async def test_at_the_cap_of_rounds_somebody_is_asked(scene: Scene, goes_on: bool) -> None:
    asked: list[int] = []

    async def may_go_on(rounds: int) -> bool:
        asked.append(rounds)
        return goes_on

    scene.endpoint.script(say(calls=[ADD]), say(calls=[ADD]), say("done"))
    events = await scene.turn(max_rounds=2, may_go_on=may_go_on)
    assert asked == [2]
    assert events[-1] == TurnFinished(stopped=not goes_on)
    assert len(scene.endpoint.requests) == (3 if goes_on else 2)


async def test_with_nobody_to_ask_the_cap_stops_the_turn(scene: Scene) -> None:
    scene.endpoint.script(say(calls=[ADD]))
    assert (await scene.turn(max_rounds=1))[-1] == TurnFinished(stopped=True)


async def test_a_refused_request_fails_the_turn_and_can_be_sent_again(scene: Scene) -> None:
    scene.endpoint.script(refuse(500, "out of memory"), say("here"))
    failed = (await scene.turn("hello"))[-1]
    assert isinstance(failed, TurnFailed) and "out of memory" in str(failed.error)
    assert (await scene.turn(None))[-1] == TurnFinished()
    assert scene.endpoint.requests[0]["messages"] == scene.endpoint.requests[1]["messages"]
    assert scene.conversation.messages == [
        UserMessage("hello"),
        AssistantMessage("here"),
    ]


async def test_an_error_in_the_stream_keeps_the_text_and_a_retry_replaces_it(scene: Scene) -> None:
    scene.endpoint.script(sse(delta(content="half"), {"error": {"message": "overloaded"}}), say("whole"))
    assert isinstance((await scene.turn("hello"))[-1], TurnFailed)
    assert scene.conversation.messages[1:] == [AssistantMessage("half", cut=True)]
    await scene.turn(None)
    assert scene.conversation.messages[1:] == [AssistantMessage("whole")]


async def test_a_cut_answer_keeps_its_text_and_never_runs_its_calls(scene: Scene) -> None:
    half = {"index": 0, "id": "x", "function": {"name": "add", "arguments": '{"a": 17'}}
    scene.endpoint.script(sse(delta(content="Let me"), delta(tool_calls=[half]), abort=True), say("whole"))
    events = await scene.turn()
    assert events[-1] == TurnFinished(cut=True)
    (note,) = [event.text for event in events if isinstance(event, Noted)]
    assert "cut" in note and "its tool call was not run" in note
    assert scene.gate.asked == []
    assert scene.conversation.messages[1:] == [AssistantMessage("Let me", cut=True)]


async def test_calls_cut_by_the_length_limit_are_not_run(scene: Scene) -> None:
    scene.endpoint.script(say("Let me", calls=[ADD, ("add", '{"a": 1')], finish="length"))
    events = await scene.turn()
    assert events[-1] == TurnFinished(cut=True) and scene.gate.asked == []


async def test_an_empty_answer_is_pointed_out(scene: Scene) -> None:
    scene.endpoint.script(sse(delta("stop"), DONE))
    events = await scene.turn()
    assert Noted("the model gave an empty answer") in events


async def test_a_retry_of_a_note_is_seen_in_the_turn(scene: Scene) -> None:
    scene.endpoint.script(refuse(429, "slow", headers={"retry-after": "0"}), say("ok"))
    events = await scene.turn()
    assert kinds(events) == [RoundStarted, Noted, TextDelta, UsageReported, TurnFinished]


# Stopping. Each point: what the endpoint says, what the gate ponders on, and when the moment has come.
POINTS: dict[str, tuple[list[Any], set[str], str, list[str], str]] = {
    "before the answer": ([sse(hang=True)], set(), "endpoint", [], ""),
    "mid-text": ([sse(delta(content="half"), hang=True)], set(), "endpoint", [], "half"),
    "mid-call": (
        [sse(delta(content="half"), delta(tool_calls=[{"index": 0, "function": {"name": "add"}}]), hang=True)],
        *(set(), "endpoint", [], "half"),
    ),
    "while waiting to retry": ([refuse(429, "slow", headers={"retry-after": "50"})], set(), "note", [], ""),
    "during a question": ([say("Let me", calls=[ADD])], {"add"}, "gate", ["Cancelled by the user"], "Let me"),
    "during a call": ([say("Let me", calls=[("slow", {})])], set(), "tool", ["Cancelled by the user"], "Let me"),
    "between parallel calls": (
        [say("Let me", calls=[ADD, ("slow", {}), ("fail", {})])],
        *({"fail"}, "gate", ["42", "Cancelled by the user", "Cancelled by the user"], "Let me"),
    ),
    "in the second round": ([say("Let me", calls=[ADD]), sse(hang=True)], set(), "endpoint", ["42"], "Let me"),
}


@pytest.mark.parametrize("point", POINTS)
async def test_a_turn_cancelled_anywhere_leaves_a_history_that_can_be_sent(scene: Scene, point: str) -> None:
    steps, scene.gate.ponders, moment, told, text = POINTS[point]
    scene.endpoint.script(*steps)
    noted, heard = asyncio.Event(), asyncio.Event()

    async def consume() -> None:
        async with aclosing(run_turn(scene.conversation, "go", scene.model, scene.tools, scene.gate)) as events:
            async for event in events:
                match event:
                    case Noted():
                        noted.set()
                    case TextDelta():
                        heard.set()
                    case _:
                        pass

    task = asyncio.create_task(consume())
    moments = {
        "endpoint": scene.endpoint.asked,
        "gate": scene.gate.pondering,
        "tool": scene.tools.started,
        "note": noted,
    }
    await asyncio.wait_for(moments[moment].wait(), 10)
    if text:
        await asyncio.wait_for(heard.wait(), 5)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert task.cancelled()
    if moment == "endpoint":
        await asyncio.wait_for(scene.endpoint.hung_up.wait(), 5)
    check_history(scene.conversation)
    assert scene.told == told
    assert [m.text for m in scene.conversation.messages if isinstance(m, AssistantMessage)] == ([text] if text else [])

    scene.gate.ponders = set()
    scene.endpoint.script(say("well then"))
    assert (await scene.turn("again"))[-1] == TurnFinished()


async def test_a_turn_closed_at_any_event_leaves_a_history_that_can_be_sent(scene: Scene) -> None:
    steps = [say("Let me add.", reasoning="Sums.", calls=[ADD, ("nothing", {}), ("lost", {})]), say("It is 42.")]
    scene.endpoint.script(*steps)
    whole = len(await scene.turn())
    for stop_at in range(1, whole):
        scene.conversation = Conversation()
        scene.endpoint.forget()
        scene.endpoint.script(*steps)
        async with aclosing(run_turn(scene.conversation, "go", scene.model, scene.tools, scene.gate)) as events:
            for _ in range(stop_at):
                await anext(events)
        check_history(scene.conversation)
        assert not scene.tools.running
