"""What a server's tools were when they were last accepted: a tool that has become another one is blocked.

A server is its name and its identity (`ServerSpec.identity`); a tool is its whole definition (`Tool.definition`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.masking import HIDDEN


class Standing(Enum):
    """How a tool stands to what was accepted; the value is the word shown."""

    SAME = "as accepted"
    NEW = "new"
    CHANGED = "changed"
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
    return Pin(tool.definition, HIDDEN.mask(json.dumps(tool.raw, ensure_ascii=False)))


class PinStore(Protocol):
    """Keeps pins beyond the session. Reading is called for each request: it must cost next to nothing."""

    @property
    def trusts_new(self) -> bool:
        """Whether a server that is not known was never met. Not so once pins were lost."""
        ...

    def of(self, server: str, identity: str) -> Pins | None:
        """What was accepted of a server; None when it is not known. Raises ConfigError: nothing is to be trusted."""
        ...

    def put(self, pins: Pins) -> None:
        """Keep what was accepted of a server. Raises ConfigError."""
        ...

    def forget(self, server: str, identity: str) -> None:
        """As if the server had never been met. Raises ConfigError."""
        ...
