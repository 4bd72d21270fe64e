"""From the wire's own objects to our words. Unknown fields stay in `raw`; what is malformed raises ValueError."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from mcp_tui.domain.catalog import Hints, Prompt, PromptArgument, Resource, Template, Tool
from mcp_tui.domain.completion import Completion
from mcp_tui.domain.content import (
    BlobBlock,
    Block,
    LinkBlock,
    PromptMessage,
    PromptResult,
    ResourceBlock,
    ResourceResult,
    TextBlock,
    ToolResult,
    UnknownBlock,
)
from mcp_tui.domain.servers import ServerInfo

if TYPE_CHECKING:
    from mcp import Client

Raw = Mapping[str, Any]
T = TypeVar("T")


def tool(server: str, raw: Raw) -> Tool:
    """MCP, server/tools: Tool."""
    schema = raw.get("inputSchema")
    if not isinstance(schema, dict):
        raise ValueError("a tool needs an inputSchema")
    hints = _object(raw.get("annotations"))
    return Tool(
        server,
        _need(raw, "name"),
        _text(raw, "title") or _text(hints, "title"),
        _text(raw, "description"),
        cast(Raw, schema),
        _object(raw.get("outputSchema")) or None,
        Hints(*(_flag(hints.get(f"{name}Hint")) for name in ("readOnly", "destructive", "idempotent", "openWorld"))),
        raw,
    )


def prompt(server: str, raw: Raw) -> Prompt:
    """MCP, server/prompts: Prompt."""
    arguments = tuple(
        PromptArgument(_need(each, "name"), _text(each, "description"), each.get("required") is True)
        for each in _objects(raw.get("arguments"))
    )
    return Prompt(server, _need(raw, "name"), _text(raw, "title"), _text(raw, "description"), arguments, raw)


def resource(server: str, raw: Raw) -> Resource:
    """MCP, server/resources: Resource."""
    size = raw.get("size")
    return Resource(
        server,
        _need(raw, "uri"),
        _text(raw, "name"),
        _text(raw, "title"),
        _text(raw, "description"),
        _text(raw, "mimeType"),
        size if isinstance(size, int) and not isinstance(size, bool) else None,
        raw,
    )


def template(server: str, raw: Raw) -> Template:
    """MCP, server/resources: ResourceTemplate."""
    words = (_text(raw, key) for key in ("name", "title", "description", "mimeType"))
    return Template(server, _need(raw, "uriTemplate"), *words, raw=raw)


def tool_result(raw: Raw, output_schema: Raw | None) -> ToolResult:
    """MCP, server/tools: CallToolResult, held against the schema that the tool promised."""
    structured = raw.get("structuredContent")
    is_error = raw.get("isError") is True
    conforms, complaint = (None, "")
    if output_schema is not None and not is_error:
        conforms, complaint = _conformity(output_schema, structured)
    blocks, breach = _listed(raw, "content", "Part {} of its content", _checked_block)
    return ToolResult(blocks, structured, is_error, conforms, complaint, breach, raw)


def prompt_result(raw: Raw) -> PromptResult:
    """MCP, server/prompts: GetPromptResult."""
    messages, breach = _listed(raw, "messages", "Message {}", _checked_message)
    return PromptResult(messages, _text(raw, "description"), breach, raw)


def resource_result(raw: Raw) -> ResourceResult:
    """MCP, server/resources: ReadResourceResult. What has no contents in it is left to `raw`."""
    contents, breach = _listed(raw, "contents", "Part {} of its contents", _checked_contents)
    return ResourceResult(tuple(each for each in contents if each is not None), breach, raw)


def _listed(raw: Raw, key: str, part: str, convert: Callable[[Raw], tuple[T, str]]) -> tuple[tuple[T, ...], str]:
    """The objects of a result that should have a list of them under a key, and its first fault in words.

    `convert` gives an object, and what is wrong with it.
    """
    listed = raw.get(key)
    if not isinstance(listed, list):
        return (), f"It has no list of {key}."
    found: list[T] = []
    breach = ""
    for at, each in enumerate(cast(list[Any], listed), 1):
        wrong = "is no object"
        if isinstance(each, dict):
            one, wrong = convert(cast(Raw, each))
            found.append(one)
        if wrong and not breach:
            breach = f"{part.format(at)} {wrong}."
    return tuple(found), breach


def _checked_block(raw: Raw) -> tuple[Block, str]:
    found = block(raw)
    if not isinstance(found, UnknownBlock):
        return found, ""
    known = raw.get("type") in ("text", "image", "audio", "resource_link", "resource")
    return found, f"is {'a broken' if known else 'of the unknown type'} {json.dumps(raw.get('type'))}"


def _checked_message(raw: Raw) -> tuple[PromptMessage, str]:
    role = raw.get("role")
    found, wrong = _checked_block(_object(raw.get("content")))
    if role not in ("user", "assistant"):
        wrong = f"has the role {json.dumps(role)}"
    return PromptMessage(_text(raw, "role"), found), wrong


def _checked_contents(raw: Raw) -> tuple[ResourceBlock | None, str]:
    found = _contents(raw)
    return found, "has neither text nor bytes" if found is None else ""


def completion(raw: Raw) -> Completion:
    """MCP, server/utilities/completion: CompleteResult."""
    said = _object(raw.get("completion"))
    values, total = said.get("values"), said.get("total")
    named = [each for each in cast(list[Any], values) if isinstance(each, str)] if isinstance(values, list) else []
    if isinstance(total, int) and total > len(named):
        return Completion(named, total - len(named))
    return Completion(named, None if said.get("hasMore") is True else 0)


def block(raw: Raw) -> Block:
    """MCP, basic: ContentBlock. One that we do not know, or that is broken, is kept whole."""
    match raw.get("type"):
        case "text" if isinstance(raw.get("text"), str):
            return TextBlock(raw["text"])
        case "image" | "audio" as role if (data := _bytes(raw.get("data"))) is not None:
            return BlobBlock(_text(raw, "mimeType"), data, role)
        case "resource_link" if isinstance(raw.get("uri"), str):
            return LinkBlock(raw["uri"], _text(raw, "name"), _text(raw, "mimeType"), _text(raw, "description"))
        case "resource" if (contents := _contents(_object(raw.get("resource")))) is not None:
            return contents
        case _:
            return UnknownBlock(raw)


def server_info(client: Client, raw: Raw, pid: int | None) -> ServerInfo:
    """What a server said of itself in its handshake; `raw` is the handshake's result."""
    claim = client.server_info
    return ServerInfo(
        name=claim.name if claim else "",
        title=(claim.title or "") if claim else "",
        version=claim.version if claim else "",
        protocol=client.protocol_version,
        era="legacy" if client.session.discover_result is None else "modern",
        instructions=client.instructions or "",
        capabilities=_object(raw.get("capabilities")),
        raw=raw,
        pid=pid,
    )


def _contents(raw: Raw) -> ResourceBlock | None:
    """MCP, server/resources: TextResourceContents or BlobResourceContents; None for neither."""
    text, data = raw.get("text"), _bytes(raw.get("blob"))
    if isinstance(text, str):
        return ResourceBlock(_text(raw, "uri"), _text(raw, "mimeType"), text)
    return None if data is None else ResourceBlock(_text(raw, "uri"), _text(raw, "mimeType"), data=data)


def _conformity(schema: Raw, structured: Any) -> tuple[bool | None, str]:
    from mcp_tui.domain.schema import check, schema_note

    if structured is None:
        return False, "The tool promises structured content and sent none."
    if note := schema_note(schema):
        return None, note
    complaints = check(schema, structured)
    words = "; ".join(f"{'.'.join(map(str, each.path)) or 'the value'} {each.words}" for each in complaints[:3])
    return not complaints, words


def _need(raw: Raw, key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str):
        raise ValueError(f"it needs a {key}")
    return value


def _text(raw: Raw, key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _object(value: Any) -> Raw:
    return cast(Raw, value) if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Raw]:
    return (
        [cast(Raw, each) for each in cast(list[Any], value) if isinstance(each, dict)]
        if isinstance(value, list)
        else []
    )


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _bytes(value: Any) -> bytes | None:
    """The bytes of base64 text; None when it is none."""
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None
