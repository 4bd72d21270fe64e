"""Our messages and tools as the JSON of a chat completion request."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from mcp_tui.domain.chat import (
    AssistantMessage,
    Message,
    OfferedTool,
    SystemMessage,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from mcp_tui.domain.content import BlobBlock, block_text
from mcp_tui.llm.profiles import Profile, Quirks
from mcp_tui.llm.schemas import object_schema, without_limits


def tools_json(tools: Iterable[OfferedTool], quirks: Quirks) -> list[dict[str, Any]]:
    """The tools under their aliases; a description is always a string (llama.cpp answers 500 to null)."""
    wire: list[dict[str, Any]] = []
    for tool in tools:
        schema = object_schema(tool.schema)
        parameters = without_limits(schema) if quirks.plain_schemas else schema
        function = {"name": tool.alias, "description": tool.description or "", "parameters": parameters}
        wire.append({"type": "function", "function": function})
    return wire


def messages_json(messages: Sequence[Message], profile: Profile, quirks: Quirks) -> list[dict[str, Any]]:
    """The messages in the wire's form.

    User messages in a row (an answer failed between them) become one, because many templates want the roles
    to alternate.
    """
    wire: list[dict[str, Any]] = []
    for message in messages:
        last: dict[str, Any] = wire[-1] if wire else {"role": ""}
        match message:
            case SystemMessage(text):
                wire.append({"role": "system", "content": text})
            case UserMessage() if last["role"] == "user":
                last["content"] = _joined(last["content"], _said(message, quirks))
            case UserMessage():
                if last["role"] == "tool" and profile.short_ids:
                    wire.append({"role": "assistant", "content": "(stopped)"})
                wire.append({"role": "user", "content": _said(message, quirks)})
            case AssistantMessage():
                wire.append(_assistant(message, profile, quirks))
            case ToolMessage(call_id, name, text):
                wire.append(_tool_answer(_id(call_id, profile), name, text, profile))
    return wire


Said = str | list[dict[str, Any]]
"""What a user said: a text, or texts and pictures as parts."""


def _said(message: UserMessage, quirks: Quirks) -> Said:
    if not message.pictures:
        return message.text
    if quirks.no_pictures:
        return "\n\n".join(filter(None, (message.text, *map(block_text, message.pictures))))
    return [*_parts(message.text), *map(_picture, message.pictures)]


def _picture(block: BlobBlock) -> dict[str, Any]:
    url = f"data:{block.mime_type};base64,{base64.b64encode(block.data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def _joined(before: Said, after: Said) -> Said:
    if isinstance(before, str) and isinstance(after, str):
        return f"{before}\n\n{after}"
    return [*_parts(before), *_parts(after)]


def _parts(said: Said) -> list[dict[str, Any]]:
    if isinstance(said, str):
        return [{"type": "text", "text": said}] if said else []
    return said


def _assistant(message: AssistantMessage, profile: Profile, quirks: Quirks) -> dict[str, Any]:
    if not message.calls:
        return {"role": "assistant", "content": message.text}
    wire: dict[str, Any] = {"role": "assistant"}
    if message.text or not profile.short_ids:
        wire["content"] = message.text
    if message.reasoning_field and profile.strict is quirks.flips_reasoning:
        # DeepSeek and its kin refuse an assistant's tool calls without the reasoning that led to them.
        wire[message.reasoning_field] = message.reasoning
    wire["tool_calls"] = [_call(call, profile) for call in message.calls]
    return wire


def _call(call: ToolCall, profile: Profile) -> dict[str, Any]:
    function = {"name": call.name, "arguments": whole_arguments(call.arguments)}
    extra = {} if profile.strict else call.extra
    return {**extra, "id": _id(call.id, profile), "type": "function", "function": function}


def _tool_answer(call_id: str, name: str, text: str, profile: Profile) -> dict[str, Any]:
    wire = {"role": "tool", "tool_call_id": call_id, "content": text}
    if profile.short_ids:
        wire["name"] = name
    return wire


def whole_arguments(arguments: str) -> str:
    """The arguments if they are a JSON object, else "{}": servers answer 500 to a history with half a call."""
    try:
        value = json.loads(arguments)
        if isinstance(value, str):
            arguments, value = value, json.loads(value)
    except (ValueError, RecursionError):
        return "{}"
    return arguments if isinstance(value, dict) else "{}"


def _id(call_id: str, profile: Profile) -> str:
    """The id of a call; for Mistral its hash in nine letters and digits."""
    if not profile.short_ids or (len(call_id) == 9 and call_id.isascii() and call_id.isalnum()):
        return call_id
    return hashlib.sha256(call_id.encode()).hexdigest()[:9]
