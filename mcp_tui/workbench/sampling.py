"""A model's answer to a server's request, for the person to read before it leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.asks import SampleReply, Sampling, SamplingMessage
from mcp_tui.domain.chat import (
    Answered,
    AssistantMessage,
    Message,
    Note,
    OfferedTool,
    SystemMessage,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from mcp_tui.domain.content import BlobBlock, Block, UnknownBlock, block_text

if TYPE_CHECKING:
    from mcp_tui.llm.client import OpenAIModel


async def draft(model: OpenAIModel, ask: Sampling) -> SampleReply:
    """Ask the model, within the server's limits. Raises ModelError."""
    names = {_plain(tool.alias): tool.alias for tool in ask.tools}
    tools = [replace(tool, alias=_plain(tool.alias)) for tool in ask.tools]
    said, notes = AssistantMessage(), list[str]()
    async with aclosing(model.stream(messages_of(ask), tools, options=_limits(ask))) as parts:
        async for part in parts:
            if isinstance(part, Answered):
                said = part.message
            elif isinstance(part, Note):
                notes.append(part.text)
    calls = tuple(replace(call, name=names.get(call.name, call.name)) for call in said.calls)
    return SampleReply(said.text, model.name, calls, ". ".join(notes))


def messages_of(ask: Sampling) -> list[Message]:
    """The request's messages as a chat has them: uses of tools and their results in their places."""
    messages: list[Message] = [SystemMessage(ask.system)] if ask.system else []
    for message in ask.messages:
        messages += _assistant(message) if message.role == "assistant" else _user(message)
    return messages


def calls_of(text: str, tools: tuple[OfferedTool, ...]) -> tuple[ToolCall, ...]:
    """Calls that were typed as a JSON list of `{"name", "arguments"}`. Raises ValueError, saying what is wrong."""
    if not text.strip():
        return ()
    typed = json.loads(text)
    known = {tool.alias for tool in tools}
    calls: list[ToolCall] = []
    for number, each in enumerate(typed if isinstance(typed, list) else [typed], 1):
        name = each.get("name") if isinstance(each, dict) else None
        if name not in known:
            raise ValueError(f"call {number} names no tool of the request: {', '.join(sorted(known))}")
        arguments = each.get("arguments", {})
        if not isinstance(arguments, dict):
            raise ValueError(f"the arguments of call {number} must be a JSON object")
        calls.append(ToolCall(str(each.get("id") or f"call_{number}"), name, json.dumps(arguments)))
    return tuple(calls)


def calls_text(calls: tuple[ToolCall, ...]) -> str:
    """The calls as `calls_of` reads them."""
    listed = [{"id": call.id, "name": call.name, "arguments": json.loads(call.arguments)} for call in calls]
    return json.dumps(listed, indent=2, ensure_ascii=False) if listed else ""


def _limits(ask: Sampling) -> dict[str, Any]:
    limits: dict[str, Any] = {"max_tokens": ask.max_tokens, "temperature": ask.temperature, "stop": list(ask.stop)}
    limits["tool_choice"] = "required" if ask.must_call and ask.tools else None
    return {name: value for name, value in limits.items() if value or (value == 0.0 and name == "temperature")}


def _assistant(message: SamplingMessage) -> Iterator[Message]:
    uses = [raw for raw in _raw(message, "tool_use")]
    calls = tuple(
        ToolCall(str(raw.get("id", "")), _plain(str(raw.get("name", ""))), json.dumps(raw.get("input") or {}))
        for raw in uses
    )
    yield AssistantMessage(_text(message), calls=calls)


def _user(message: SamplingMessage) -> Iterator[Message]:
    for raw in _raw(message, "tool_result"):
        content = raw.get("content") or []
        text = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        yield ToolMessage(str(raw.get("toolUseId", "")), "", text)
    looked_at = pictures(message)
    text = _text(replace(message, blocks=tuple(block for block in message.blocks if block not in looked_at)))
    if text or looked_at:
        yield UserMessage(text, looked_at)


def pictures(message: SamplingMessage) -> tuple[BlobBlock, ...]:
    """What of a message a model may look at: OpenAI's format takes pictures, and of a user alone."""
    blocks = message.blocks if message.role == "user" else ()
    return tuple(block for block in blocks if isinstance(block, BlobBlock) and block.role == "image")


def _raw(message: SamplingMessage, kind: str) -> Iterator[dict[str, Any]]:
    for block in message.blocks:
        if isinstance(block, UnknownBlock) and block.raw.get("type") == kind:
            yield dict(block.raw)


def _text(message: SamplingMessage) -> str:
    def is_said(block: Block) -> bool:
        return not (isinstance(block, UnknownBlock) and block.raw.get("type") in ("tool_use", "tool_result"))

    return "\n".join(block_text(block) for block in message.blocks if is_said(block))


def _plain(name: str) -> str:
    """A tool's name as every endpoint takes it."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:64]
