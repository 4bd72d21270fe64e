"""May this run? `decide()` says allow, deny or ask, from the request and the rules alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from mcp_tui.domain.catalog import NOTHING_SAID, Hints, Kind


class Initiator(Enum):
    """Who asks."""

    MODEL = "model"
    USER = "you"
    COMMAND_LINE = "command line"


class Answer(Enum):
    """What the user may answer in the dialog; the value is the word shown there."""

    ONCE = "Allow once"
    SESSION = "Allow for session"
    ALWAYS = "Always allow…"
    DENY = "Deny"


Lifetime = Literal["session", "always"]


@dataclass(frozen=True, slots=True)
class Request:
    """Something that wants to run, with all that a person needs to decide."""

    initiator: Initiator
    kind: Kind
    server: str
    item: str
    """The tool's or prompt's name, or the resource's URI."""
    arguments: dict[str, Any]
    """Exactly what is sent."""
    definition: str
    """The hash of the item's definition as it stands now."""
    identity: str
    """The hash of what the server is: its command or address."""
    description: str = ""
    hints: Hints = NOTHING_SAID
    who: str = ""
    """The asker's name, for example the model's."""
    server_kind: str = ""
    """"local program" or the address."""
    consented: bool = False
    """The user's own act (a form's Call, a typed command) already says yes."""
    schema: dict[str, Any] | None = None
    """The tool's input schema, so that edited arguments can be checked."""
    definition_text: str = ""
    """The definition itself, as JSON."""
    before: Rule | None = None
    """An earlier yes to this item, when it was defined otherwise."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A remembered answer. It holds only while server and definition are what they were."""

    allow: bool
    server: str
    kind: Kind
    item: str
    """A name or URI; "*" for every prompt and resource of the server."""
    definition: str
    """The hash that was approved; "" for "*"."""
    identity: str
    lifetime: Lifetime
    created: float = 0.0
    """Unix time."""
    definition_text: str = ""
    """What was approved, as JSON, so that a later change can be shown; "" when it is not known."""

    def matches(self, request: Request) -> bool:
        """Whether the rule answers this request."""
        if (self.server, self.identity) != (request.server, request.identity):
            return False
        if self.item == "*" and not self.definition:  # with a definition, "*" is an item's own name
            return request.kind is not Kind.TOOL and request.initiator is not Initiator.MODEL
        return (self.kind, self.item, self.definition) == (request.kind, request.item, request.definition)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say: `allow` is None when a person has to be asked."""

    allow: bool | None
    why: str
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What came out. `arguments` are those that were approved: exactly these are sent."""

    allowed: bool
    arguments: dict[str, Any]
    why: str
    answer: Answer | None = None
    """None when nobody was asked."""
    edited: bool = False


def decide(request: Request, rules: Iterable[Rule]) -> Verdict:
    """Deny before allow before ask.

    A model's request is asked for unless a rule answers it. The user's own act is consent, except for a tool
    that its server calls destructive: that is asked for once more. A prompt or resource that the user picks is
    asked for once per server (the answer becomes a session rule for "*").
    """
    matching = [rule for rule in rules if rule.matches(request)]
    for rule in matching:
        if not rule.allow:
            return Verdict(False, "a rule of yours denies it", rule)
    risky = request.kind is Kind.TOOL and request.hints.says_destructive
    if request.initiator is not Initiator.MODEL and request.consented and not risky:
        return Verdict(True, "you asked for it")
    if matching:
        return Verdict(True, f"allowed {_lifetime(matching[0])}", matching[0])
    if risky and request.initiator is not Initiator.MODEL:
        return Verdict(None, "the server says this can destroy data")
    return Verdict(None, "nothing allows it yet")


def remember(request: Request, answer: Answer, now: float) -> Rule | None:
    """The rule that an answer leaves behind, or None for "once" and "deny".

    Any yes to a prompt or resource that the user picked counts for its server until the session ends.
    """
    if answer is Answer.DENY:
        return None
    if request.kind is not Kind.TOOL and request.initiator is not Initiator.MODEL:
        return Rule(True, request.server, request.kind, "*", "", request.identity, "session", now)
    if answer is Answer.ONCE:
        return None
    lifetime: Lifetime = "always" if answer is Answer.ALWAYS else "session"
    return Rule(
        True,
        request.server,
        request.kind,
        request.item,
        request.definition,
        request.identity,
        lifetime,
        now,
        request.definition_text,
    )


def allowed_before(request: Request, rules: Iterable[Rule]) -> Rule | None:
    """The newest yes to an item of this name, if it was given to another definition."""
    same = [
        rule
        for rule in rules
        if rule.allow
        and rule.definition
        and (rule.server, rule.kind, rule.item) == (request.server, request.kind, request.item)
    ]
    newest = max(same, key=lambda rule: rule.created, default=None)
    return newest if newest and newest.definition != request.definition else None


def _lifetime(rule: Rule) -> str:
    return "for this session" if rule.lifetime == "session" else "always"
