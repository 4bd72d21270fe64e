"""A remembered answer: what it says, about what, for whom, and when it answers a request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

from mcp_tui.domain.catalog import Kind

if TYPE_CHECKING:
    from mcp_tui.domain.permission import Request

SHORT_ID = 8
"""Characters of a rule's id that are shown."""


class Initiator(Enum):
    """Who asks."""

    MODEL = "model"
    USER = "you"
    COMMAND_LINE = "command line"


class Effect(Enum):
    """What a rule does; the value is the word shown for it."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"
    READ_ONLY = "read-only"
    """No permission: the user's word that a tool changes nothing, so that the read-only mode lets it through."""


class Scope(Enum):
    """How much a rule is about, the narrowest first."""

    EXACT = "exact arguments"
    TOOL = "tool"
    """One tool, prompt or resource, with any arguments."""
    SERVER = "server"
    """Every tool of a server; or, for a rule about what is read, all its prompts and resources."""


class Origin(Enum):
    """Where a rule was made."""

    DIALOG = "the permission dialog"
    SCREEN = "the Permissions screen"
    INSPECTOR = "the Inspector"
    FLAG = "--allow"
    TERMINAL = "a question on the command line"
    EARLIER = "an earlier version"


Lifetime = Literal["session", "always"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A remembered answer. It holds only for one initiator, and while the server is what it was."""

    effect: Effect
    scope: Scope
    initiator: Initiator
    """Whose requests it answers; a rule about the model never answers a form. Nothing for READ_ONLY."""
    server: str
    identity: str
    """The hash of what the server was: its command or address."""
    kind: Kind
    item: str = ""
    """A name or URI; "" for SERVER."""
    definition: str = ""
    """The hash of what was approved; "" for SERVER."""
    arguments: str = ""
    """Canonical JSON, for EXACT."""
    lifetime: Lifetime = "always"
    origin: Origin = Origin.DIALOG
    created: float = 0.0
    """Unix time."""
    definition_text: str = ""
    """What was approved, as JSON, so that a later change can be shown; "" when it is not known."""
    used: int = 0
    """How many requests it answered."""
    last_used: float = 0.0
    """Unix time; 0.0 for never."""

    @property
    def id(self) -> str:
        """A hash of what the rule is about, whatever it says: a newer rule about the same takes its place."""
        mark = self.effect is Effect.READ_ONLY
        about = [mark, "" if mark else self.initiator.value, self.scope.value, self.server, self.identity]
        about += [self.kind.value, self.item, self.definition, self.arguments]
        return hashlib.sha256(json.dumps(about, ensure_ascii=True).encode()).hexdigest()

    @property
    def short_id(self) -> str:
        """What a person types to revoke it."""
        return self.id[:SHORT_ID]

    def matches(self, request: Request) -> bool:
        """Whether the rule is about this request.

        A yes (and a read-only mark) ends with the definition it was given to. A no and an "ask" hold for the name,
        whatever becomes of the definition: else a server could shake them off by changing its tool.
        """
        if (self.server, self.identity) != (request.server, request.identity):
            return False
        if self.effect is not Effect.READ_ONLY and self.initiator is not request.initiator:
            return False
        if self.scope is Scope.SERVER:
            return (self.kind is Kind.TOOL) == (request.kind is Kind.TOOL)
        if (self.kind, self.item) != (request.kind, request.item):
            return False
        if self.effect in (Effect.ALLOW, Effect.READ_ONLY) and self.definition != request.definition:
            return False
        return self.scope is Scope.TOOL or self.arguments == canonical(request.arguments)


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def canonical(arguments: Mapping[str, Any]) -> str:
    """Arguments as JSON that is equal exactly when they are: 1, 1.0 and true differ, the order of keys does not."""
    return _CANONICAL.encode(arguments)
