"""The one gate: every tool call, prompt and resource read passes `Gate.check()` before it is sent."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.permission import Answer, Decision, Request, Rule, allowed_before, decide, remember


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person said, with the arguments as they may have edited them."""

    answer: Answer
    arguments: dict[str, Any]


class Asker(Protocol):
    """Asks a person. Cancelling the call takes the question off the screen."""

    async def ask(self, request: Request) -> Reply: ...


class RuleStore(Protocol):
    """Keeps "always" rules beyond the session."""

    def load(self) -> list[Rule]: ...

    def add(self, rule: Rule) -> None: ...

    def remove(self, rule: Rule) -> None: ...


class NobodyToAsk:
    """An asker for when there is no person: no answer means deny."""

    async def ask(self, request: Request) -> Reply:
        return Reply(Answer.DENY, request.arguments)


@dataclass(slots=True)
class Gate:
    """Applies the rules, asks a person when they do not answer, and remembers what that person said."""

    asker: Asker = field(default_factory=NobodyToAsk)
    store: RuleStore | None = None
    clock: Callable[[], float] = time.time
    _session: list[Rule] = field(default_factory=list[Rule])

    @property
    def rules(self) -> list[Rule]:
        """All rules in force, session ones first."""
        return [*self._session, *(self.store.load() if self.store else [])]

    async def check(self, request: Request) -> Decision:
        """May it run, and with which arguments? An error while asking means no; a cancel passes through."""
        rules = self.rules
        verdict = decide(request, rules)
        if verdict.allow is not None:
            return Decision(verdict.allow, request.arguments, verdict.why)
        asked = _as_json(request.arguments)
        try:
            reply = await self.asker.ask(replace(request, before=allowed_before(request, rules)))
        except Exception as error:  # whatever goes wrong while asking, the answer is no
            return Decision(False, request.arguments, f"nobody could be asked: {error}")
        if reply.answer is Answer.DENY:
            return Decision(False, request.arguments, "you said no", Answer.DENY)
        why = "you said yes"
        if rule := remember(request, reply.answer, self.clock()):
            why += self._keep(rule)
        # As JSON: in Python 1, 1.0 and True are equal.
        edited = _as_json(reply.arguments) != asked
        return Decision(True, reply.arguments, why, reply.answer, edited)

    def allow_for_session(self, rule: Rule) -> None:
        """Add a rule without asking, as `--allow` does."""
        self._session.append(rule)

    def revoke(self, rule: Rule) -> None:
        """Forget a rule; the next request is asked for again."""
        if rule in self._session:
            self._session.remove(rule)
        elif self.store:
            self.store.remove(rule)

    def _keep(self, rule: Rule) -> str:
        """Remember it; a rule that cannot be stored holds for the session, and the answer says so."""
        if rule.lifetime == "always" and self.store:
            try:
                self.store.add(rule)
            except McpTuiError as error:
                self._session.append(replace(rule, lifetime="session"))
                return f", for this session only: {error}"
        else:
            self._session.append(rule)
        return ""


def _as_json(arguments: dict[str, Any]) -> str:
    return json.dumps(arguments, sort_keys=True, default=str)
