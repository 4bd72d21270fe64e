"""What comes back from servers: the blocks of results, prompts' messages and resources. Texts are raw."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class TextBlock:
    text: str


@dataclass(frozen=True, slots=True)
class BlobBlock:
    """An image, a sound or any binary content."""

    mime_type: str
    data: bytes
    role: str = "image"
    """"image", "audio" or "blob"."""


@dataclass(frozen=True, slots=True)
class LinkBlock:
    """A link to a resource of the same server. Nothing is fetched because it was shown."""

    uri: str
    name: str = ""
    mime_type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class UnknownBlock:
    """A block of a type we do not know, kept whole."""

    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ResourceBlock:
    """The contents of one resource: exactly one of `text` and `data` is set."""

    uri: str
    mime_type: str = ""
    text: str | None = None
    data: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data if self.data is not None else (self.text or "").encode())


Block = TextBlock | BlobBlock | LinkBlock | ResourceBlock | UnknownBlock


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool call came to."""

    blocks: tuple[Block, ...] = ()
    structured: Any = None
    """The structured content, if any (an object before 2026-07-28, any JSON value since)."""
    is_error: bool = False
    conforms: bool | None = None
    """Whether the structured content fits the tool's output schema; None when there is none."""
    complaint: str = ""
    """Why it does not conform."""
    breach: str = ""
    """What of the result is not as MCP describes results; "" for nothing. It can then only be trusted in `raw`."""
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The wire's result object."""

    @property
    def text(self) -> str:
        """The result as text: what the model is told, and what a plain terminal prints."""
        parts = [block_text(block) for block in self.blocks]
        if not any(parts) and (self.structured is not None or self.breach):
            whole = dict(self.raw) if self.structured is None else self.structured
            return json.dumps(whole, ensure_ascii=False)
        return "\n".join(part for part in parts if part)

    @property
    def meta(self) -> Mapping[str, Any]:
        """What the server put beside the result, in `_meta`."""
        meta = self.raw.get("_meta")
        return cast(Mapping[str, Any], meta) if isinstance(meta, Mapping) else {}


@dataclass(frozen=True, slots=True)
class PromptMessage:
    role: str
    """"user" or "assistant"."""
    block: Block


@dataclass(frozen=True, slots=True)
class PromptResult:
    messages: tuple[PromptMessage, ...]
    description: str = ""
    breach: str = ""
    """As of a `ToolResult`."""
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def text(self) -> str:
        """All messages as text."""
        return "\n\n".join(block_text(message.block) for message in self.messages)


@dataclass(frozen=True, slots=True)
class ResourceResult:
    contents: tuple[ResourceBlock, ...]
    breach: str = ""
    """As of a `ToolResult`."""
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def text(self) -> str:
        """All that is text in it; bytes have none."""
        return "\n\n".join(block.text for block in self.contents if block.text is not None)


def block_text(block: Block) -> str:
    """One block as text; what is not text is named with its type and size."""
    match block:
        case TextBlock(text):
            return text
        case BlobBlock(mime_type, data, role):
            return f"[{role} {mime_type}, {len(data)} bytes]"
        case LinkBlock(uri, name):
            return f"[resource {name or uri}: {uri}]"
        case ResourceBlock(uri, mime_type, text, data):
            return text if text is not None else f"[{mime_type or 'binary'} {uri}, {len(data or b'')} bytes]"
        case UnknownBlock(raw):
            return json.dumps(dict(raw), ensure_ascii=False)
