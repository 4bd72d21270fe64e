"""A model drafts the answer to a server's request."""

from __future__ import annotations

import pytest
from scripted_endpoint import Endpoint, say

from mcp_tui.domain.asks import SampleReply, Sampling, SamplingMessage
from mcp_tui.domain.chat import AssistantMessage, OfferedTool, SystemMessage, ToolCall, ToolMessage, UserMessage
from mcp_tui.domain.content import TextBlock, UnknownBlock
from mcp_tui.llm.client import OpenAIModel
from mcp_tui.workbench.sampling import calls_of, calls_text, draft, messages_of

LOOK = OfferedTool("look.out", "srv", "look.out", "Look out", {"type": "object"})
QUESTION = SamplingMessage("user", (TextBlock("Will it rain?"),))
ASK = Sampling("srv", (QUESTION,), "Be brief.", 50, tools=(LOOK,), temperature=0.0, stop=("END",))
USED = UnknownBlock({"type": "tool_use", "id": "c1", "name": "look.out", "input": {"at": "sky"}})
SEEN = UnknownBlock({"type": "tool_result", "toolUseId": "c1", "content": [{"type": "text", "text": "clouds"}]})


async def test_a_draft_keeps_to_the_servers_limits_and_may_call_its_tools(endpoint: Endpoint) -> None:
    endpoint.script(say("Let me look.", calls=[("look_out", {"at": "sky"})]))
    model = OpenAIModel(endpoint.url, "", "scripted")
    try:
        reply = await draft(model, ASK)
    finally:
        await model.aclose()
    (sent,) = endpoint.requests
    assert (sent["max_tokens"], sent["temperature"], sent["stop"]) == (50, 0.0, ["END"])
    assert [tool["function"]["name"] for tool in sent["tools"]] == ["look_out"]
    assert reply.text == "Let me look." and reply.model == "scripted"
    assert [(call.name, call.arguments) for call in reply.calls] == [("look.out", '{"at": "sky"}')]


def test_uses_of_tools_and_their_results_stand_in_their_places() -> None:
    ask = Sampling(
        "srv", (QUESTION, SamplingMessage("assistant", (USED,)), SamplingMessage("user", (SEEN,))), "Be brief."
    )
    assert messages_of(ask) == [
        SystemMessage("Be brief."),
        UserMessage("Will it rain?"),
        AssistantMessage("", calls=(ToolCall("c1", "look_out", '{"at": "sky"}'),)),
        ToolMessage("c1", "", "clouds"),
    ]


def test_calls_as_they_are_shown_are_read_back() -> None:
    calls = SampleReply("", "m", (ToolCall("c1", "look.out", '{"at": "sky"}'),)).calls
    assert calls_of(calls_text(calls), (LOOK,)) == calls
    assert calls_of("  ", (LOOK,)) == ()


@pytest.mark.parametrize("typed", ["[1]", '[{"name": "other"}]', '[{"name": "look.out", "arguments": []}]', "no"])
def test_what_is_no_call_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        calls_of(typed, (LOOK,))
