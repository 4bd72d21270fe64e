"""Recorded kinds of streams, each over a real socket: what a user sees, and what enters the history."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from scripted_endpoint import DONE, Endpoint, Step, delta, say, sse

from mcp_tui.domain.chat import Answered, Note, Part, ReasoningPart, TextPart, ToolCall, UserMessage
from mcp_tui.domain.errors import ModelRefused, ModelUnreachable
from mcp_tui.llm.client import OpenAIModel

HELLO = [UserMessage("hello")]


@pytest.fixture
async def model(endpoint: Endpoint) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(endpoint.url, "", "scripted")
    yield model
    await model.aclose()


async def answer(model: OpenAIModel) -> tuple[list[Part], Answered]:
    async with asyncio.timeout(10):
        parts = [part async for part in model.stream(HELLO, [])]
    last = parts[-1]
    assert isinstance(last, Answered)
    return parts, last


def spoken(parts: list[Part]) -> tuple[str, str]:
    text = "".join(part.text for part in parts if isinstance(part, TextPart))
    return text, "".join(part.text for part in parts if isinstance(part, ReasoningPart))


def call(arguments: Any = None, **fields: Any) -> dict[str, Any]:
    """A chunk with one tool call; `name` goes where it belongs."""
    function = {"name": fields.pop("name")} if "name" in fields else {}
    if arguments is not None:
        function["arguments"] = arguments
    return delta(tool_calls=[{**fields, "function": function}])


async def test_a_well_formed_answer_comes_in_pieces_with_its_usage(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(say("17 and 25 make 42.", reasoning="Add them."))
    parts, last = await answer(model)
    assert spoken(parts) == ("17 and 25 make 42.", "Add them.")
    assert len([part for part in parts if isinstance(part, TextPart)]) == 5
    assert last.message.text == "17 and 25 make 42." and not last.message.cut and last.why == ""
    assert last.message.reasoning_field == "reasoning_content"
    assert last.usage and (last.usage.prompt, last.usage.completion) == (11, 7)


F, T = '{"a": 1}', '{"b": 2}'
CALLS: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str]]]] = {
    "fragments": (
        [call("", index=0, id="x", name="f"), call('{"a"', index=0), call(": 1}", index=0)],
        [("f", F)],
    ),
    "two calls by index": (
        [call(F, index=0, id="x", name="f"), call('{"b"', index=1, id="y", name="g"), call(": 2}", index=1)],
        [("f", F), ("g", T)],
    ),
    "interleaved by index": (
        [
            call('{"a"', index=0, id="x", name="f"),
            call('{"b"', index=1, id="y", name="g"),
            call(": 1}", index=0),
            call(": 2}", index=1),
        ],
        [("f", F), ("g", T)],
    ),
    "no index": ([call(F, id="x", name="f"), call(T, id="y", name="g")], [("f", F), ("g", T)]),
    "no index, fragments": (
        [call('{"a"', id="x", name="f"), call(": 1}"), call('{"b"', id="y", name="g"), call(": 2}")],
        [("f", F), ("g", T)],
    ),
    "index always 0": ([call(F, index=0, id="x", name="f"), call(T, index=0, id="y", name="f")], [("f", F), ("f", T)]),
    "index always 0, no arguments": (
        [call("", index=0, id="x", name="f"), call("", index=0, id="y", name="f")],
        [("f", "{}"), ("f", "{}")],
    ),
    "index always 0, no ids": ([call(F, index=0, name="f"), call(T, index=0, name="g")], [("f", F), ("g", T)]),
    "nothing but order": ([call(F, name="f"), call(T, name="f")], [("f", F), ("f", T)]),
    "the same id for all": (
        [call(F, index=0, id="x", name="f"), call(T, index=1, id="x", name="g")],
        [("f", F), ("g", T)],
    ),
    "empty ids": ([call(F, index=0, id="", name="f"), call(T, index=1, id="", name="g")], [("f", F), ("g", T)]),
    "id comes late": ([call('{"a"', index=0, name="f"), call(": 1}", index=0, id="x")], [("f", F)]),
    "id changes": (
        [call("", index=0, id="x", name="f"), call('{"a"', index=0, id="y"), call(": 1}", index=0, id="z")],
        [("f", F)],
    ),
    "name repeated": (
        [call('{"a"', index=0, id="x", name="f"), call(": 1}", index=0, id="x", name="f")],
        [("f", F)],
    ),
    "name null later": ([call('{"a"', index=0, id="x", name="f"), call(": 1}", index=0, name="null")], [("f", F)]),
    "arguments null": ([call(None, index=0, id="x", name="f"), call("null", index=0)], [("f", "{}")]),
    "arguments absent": ([call(index=0, id="x", name="f")], [("f", "{}")]),
    "arguments an object": ([call({"a": 1}, index=0, id="x", name="f")], [("f", F)]),
    "cumulative": (
        [call('{"a"', index=0, id="x", name="f"), call('{"a": ', index=0), call(F, index=0)],
        [("f", F)],
    ),
    "repeated whole at the end": (
        [call('{"a"', index=0, id="x", name="f"), call(": 1}", index=0), call(F, index=0)],
        [("f", F)],
    ),
    "nested and no repetition": (
        [call('{"a": ', index=0, id="x", name="f"), call('{"a": 1}}', index=0)],
        [("f", '{"a": {"a": 1}}')],
    ),
}


@pytest.mark.parametrize("case", CALLS)
async def test_calls_are_put_together_and_never_merged(endpoint: Endpoint, model: OpenAIModel, case: str) -> None:
    chunks, expected = CALLS[case]
    endpoint.script(sse(*chunks, delta("tool_calls"), DONE))
    _, last = await answer(model)
    calls = last.message.calls
    assert [(made.name, made.arguments) for made in calls] == expected
    ids = [made.id for made in calls]
    assert all(ids) and len(set(ids)) == len(ids)
    assert not last.message.cut


async def test_fields_we_do_not_know_stay_with_their_call(endpoint: Endpoint, model: OpenAIModel) -> None:
    extra = {"google": {"thought_signature": "s3cr3t"}}
    endpoint.script(sse(call(F, index=0, id="x", name="f", type="function", extra_content=extra), delta("stop"), DONE))
    _, last = await answer(model)
    assert last.message.calls == (ToolCall("x", "f", F, {"extra_content": extra}),)


async def test_calls_count_whatever_the_finish_reason_says(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(sse(call(F, index=0, id="x", name="f"), delta("stop"), DONE))
    _, last = await answer(model)
    assert len(last.message.calls) == 1 and not last.message.cut


SPEECH: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "reasoning_content": ([delta(reasoning_content="why"), delta(content="so")], "so", "why"),
    "reasoning": ([delta(reasoning="why"), delta(content="so")], "so", "why"),
    "both fields at once": ([delta(reasoning="why", reasoning_content="why"), delta(content="so")], "so", "why"),
    "reasoning_details": ([delta(reasoning_details=[{"text": "why"}]), delta(content="so")], "so", "why"),
    "think tags": ([delta(content="<think>why</think>\n\nso")], "so", "why"),
    "think tags cut anywhere": (
        [delta(content=c) for c in "\n<think>why < what</think>so <b>"],
        "so <b>",
        "why < what",
    ),
    "never closed": ([delta(content="<think>why </thi")], "", "why </thi"),
    "stray closing tag": ([delta(content="done</th"), delta(content="ink>so")], "doneso", ""),
    "stray closing tag first": ([delta(reasoning_content="why"), delta(content="</think>\nso")], "so", "why"),
    "a tag in prose": (
        [delta(content=c) for c in ("Write <", "think", "> and </think>")],
        "Write <think> and </think>",
        "",
    ),
    "a tag in prose after reasoning": (
        [delta(reasoning_content="why"), delta(content="Write <think> and </think>")],
        "Write <think> and </think>",
        "why",
    ),
    "half a tag": ([delta(content="<thi"), delta(content="s>")], "<this>", ""),
    "null content": ([delta(content=None), delta(content="so")], "so", ""),
    "content in blocks": (
        [delta(content=[{"type": "thinking", "thinking": [{"text": "why"}]}, {"type": "text", "text": "so"}])],
        "so",
        "why",
    ),
    "cumulative": (
        [delta(content=t) for t in ("He", "Hello", "Hello you", "Hello you", "Hello you!")],
        "Hello you!",
        "",
    ),
    "looks cumulative once": ([delta(content=t) for t in ("ha", "haha", "!")], "hahaha!", ""),
    "looks cumulative at the end": ([delta(content=t) for t in ("ha", "haha")], "hahaha", ""),
    "no choices": ([{"choices": []}, {}, {"choices": None}, delta(content="so")], "so", ""),
    "no delta": ([{"choices": [{"index": 0, "content_filter_results": {}}]}, delta(content="so")], "so", ""),
    "refusal": ([delta(refusal="No."), delta(content=None)], "No.", ""),
}


@pytest.mark.parametrize("case", SPEECH)
async def test_text_and_reasoning_are_told_apart(endpoint: Endpoint, model: OpenAIModel, case: str) -> None:
    chunks, text, reasoning = SPEECH[case]
    endpoint.script(sse(*chunks, delta("stop"), DONE))
    parts, last = await answer(model)
    assert spoken(parts) == (text, reasoning)
    assert (last.message.text, last.message.reasoning) == (text, reasoning)


ONE = b'{"choices":[{"delta":{"content":"a\xe2\x80\xa8b\xc2\x85c \xe2\x82\xac"}}]}'
STOP = b'{"choices":[{"delta":{},"finish_reason":"stop"}]}'
BODIES: dict[str, bytes] = {
    "newlines": b"data: " + ONE + b"\n\ndata: " + STOP + b"\n\ndata: [DONE]\n\n",
    "carriage returns": b"data: " + ONE + b"\r\rdata: " + STOP + b"\r\rdata: [DONE]\r\r",
    "both": b"data: " + ONE + b"\r\n\r\ndata: " + STOP + b"\r\n\r\ndata: [DONE]\r\n\r\n",
    "no space, comments, ids": b": ping\n\nid: 1\nevent: message\ndata:" + ONE + b"\n\n: ping\ndata:" + STOP + b"\n\n",
    "byte order mark": b"\xef\xbb\xbfdata: " + ONE + b"\n\ndata: " + STOP + b"\n\n",
    "no empty lines between": b"data: " + ONE + b"\ndata: " + STOP + b"\ndata: [DONE]\n",
    "no end of line at the end": b"data: " + ONE + b"\n\ndata: " + STOP,
    "data of several lines": b"data: " + ONE.replace(b":[", b":\ndata: [", 1) + b"\n\ndata: " + STOP + b"\n\n",
    "not streamed": b'{"choices": [{"message":\n' + ONE[21:-3] + b', "finish_reason": "stop"}]}',
}


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("case", BODIES)
async def test_lines_end_where_the_standard_says(endpoint: Endpoint, model: OpenAIModel, case: str, size: int) -> None:
    body = BODIES[case]
    endpoint.script(Step(tuple(body[at : at + size] for at in range(0, len(body), size))))
    _, last = await answer(model)
    assert last.message.text == "a\u2028b\u0085c €" and not last.message.cut


CUTS: dict[str, tuple[Step, str]] = {
    "silent end": (sse(delta(content="half")), "connection ended too early"),
    "broken connection": (sse(delta(content="half"), abort=True), "Cannot reach"),
    "length": (sse(delta(content="half"), delta("length"), DONE), "length limit"),
    "filter": (sse(delta(content="half"), delta("content_filter"), DONE), "content filter"),
    "error": (sse(delta(content="half"), delta("error"), DONE), "reported an error"),
}


@pytest.mark.parametrize("case", CUTS)
async def test_an_answer_that_is_not_whole_says_why(endpoint: Endpoint, model: OpenAIModel, case: str) -> None:
    step, why = CUTS[case]
    endpoint.script(step)
    parts, last = await answer(model)
    assert spoken(parts)[0] == last.message.text == "half"
    assert last.message.cut and why in last.why


async def test_a_finish_reason_or_done_alone_makes_it_whole(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(sse(delta(content="a"), delta("stop")), sse(delta(content="b"), DONE))
    assert [(await answer(model))[1].message.cut for _ in range(2)] == [False, False]


async def test_a_silence_inside_an_answer_cuts_it(endpoint: Endpoint) -> None:
    model = OpenAIModel(endpoint.url, "", "scripted", wait=0.2)
    endpoint.script(sse(delta(content="half"), hang=True))
    _, last = await answer(model)
    assert last.message.cut and "did not answer within" in last.why
    await asyncio.wait_for(endpoint.hung_up.wait(), 5)
    await model.aclose()


async def test_a_silence_before_the_answer_is_an_error(endpoint: Endpoint) -> None:
    model = OpenAIModel(endpoint.url, "", "scripted", first_wait=0.2)
    endpoint.script(sse(hang=True))
    with pytest.raises(ModelUnreachable, match="did not answer"):
        await answer(model)
    await model.aclose()


@pytest.mark.parametrize(
    "broken",
    [
        {"error": {"message": "overloaded", "code": 529}},
        {"error": "overloaded", "choices": []},
        {"object": "error", "message": "overloaded"},
        b'error: {"message": "overloaded"}\n\n',
    ],
)
async def test_an_error_inside_the_stream_keeps_what_came(
    endpoint: Endpoint, model: OpenAIModel, broken: dict[str, Any] | bytes
) -> None:
    endpoint.script(sse(delta(content="half <"), broken, DONE))
    parts: list[Part] = []
    with pytest.raises(ModelRefused, match="overloaded") as caught:
        async for part in model.stream(HELLO, []):
            parts.append(part)
    assert spoken(parts)[0] == "half <"
    assert caught.value.subject == model.address and caught.value.hint


async def test_a_broken_line_is_left_out_and_noted_once(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(sse(delta(content="a"), '{"choices": [', delta(content="b"), "nonsense", delta("stop"), DONE))
    parts, last = await answer(model)
    assert last.message.text == "ab" and not last.message.cut
    assert len([part for part in parts if isinstance(part, Note)]) == 1


@pytest.mark.parametrize("body", [b"<!doctype html><h1>Open WebUI</h1>", b"", b"data: [nonsense\n\n"])
async def test_a_page_that_is_no_answer_is_an_error(endpoint: Endpoint, model: OpenAIModel, body: bytes) -> None:
    endpoint.script(Step((body,) if body else ()))
    with pytest.raises(ModelRefused):
        await answer(model)


async def test_a_tool_call_written_as_text_is_pointed_out(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(say('<tool_call>{"name": "add"}</tool_call>'))
    parts, last = await answer(model)
    assert any(isinstance(part, Note) and "as text" in part.text for part in parts)
    assert last.message.calls == ()


async def test_closing_the_stream_hangs_up_at_once(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(sse(delta(content="half"), hang=True))
    stream = model.stream(HELLO, [])
    assert await anext(stream) == TextPart("half")
    await stream.aclose()
    await asyncio.wait_for(endpoint.hung_up.wait(), 5)


async def test_a_connection_is_used_again_for_the_next_answer(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(say("one"), say("two"))
    assert [(await answer(model))[1].message.text for _ in range(2)] == ["one", "two"]
    assert endpoint.connections == 1
