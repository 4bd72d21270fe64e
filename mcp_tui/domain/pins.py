"""What a server's tools were when they were last accepted: a tool that has become another one is blocked.

A server is its name, its identity (`ServerSpec.identity`) and, where a person signs in, who signs them in; a tool is
its whole definition (`Tool.definition`).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.servers import ServerSpec, StdioSpec


class Standing(Enum):
    """How a tool stands to what was accepted; the value is the word shown."""

    SAME = "as accepted"
    NEW = "new"
    CHANGED = "changed"
    MOVED = "blocked"
    """Its server is known by name, and is started, or signs the person in, otherwise than when it was accepted."""
    UNKNOWN = "not known"
    """What was accepted cannot be read: nothing is trusted."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One accepted tool."""

    definition: str
    """The hash of its definition."""
    text: str
    """The definition as JSON, secrets masked, so that a change can be shown."""


@dataclass(frozen=True, slots=True)
class Pins:
    """What was accepted of one server."""

    server: str
    identity: str
    since: float
    """Unix time of the last acceptance."""
    tools: Mapping[str, Pin] = field(default_factory=dict[str, Pin])
    """By name, secrets masked."""
    entry: str = ""
    """How the server was started or reached (`entry_text()`); "" when that is not known."""
    issuer: str = ""
    """Who signs the person in to it (OAuth); "" until that is known."""

    def pin_of(self, name: str) -> Pin | None:
        return self.tools.get(HIDDEN.mask(name))

    def standing(self, tool: Tool) -> Standing:
        pin = self.pin_of(tool.name)
        if pin is None:
            return Standing.NEW
        return Standing.SAME if pin.definition == tool.definition else Standing.CHANGED

    def accepting(self, tools: Iterable[Tool], now: float) -> Pins:
        """With these tools as they are defined now."""
        return replace(self, since=now, tools={**self.tools, **{HIDDEN.mask(tool.name): pin(tool) for tool in tools}})


def pin(tool: Tool) -> Pin:
    return Pin(tool.definition, HIDDEN.mask(tool.as_json))


def entry_text(spec: ServerSpec, issuer: str = "") -> str:
    """What `ServerSpec.identity` is made of, and who signs the person in, as JSON for people, secrets masked."""
    if isinstance(spec, StdioSpec):
        parts = {
            "command": spec.command,
            "arguments": shlex.join(spec.args),
            "folder": spec.cwd or "",
            "variables": ", ".join(sorted(spec.env)),
            "inherits": "all but the keys of models" if spec.inherit_env else "",
        }
    else:
        oauth = spec.oauth
        parts = {"address": spec.url, "headers": ", ".join(sorted(spec.headers)), "client": oauth.client_id}
        parts |= {"issuer": issuer or oauth.issuer, "grant": oauth.grant}
    return HIDDEN.mask(json.dumps({name: text for name, text in parts.items() if text}, ensure_ascii=False))


class PinStore(Protocol):
    """Keeps pins beyond the session. Reading is called for each request: it must cost next to nothing."""

    @property
    def trusts_new(self) -> bool:
        """Whether a server that is not known was never met. Not so once pins were lost."""
        ...

    def of(self, server: str, identity: str) -> Pins | None:
        """What was accepted of a server; None when it is not known. Raises ConfigError: nothing is to be trusted."""
        ...

    def other(self, server: str, identity: str) -> Pins | None:
        """What was accepted last of a server of this name that was another one. Raises ConfigError."""
        ...

    def put(self, pins: Pins) -> None:
        """Keep what was accepted of a server. Raises ConfigError."""
        ...

    def forget(self, server: str, identity: str) -> None:
        """As if the server had never been met. Raises ConfigError."""
        ...
