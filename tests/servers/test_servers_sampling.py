"""Servers that ask for the model: with tools of their own, and no more often than a person can follow."""

from __future__ import annotations

import json

from servers_kit import Answers, hosting, raw

from mcp_tui.domain.asks import SampleReply, Sampling
from mcp_tui.domain.chat import ToolCall
from mcp_tui.domain.limits import SAMPLES

TOOLS = [{"name": "weather", "description": "Look out", "inputSchema": {"type": "object"}}]


class Model(Answers):
    """Wants the first tool called, when there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.sampled: list[Sampling] = []

    async def sample(self, ask: Sampling) -> SampleReply | None:
        self.sampled.append(ask)
        calls = tuple(ToolCall("c1", tool.alias, '{"city": "Oslo"}') for tool in ask.tools)
        return SampleReply("", "test-model", calls) if calls else SampleReply("no", "test-model")


async def test_the_models_wish_to_use_a_servers_tool_reaches_that_server() -> None:
    model = Model()
    async with hosting(raw(), asks=model, sampling=True) as host:
        hints = {"hints": [{"name": "small"}]}
        reply = json.loads(await host.call("sample", tools=TOOLS, modelPreferences=hints, temperature=0.5))
    assert reply["stopReason"] == "toolUse"
    assert reply["content"] == [{"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Oslo"}}]
    (ask,) = model.sampled
    assert (ask.tools[0].description, ask.hints, ask.temperature) == ("Look out", ("small",), 0.5)


async def test_tools_that_must_not_be_used_are_not_offered() -> None:
    model = Model()
    async with hosting(raw(), asks=model, sampling=True) as host:
        reply = json.loads(await host.call("sample", tools=TOOLS, toolChoice={"mode": "none"}))
    assert reply["content"] == {"type": "text", "text": "no"} and model.sampled[0].tools == ()


async def test_a_server_that_asks_too_often_is_refused_without_asking_anybody() -> None:
    model = Model()
    async with hosting(raw(), asks=model, sampling=True) as host:
        for _ in range(SAMPLES):
            await host.call("sample")
        assert "Too many" in await host.call("sample")
        assert any("more than" in line for line in host.logged("warning"))
    assert len(model.sampled) == SAMPLES
