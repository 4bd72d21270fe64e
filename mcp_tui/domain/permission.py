"""May this run? `decide()` says allow, deny or ask, from the request, the rules and the mode alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from secrets import token_hex
from typing import Any

from mcp_tui.domain.catalog import NOTHING_SAID, Hints, Kind
from mcp_tui.domain.echoes import Echo
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.risk import carried
from mcp_tui.domain.rules import Effect, Initiator, Lifetime, Origin, Rule, Scope, canonical

__all__ = ["Answer", "Decision", "Initiator", "Mode", "Request", "Verdict", "allowed_before", "decide", "remember"]


class Answer(Enum):
    """What the user may answer in the dialog; the value is the word shown there."""

    ONCE = "Allow once"
    SESSION = "Allow for session"
    ALWAYS = "Always allow…"
    DENY = "Deny"
    NEVER = "Always deny…"

    @property
    def is_no(self) -> bool:
        return self in (Answer.DENY, Answer.NEVER)


class Mode(Enum):
    """How much may run at all; the value is the word shown and typed."""

    ASK = "ask"
    """What no rule answers is asked for."""
    READ_ONLY = "read-only"
    """Only tools that the user marked read-only run, whoever asks, and they are asked for as ever."""
    MANUAL = "manual"
    """The model gets no tools."""


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
    wants_question: bool = False
    """The tool's `_meta` demands a question every time (`Tool.wants_question`)."""
    every_time: str = ""
    """Why the answer can count only once, for the person who is asked; "" when it may be remembered."""
    despite: str = ""
    """Why a person is asked although a rule allows it; "" when none does."""
    last: dict[str, Any] | None = None
    """The arguments of the tool's last call in this session."""
    echoes: tuple[Echo, ...] = ()
    """Text of servers' results in the arguments."""
    blocked: str = ""
    """Why it must not run whatever the rules say; "" when they may decide."""
    batch: str = ""
    """The same for all calls of one answer of the model, which are decided on together."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say: `allow` is None when a person has to be asked."""

    allow: bool | None
    why: str
    rule: Rule | None = None
    """The rule that says so."""
    every_time: bool = False
    """To be asked for again and again: no rule that allows counts."""
    despite: Rule | None = None
    """The rule that would allow it, were it not for what the arguments carry."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What came out. `arguments` are those that were approved: exactly these are sent."""

    allowed: bool
    arguments: dict[str, Any]
    why: str
    answer: Answer | None = None
    """None when nobody was asked."""
    edited: bool = False
    reason: str = ""
    """Why the person said no, in their words, for the model."""
    rule: Rule | None = None
    """The rule that said so, or that the answer left behind."""
    mark: str = field(default_factory=partial(token_hex, 6), compare=False)
    """Its own, on record: what came of it has the same."""


def decide(request: Request, rules: Iterable[Rule], mode: Mode = Mode.ASK) -> Verdict:
    """Deny before ask before allow: the strictest wins, whatever its scope. The exact order:

    0. A tool that is not what was accepted of its server is denied to whoever asks.
    1. The mode: manual denies the model everything; read-only denies to whoever asks every tool that the user has
       not marked read-only as it is defined now (what the server says of itself never counts).
    2. A rule that denies.
    3. A rule that asks.
    4. The user's own act is consent, except for a tool that its server calls destructive.
    5. A tool whose `_meta` demands a question every time: no rule that allows counts.
    6. A rule that allows; but a model's arguments with a configured secret or another server's text are allowed by
       one about exactly them alone.
    7. Nothing: a person is asked.

    Of several rules with one effect the narrowest is named, the oldest of those. Hints of a server only ever make
    things stricter. Only a rule for the same initiator counts.
    """
    if request.blocked:
        return Verdict(False, request.blocked)
    matching = sorted((rule for rule in rules if rule.matches(request)), key=_width)
    if why := _refused(request, matching, mode):
        return Verdict(False, why)
    if rule := _first(matching, Effect.DENY):
        return Verdict(False, "a rule of yours denies it", rule)
    if rule := _first(matching, Effect.ASK):
        return Verdict(None, "a rule of yours asks every time", rule, every_time=True)
    risky = request.kind is Kind.TOOL and request.hints.says_destructive
    own_act = request.initiator is not Initiator.MODEL
    if own_act and request.consented and not risky:
        return Verdict(True, "you asked for it")
    if request.wants_question:
        return Verdict(None, "the tool demands a question every time", every_time=True)
    if rule := _first(matching, Effect.ALLOW):
        brings = "" if own_act or rule.scope is Scope.EXACT else carried(request)
        if brings:
            return Verdict(None, f"a rule allows it, but its arguments carry {brings}", despite=rule)
        return Verdict(True, f"allowed {'for this session' if rule.lifetime == 'session' else 'always'}", rule)
    if risky and own_act:
        return Verdict(None, "the server says this can destroy data")
    return Verdict(None, "nothing allows it yet")


def remember(
    request: Request, answer: Answer, now: float, scope: Scope = Scope.TOOL, origin: Origin = Origin.DIALOG
) -> Rule | None:
    """The rule that an answer leaves behind, or None for "once" and "deny", and where each time is to be asked.

    `scope` counts for "always" alone: a session's rule is about the tool. Any yes to a prompt or resource that the
    user picked counts for its server until the session ends.
    """
    if answer is Answer.DENY or (request.every_time and answer is not Answer.NEVER):
        return None
    picked = request.kind is not Kind.TOOL and request.initiator is not Initiator.MODEL
    if picked and answer is not Answer.NEVER:
        return rule_about(request, Effect.ALLOW, Scope.SERVER, "session", origin, now)
    if answer is Answer.ONCE:
        return None
    effect = Effect.DENY if answer is Answer.NEVER else Effect.ALLOW
    if answer is Answer.SESSION:
        return rule_about(request, effect, Scope.TOOL, "session", origin, now)
    return rule_about(request, effect, scope, "always", origin, now)


def rule_about(request: Request, effect: Effect, scope: Scope, lifetime: Lifetime, origin: Origin, now: float) -> Rule:
    """A rule that answers this request, and what its scope takes in besides. None with a secret outlives the session:
    it would stand in a file."""
    rule = Rule(
        effect,
        scope,
        request.initiator,
        request.server,
        request.identity,
        request.kind,
        lifetime=lifetime,
        origin=origin,
        created=now,
    )
    if scope is Scope.SERVER:
        return rule
    arguments = canonical(request.arguments) if scope is Scope.EXACT else ""
    return replace(
        rule,
        lifetime="session" if HIDDEN.are_in(request.item) or HIDDEN.are_in(arguments) else lifetime,
        item=request.item,
        definition=request.definition,
        arguments=arguments,
        definition_text=request.definition_text,
    )


def allowed_before(request: Request, rules: Iterable[Rule]) -> Rule | None:
    """The newest yes to an item of this name, if it was given to another definition."""
    same = [
        rule
        for rule in rules
        if rule.effect is Effect.ALLOW
        and rule.definition
        and (rule.server, rule.kind, rule.item) == (request.server, request.kind, request.item)
    ]
    newest = max(same, key=lambda rule: rule.created, default=None)
    return newest if newest and newest.definition != request.definition else None


def _refused(request: Request, matching: Sequence[Rule], mode: Mode) -> str:
    """Why the mode denies it, or ""."""
    if mode is Mode.MANUAL and request.initiator is Initiator.MODEL:
        return "manual mode is on: the model gets no tools"
    if mode is Mode.READ_ONLY and request.kind is Kind.TOOL and not _first(matching, Effect.READ_ONLY):
        what = "read-only mode is on, and you have not marked this tool read-only"
        return f"{what} (m on its page does; permissions.mode in settings.toml is the mode)"
    return ""


def _first(rules: Sequence[Rule], effect: Effect) -> Rule | None:
    return next((rule for rule in rules if rule.effect is effect), None)


_WIDTHS = {scope: width for width, scope in enumerate(Scope)}


def _width(rule: Rule) -> tuple[int, float]:
    return _WIDTHS[rule.scope], rule.created
