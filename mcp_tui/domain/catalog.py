"""What servers offer: tools, prompts, resources and templates, as they put it themselves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any


class Kind(Enum):
    """The four kinds of things a server offers; the value is the word shown for one of them."""

    TOOL = "tool"
    PROMPT = "prompt"
    RESOURCE = "resource"
    TEMPLATE = "template"

    @property
    def group(self) -> str:
        """The name of the tree's group: "Tools", "Prompts", …"""
        return f"{self.value.title()}s"


@dataclass(frozen=True, slots=True)
class Hints:
    """A tool's annotations: the server's own claim, never checked (MCP, server/tools). None: not said."""

    read_only: bool | None = None
    destructive: bool | None = None
    idempotent: bool | None = None
    open_world: bool | None = None

    @property
    def says_destructive(self) -> bool:
        """The server itself calls the tool destructive, in so many words."""
        return self.destructive is True and self.read_only is not True

    @property
    def claims(self) -> list[tuple[str, bool]]:
        """What else it says, in words, and whether that calls for care."""
        said = [
            ("read-only", False, self.read_only),
            ("changes data", True, self.read_only is False),
            ("destroys nothing", False, self.destructive is False and not self.read_only),
            ("repeatable", False, self.idempotent),
            ("local", False, self.open_world is False),
        ]
        return [(words, care) for words, care, is_said in said if is_said]


NOTHING_SAID = Hints()
QUESTION_KEYS = ("anthropic/requiresUserInteraction", "mcp-tui/alwaysAsk")
"""Keys of a tool's `_meta` that demand a question before every call. MCP itself has none; the first is what servers
write for another client, the second is ours."""


class _Defined:
    """Something with a definition on the wire."""

    raw: Mapping[str, Any]

    @cached_property
    def definition(self) -> str:
        """A hash of everything that tells what the thing is; a rule dies when it changes."""
        return definition_hash(self.raw)

    @cached_property
    def as_json(self) -> str:
        """The definition itself, as its server gave it. Raw."""
        return json.dumps(self.raw, ensure_ascii=False)


@dataclass(frozen=True)
class Tool(_Defined):
    """A tool. Texts are raw: clean them before drawing."""

    server: str
    name: str
    title: str = ""
    description: str = ""
    input_schema: Mapping[str, Any] = field(default_factory=dict[str, Any])
    output_schema: Mapping[str, Any] | None = None
    hints: Hints = NOTHING_SAID
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The wire's object, unknown fields and all."""

    kind = Kind.TOOL

    @property
    def key(self) -> str:
        """What the item is called by: a tool's or prompt's name, a resource's URI."""
        return self.name

    @property
    def wants_question(self) -> bool:
        """Its `_meta` demands that a person is asked before every call. Any value but null and false counts."""
        meta = self.raw.get("_meta")
        return isinstance(meta, Mapping) and any(meta.get(key) not in (None, False) for key in QUESTION_KEYS)

    @property
    def page(self) -> str:
        """The address of the resource that shows this tool in a browser (MCP Apps, SEP-1865); "" for none. Raw."""
        meta = self.raw.get("_meta")
        if not isinstance(meta, Mapping):
            return ""
        ui = meta.get("ui")
        address = ui.get("resourceUri") if isinstance(ui, Mapping) else meta.get("ui/resourceUri")
        return address if isinstance(address, str) else ""


@dataclass(frozen=True, slots=True)
class PromptArgument:
    name: str
    description: str = ""
    required: bool = False


@dataclass(frozen=True)
class Prompt(_Defined):
    server: str
    name: str
    title: str = ""
    description: str = ""
    arguments: tuple[PromptArgument, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])

    kind = Kind.PROMPT

    @property
    def key(self) -> str:
        return self.name


@dataclass(frozen=True)
class Resource(_Defined):
    server: str
    uri: str
    name: str = ""
    title: str = ""
    description: str = ""
    mime_type: str = ""
    size: int | None = None
    """Bytes, if the server says."""
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])

    kind = Kind.RESOURCE

    @property
    def key(self) -> str:
        return self.uri


@dataclass(frozen=True)
class Template(_Defined):
    server: str
    uri_template: str
    """RFC 6570."""
    name: str = ""
    title: str = ""
    description: str = ""
    mime_type: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])

    kind = Kind.TEMPLATE

    @property
    def key(self) -> str:
        return self.uri_template


Item = Tool | Prompt | Resource | Template


@dataclass(frozen=True, slots=True)
class Listing:
    """One group of one server: its items, or why there are none."""

    items: tuple[Item, ...] = ()
    error: str = ""
    """Why the list could not be read; the items got before that are kept."""
    ttl: float | None = None
    """Seconds that the server lets the list be kept (MCP 2026-07-28: ttlMs); None when it says nothing."""
    scope: str = ""
    """Who may share a kept list, in the server's word: "private" or "public"."""
    note: str = ""
    """A limit that was hit, for example "the server repeats its cursor: stopped after 1 page"."""


_NOTHING = Listing()


@dataclass(frozen=True)
class Catalog:
    """All that one server offers. A capability the server lacks is an empty listing."""

    server: str
    listings: Mapping[Kind, Listing] = field(default_factory=dict[Kind, Listing])

    def __getitem__(self, kind: Kind) -> Listing:
        return self.listings.get(kind, _NOTHING)

    @cached_property
    def tools(self) -> tuple[Tool, ...]:
        return tuple(item for item in self[Kind.TOOL].items if isinstance(item, Tool))

    def tool(self, name: str) -> Tool | None:
        """The tool of this name; of several the first."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Tool]:
        return {tool.name: tool for tool in reversed(self.tools)}

    @cached_property
    def prompts(self) -> tuple[Prompt, ...]:
        return tuple(item for item in self[Kind.PROMPT].items if isinstance(item, Prompt))

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(item for item in self[Kind.RESOURCE].items if isinstance(item, Resource))

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        return tuple(item for item in self[Kind.TEMPLATE].items if isinstance(item, Template))

    def __iter__(self) -> Iterator[Item]:
        for kind in Kind:
            yield from self[kind].items


def definition_hash(raw: Mapping[str, Any]) -> str:
    """A hash of a definition that does not depend on the order of its keys."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
