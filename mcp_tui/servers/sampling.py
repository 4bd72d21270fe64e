"""A server's request for a model's answer: read, and answered (MCP, client/sampling)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.asks import SampleReply, Sampling, SamplingMessage
from mcp_tui.domain.chat import OfferedTool
from mcp_tui.servers.convert import block

if TYPE_CHECKING:
    import mcp.types as wire

REFUSED = -1
"""The code that the specification gives a refusal."""


def read(server: str, params: wire.CreateMessageRequestParams) -> Sampling:
    """The request in our words."""
    raw = params.model_dump(by_alias=True, mode="json", exclude_none=True)
    messages: list[SamplingMessage] = []
    for message in raw["messages"]:
        content = message["content"]
        parts = content if isinstance(content, list) else [content]
        messages.append(SamplingMessage(message["role"], tuple(block(part) for part in parts)))
    wishes, choice = raw.get("modelPreferences", {}), raw.get("toolChoice", {}).get("mode")
    hints = wishes.get("hints") or []
    cares = ((what, wishes.get(f"{what}Priority")) for what in ("cost", "speed", "intelligence"))
    context = raw.get("includeContext", "none")
    return Sampling(
        server,
        tuple(messages),
        params.system_prompt or "",
        params.max_tokens,
        raw,
        tools=() if choice == "none" else tuple(_tool(server, tool) for tool in raw.get("tools") or []),
        hints=tuple(str(hint["name"]) for hint in hints if hint.get("name")),
        temperature=params.temperature,
        stop=tuple(params.stop_sequences or ()),
        priorities=tuple((what, much) for what, much in cares if much is not None),
        context="" if context == "none" else context,
        must_call=choice == "required",
    )


def answer(reply: SampleReply) -> wire.CreateMessageResult | wire.CreateMessageResultWithTools:
    """The reply as the protocol has it."""
    import mcp.types as wire

    text = wire.TextContent(type="text", text=reply.text)
    if not reply.calls:
        return wire.CreateMessageResult(role="assistant", content=text, model=reply.model, stop_reason="endTurn")
    uses = [
        wire.ToolUseContent(type="tool_use", id=call.id, name=call.name, input=json.loads(call.arguments))
        for call in reply.calls
    ]
    content: list[wire.SamplingMessageContentBlock] = [text, *uses] if reply.text else [*uses]
    return wire.CreateMessageResultWithTools(
        role="assistant", content=content, model=reply.model, stop_reason="toolUse"
    )


def refusal(why: str) -> wire.ErrorData:
    """The error that stands for no."""
    import mcp.types as wire

    return wire.ErrorData(code=REFUSED, message=why)


def _tool(server: str, raw: dict[str, Any]) -> OfferedTool:
    name = str(raw["name"])
    return OfferedTool(name, server, name, str(raw.get("description") or ""), raw.get("inputSchema") or {})
