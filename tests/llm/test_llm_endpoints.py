"""Endpoints that refuse, want to be asked otherwise, or are not there; and what is sent to them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from scripted_endpoint import Endpoint, Step, refuse, say

from mcp_tui.domain.chat import (
    Answered,
    AssistantMessage,
    Message,
    Note,
    OfferedTool,
    SystemMessage,
    ToolCall,
    ToolMessage,
    Usage,
    UserMessage,
)
from mcp_tui.domain.errors import KeyRefused, ModelRefused, ModelUnreachable
from mcp_tui.llm.client import OpenAIModel, list_models
from mcp_tui.llm.profiles import Profile, Quirks, profile_for
from mcp_tui.llm.sdk import normalise
from mcp_tui.llm.wire import messages_json

HELLO = [UserMessage("hello")]
ADD = OfferedTool("demo__add", "demo", "add", "", {"properties": {"a": {"type": "string", "pattern": "^x"}}})
CALLED: list[Message] = [
    UserMessage("add"),
    AssistantMessage("", "because", "reasoning_content", (ToolCall("call_1", "demo__add", '{"a": "x"}', {"sig": 1}),)),
    ToolMessage("call_1", "demo__add", "42"),
]


@pytest.fixture
async def model(endpoint: Endpoint) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(endpoint.url, "secret-key", "scripted", options={"max_tokens": 100}, context=8192)
    yield model
    await model.aclose()


async def ask(
    model: OpenAIModel, messages: Sequence[Message] = HELLO, tools: Sequence[OfferedTool] = ()
) -> tuple[str, list[str]]:
    """The answer's text and the notes on the way."""
    async with asyncio.timeout(10):
        parts = [part async for part in model.stream(messages, tools)]
    last = parts[-1]
    assert isinstance(last, Answered)
    return last.message.text, [part.text for part in parts if isinstance(part, Note)]


async def test_a_request_carries_the_history_the_tools_and_the_key(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(say("ok"))
    await ask(model, [SystemMessage("be brief"), *CALLED], [ADD])
    (sent,) = endpoint.requests
    assert [message["role"] for message in sent["messages"]] == ["system", "user", "assistant", "tool"]
    called = sent["messages"][2]
    assert called["reasoning_content"] == "because"
    assert called["tool_calls"][0]["sig"] == 1
    assert called["tool_calls"][0]["function"] == {"name": "demo__add", "arguments": '{"a": "x"}'}
    assert sent["messages"][3]["tool_call_id"] == "call_1"
    function = sent["tools"][0]["function"]
    assert (function["name"], function["description"]) == ("demo__add", "")
    assert function["parameters"] == {"type": "object", "properties": {"a": {"type": "string", "pattern": "^x"}}}
    assert sent["stream_options"] == {"include_usage": True} and sent["max_tokens"] == 100
    assert "parallel_tool_calls" not in sent
    assert endpoint.headers[0]["authorization"] == "Bearer secret-key"


async def test_the_accounts_of_the_environment_stay_with_openai(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-mine")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    model = OpenAIModel(endpoint.url, "", "scripted")
    await ask(model)
    assert not [name for name in endpoint.headers[0] if name.startswith("openai-")]
    await model.aclose()


async def test_the_context_is_told_with_the_usage(model: OpenAIModel) -> None:
    parts = [part async for part in model.stream(HELLO, [])]
    last = parts[-1]
    assert isinstance(last, Answered) and last.usage and last.usage.context == 8192


LESSONS: dict[str, tuple[Step, str, dict[str, Any]]] = {
    "parameter": (refuse(400, "Unrecognized argument: stream_options", param="stream_options"), "stream_options", {}),
    "validation": (
        Step((b'{"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}',), 422),
        "stream_options",
        {},
    ),
    "other name": (
        refuse(400, "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
        "max_tokens",
        {"max_completion_tokens": 100},
    ),
    "no tools": (refuse(400, "registry.ollama.ai/library/gemma does not support tools"), "tools", {}),
}


@pytest.mark.parametrize("case", LESSONS)
async def test_a_refused_parameter_is_left_out_said_and_remembered(
    endpoint: Endpoint, model: OpenAIModel, case: str
) -> None:
    refusal, gone, there = LESSONS[case]
    endpoint.script(refusal, say("one"), say("two"))
    text, notes = await ask(model, HELLO, [ADD])
    assert text == "one" and len(notes) == 1 and gone.removesuffix("s") in notes[0]
    assert await ask(model, HELLO, [ADD]) == ("two", [])
    first, *later = endpoint.requests
    assert gone in first
    for sent in later:
        assert gone not in sent and there.items() <= sent.items()


async def test_a_schema_that_no_grammar_takes_is_sent_without_limits(endpoint: Endpoint, model: OpenAIModel) -> None:
    pattern = {"pattern": {"type": "string", "pattern": "^(?=x)", "enum": ["format"]}}
    tool = OfferedTool("t", "demo", "t", "", {"properties": pattern})
    endpoint.script(refuse(400, "failed to parse grammar"), say("ok"))
    assert (await ask(model, HELLO, [tool]))[0] == "ok"
    parameters = endpoint.requests[1]["tools"][0]["function"]["parameters"]
    assert parameters["properties"] == {"pattern": {"type": "string", "enum": ["format"]}}


async def test_reasoning_is_left_out_where_it_is_refused(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(refuse(400, "property 'reasoning_content' is unsupported"), say("ok"))
    assert (await ask(model, CALLED))[0] == "ok"
    assert ["reasoning_content" in sent["messages"][1] for sent in endpoint.requests] == [True, False]


async def test_a_lesson_that_does_not_help_ends_in_an_error(endpoint: Endpoint, model: OpenAIModel) -> None:
    endpoint.script(*[refuse(400, "bad stream_options", param="stream_options")] * 3)
    with pytest.raises(ModelRefused):
        await ask(model)
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize("headers", [{"retry-after": "0"}, {"retry-after-ms": "20"}])
async def test_a_wait_is_said_and_kept(endpoint: Endpoint, model: OpenAIModel, headers: dict[str, str]) -> None:
    endpoint.script(refuse(429, "slow down", headers=headers), say("ok"))
    text, notes = await ask(model)
    assert text == "ok"
    assert len(notes) == 1 and notes[0].startswith("the endpoint asks to wait")


REFUSALS: dict[str, tuple[Step, int, str]] = {
    "third wait": (refuse(429, "slow down", headers={"retry-after": "0"}), 3, "wait a little"),
    "long wait": (refuse(429, "slow down", headers={"retry-after": "300"}), 1, "wait a little"),
    "date far ahead": (
        refuse(429, "slow down", headers={"retry-after": "Fri, 31 Dec 2199 23:59:59 GMT"}),
        1,
        "wait a little",
    ),
    "no time named": (refuse(429, "slow down"), 1, "wait a little"),
    "request too large": (refuse(429, "Request too large for TPM", headers={"retry-after": "0"}), 1, "does not help"),
    "server error": (refuse(500, "out of memory"), 1, "look at its log"),
    "overflow": (refuse(400, "too long", type="exceed_context_size_error", n_prompt_tokens=9, n_ctx=8), 1, "9 tokens"),
    "overflow by status": (refuse(413, "payload"), 1, "Start a new chat"),
    "no such model": (refuse(404, "model not found"), 1, "model's name"),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_refusal_says_what_where_and_what_to_try(endpoint: Endpoint, model: OpenAIModel, case: str) -> None:
    step, requests, hint = REFUSALS[case]
    endpoint.script(*[step] * requests)
    with pytest.raises(ModelRefused) as caught:
        await ask(model)
    assert len(endpoint.requests) == requests
    assert caught.value.status == step.status
    assert model.address in str(caught.value) and caught.value.subject == model.address
    assert hint in caught.value.hint


@pytest.mark.parametrize(("key", "hint"), [("secret-key", "Check the key"), ("", "wants a key")])
async def test_a_refused_key_is_an_error_of_its_own(endpoint: Endpoint, key: str, hint: str) -> None:
    endpoint.script(refuse(401, "Incorrect API key"))
    model = OpenAIModel(endpoint.url, key, "scripted")
    with pytest.raises(KeyRefused) as caught:
        await ask(model)
    assert hint in caught.value.hint and "secret-key" not in str(caught.value)
    await model.aclose()


async def test_nobody_at_the_address_is_told_with_its_cause() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        model = OpenAIModel(address, "", "scripted")
        with pytest.raises(ModelUnreachable, match="Cannot reach") as caught:
            await ask(model)
        await model.aclose()
    assert caught.value.subject == address and caught.value.hint


async def test_a_missing_path_is_hinted_at(endpoint: Endpoint) -> None:
    bare = endpoint.url.removesuffix("/v1")
    model = OpenAIModel(bare, "", "scripted")
    endpoint.script(refuse(404, "not found"))
    with pytest.raises(ModelRefused) as caught:
        await ask(model)
    assert f"{bare}/v1" in caught.value.hint
    await model.aclose()


async def test_the_models_of_an_endpoint_are_listed(endpoint: Endpoint) -> None:
    endpoint.models = ["qwen3", "gemma"]
    assert list(await list_models(endpoint.url, "")) == ["qwen3", "gemma"]


@pytest.mark.parametrize(
    ("told", "context"),
    [
        ({"meta": {"n_ctx": 4096, "n_ctx_train": 8192}}, 4096),  # llama.cpp
        ({"context_length": 65536}, 65536),  # OpenRouter
        ({"max_model_len": 16384}, 16384),  # vLLM
        ({"max_context_length": 32768, "loaded_context_length": 2048}, 2048),  # LM Studio
        ({"context_length": "many", "meta": None}, None),
        ({}, None),
    ],
)
async def test_the_context_of_a_model_is_learnt_from_its_entry(
    endpoint: Endpoint, told: dict[str, Any], context: int | None
) -> None:
    endpoint.models = [{"id": "other", "context_length": 1}, {"id": "scripted", **told}]
    model = OpenAIModel(endpoint.url, "", "scripted")
    assert await model.learn_context() == context
    endpoint.models = []  # it is asked for once
    assert await model.learn_context() == context
    usage = [part.usage async for part in model.stream(HELLO, []) if isinstance(part, Answered)]
    assert usage == [Usage(11, 7, context)]
    await model.aclose()


async def test_an_endpoint_that_lists_nothing_tells_no_context(endpoint: Endpoint) -> None:
    model = OpenAIModel(endpoint.url, "", "scripted")
    await endpoint.stop()
    assert await model.learn_context() is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" http://127.0.0.1:11434/v1/ ", "http://127.0.0.1:11434/v1"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_an_address_is_tidied_and_nothing_added(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@pytest.mark.parametrize("typed", ["", "localhost:8080", "ftp://host/v1", "http://"])
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ModelRefused) as caught:
        normalise(typed)
    assert "http://" in caught.value.hint


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://mine.openai.azure.com/openai/v1", "azure"),
        ("https://api.mistral.ai/v1", "mistral"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://example.com:11434/v1", "generic"),
        ("https://not-mistral.ai.example.com/v1", "generic"),
    ],
)
def test_an_endpoint_is_known_by_its_address(address: str, name: str) -> None:
    assert profile_for(address).name == name


def test_mistral_gets_ids_of_nine_and_never_a_user_after_a_tool() -> None:
    wire = messages_json([*CALLED, UserMessage("go on")], profile_for("https://api.mistral.ai/v1"), Quirks())
    assert [message["role"] for message in wire] == ["user", "assistant", "tool", "assistant", "user"]
    made, answered = wire[1]["tool_calls"][0]["id"], wire[2]["tool_call_id"]
    assert made == answered and len(made) == 9 and made.isalnum()
    assert "content" not in wire[1] and "reasoning_content" not in wire[1] and "sig" not in wire[1]["tool_calls"][0]


@pytest.mark.parametrize(
    ("written", "sent"),
    [('{"a": 1', "{}"), ("", "{}"), ("[1]", "{}"), ('{"a": 1}', '{"a": 1}'), ('"{\\"a\\": 1}"', '{"a": 1}')],
)
def test_half_a_call_is_never_sent_back(written: str, sent: str) -> None:
    message = AssistantMessage(calls=(ToolCall("x", "f", written),))
    (wire,) = messages_json([message], Profile("generic"), Quirks())
    assert wire["tool_calls"][0]["function"]["arguments"] == sent


def test_user_messages_in_a_row_become_one() -> None:
    wire = messages_json([UserMessage("a"), UserMessage("b")], Profile("generic"), Quirks())
    assert wire == [{"role": "user", "content": "a\n\nb"}]
