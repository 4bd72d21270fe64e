"""The one gate: every tool call, prompt and resource read passes `Gate.check()` before it is sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.permission import Answer, Decision, Mode, Request, Verdict, allowed_before, decide, remember
from mcp_tui.domain.rules import Origin, Rule, Scope, canonical


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person said, with the arguments as they may have edited them."""

    answer: Answer
    arguments: dict[str, Any]
    scope: Scope = Scope.TOOL
    """What "always" takes in."""
    origin: Origin = Origin.DIALOG
    reason: str = ""
    """Why not, for the model."""


class Asker(Protocol):
    """Asks a person. Cancelling the call takes the question off the screen."""

    async def ask(self, request: Request) -> Reply: ...


class RuleStore(Protocol):
    """Keeps "always" rules beyond the session. `load()` is called for each request: it must cost next to nothing."""

    def load(self) -> list[Rule]: ...

    def add(self, rule: Rule) -> None: ...

    def remove(self, rule: Rule) -> None: ...


class NobodyToAsk:
    """An asker for when there is no person: no answer means deny."""

    async def ask(self, request: Request) -> Reply:
        return Reply(Answer.DENY, request.arguments)


@dataclass(slots=True)
class Gate:
    """Applies mode and rules, asks a person when they do not answer, and remembers what that person said."""

    asker: Asker = field(default_factory=NobodyToAsk)
    store: RuleStore | None = None
    clock: Callable[[], float] = time.time
    mode: Mode = Mode.ASK
    used: Callable[[Rule, float], object] = lambda _rule, _now: None
    """Told of each stored rule that answers a request, and when (Unix time); must not wait for a disk."""
    decided: Callable[[Request, Decision | None, float], object] = lambda _request, _decision, _seconds: None
    """Told of each decision, and after how many seconds it was made; None: the request was stopped before it."""
    ruled: Callable[[Rule, bool], object] = lambda _rule, _added: None
    """Told of each rule that is made (True) or revoked."""
    _session: list[Rule] = field(default_factory=list[Rule])

    @property
    def rules(self) -> list[Rule]:
        """All rules in force, session ones first."""
        return [*self._session, *(self.store.load() if self.store else [])]

    def explain(self, request: Request) -> Verdict:
        """What would come out, and why. Nobody is asked, nothing is counted."""
        return decide(request, self.rules, self.mode)

    async def check(self, request: Request) -> Decision:
        """May it run, and with which arguments? An error while asking means no; a cancel passes through."""
        began, decision = time.monotonic(), None
        try:
            decision = await self._check(request)
            return decision
        finally:
            self.decided(request, decision, time.monotonic() - began)

    async def _check(self, request: Request) -> Decision:
        rules = self.rules
        verdict = decide(request, rules, self.mode)
        if verdict.rule is not None:
            self._count(verdict.rule)
        if verdict.allow is not None:
            return Decision(verdict.allow, request.arguments, verdict.why, rule=verdict.rule)
        every_time = verdict.why if verdict.every_time else ""
        despite = verdict.why if verdict.despite else ""
        asked = replace(request, before=allowed_before(request, rules), every_time=every_time, despite=despite)
        sent = canonical(request.arguments)
        try:
            reply = await self.asker.ask(asked)
        except Exception as error:  # whatever goes wrong while asking, the answer is no
            return Decision(False, request.arguments, f"nobody could be asked: {error}")
        answered = replace(asked, arguments=reply.arguments)
        # Meanwhile the mode or a rule may have changed, and edited arguments may be what a rule denies.
        again = decide(answered, self.rules, self.mode)
        if again.allow is False and not reply.answer.is_no:
            return Decision(False, request.arguments, again.why)
        why = "you said no" if reply.answer.is_no else "you said yes"
        if rule := remember(answered, reply.answer, self.clock(), reply.scope, reply.origin):
            why += self._keep(rule)
        if reply.answer.is_no:
            return Decision(False, request.arguments, why, reply.answer, reason=reply.reason, rule=rule)
        # As JSON: in Python 1, 1.0 and True are equal.
        edited = canonical(reply.arguments) != sent
        return Decision(True, reply.arguments, why, reply.answer, edited, rule=rule)

    def add(self, rule: Rule) -> None:
        """Add a rule without asking. Raises McpTuiError when one for good cannot be kept."""
        if rule.lifetime == "always" and self.store:
            self.store.add(rule)
        else:
            self._session = [*(each for each in self._session if each.id != rule.id), rule]
        self.ruled(rule, True)

    def revoke(self, rule: Rule) -> None:
        """Forget a rule; the next request is asked for again. Raises McpTuiError when the store cannot be written."""
        if rule.lifetime == "session":
            self._session = [each for each in self._session if each.id != rule.id]
        elif self.store:
            self.store.remove(rule)
        self.ruled(rule, False)

    def _count(self, rule: Rule) -> None:
        now = self.clock()
        if rule.lifetime == "always":
            self.used(rule, now)
        self._session = [
            replace(each, used=each.used + 1, last_used=now) if each is rule else each for each in self._session
        ]

    def _keep(self, rule: Rule) -> str:
        """Remember it; a rule that cannot be stored holds for the session, and the answer says so."""
        try:
            self.add(rule)
        except McpTuiError as error:
            self.add(replace(rule, lifetime="session"))
            return f", for this session only: {error}"
        return ""
