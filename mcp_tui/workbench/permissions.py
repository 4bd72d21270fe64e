"""The rules as a person handles them: listed, found dead or alive, added, revoked; and the read-only marks."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.domain.errors import NoSuchItem
from mcp_tui.domain.permission import Initiator, rule_about
from mcp_tui.domain.rules import SHORT_ID, Effect, Origin, Rule, Scope
from mcp_tui.domain.servers import ABLE, ServerSpec

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule, and why it can answer nothing any more ("" while it can, or when that is not known)."""

    rule: Rule
    dead: str = ""


class Permissions:
    """What the Permissions screen, the Inspector and the command do with the gate's rules."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    @property
    def rules(self) -> list[Standing]:
        """Every rule: the strictest first, then by server and item."""
        return in_order(Standing(rule, self._dead(rule)) for rule in self._bench.gate.rules)

    def revoke(self, rule: Rule) -> None:
        """Forget a rule. Raises ConfigError when that cannot be written."""
        self._bench.gate.revoke(rule)

    def add(self, effect: Effect, server: str, what: Tool | Kind, initiator: Initiator) -> Rule:
        """Make a rule for good about a tool with any arguments, or every tool, or (by another kind) all that is read.

        Raises ConfigError.
        """
        if isinstance(what, Tool):
            request = self._bench.request(what, {}, initiator)
            rule = rule_about(request, effect, Scope.TOOL, "always", Origin.SCREEN, time.time())
        else:
            about = (Scope.SERVER, initiator, server, self._bench.hub.spec(server).identity, what)
            rule = Rule(effect, *about, origin=Origin.SCREEN, created=time.time())
        self._bench.gate.add(rule)
        return rule

    def marked(self, tool: Tool) -> Rule | None:
        """The user's mark that this tool, as it is defined now, is read-only."""
        request = self._bench.request(tool, {}, Initiator.USER)
        marks = (rule for rule in self._bench.gate.rules if rule.effect is Effect.READ_ONLY)
        return next((rule for rule in marks if rule.matches(request)), None)

    def mark(self, tool: Tool, on: bool, origin: Origin = Origin.SCREEN) -> None:
        """Mark a tool read-only, or no more. Raises ConfigError."""
        gate = self._bench.gate
        if not on:
            if (mark := self.marked(tool)) is not None:
                gate.revoke(mark)
            return
        request = self._bench.request(tool, {}, Initiator.USER)
        gate.add(rule_about(request, Effect.READ_ONLY, Scope.TOOL, "always", origin, time.time()))

    def _dead(self, rule: Rule) -> str:
        hub = self._bench.hub
        if rule.server not in hub.names:
            return server_gone(rule, None)
        if why := server_gone(rule, hub.spec(rule.server)):
            return why
        if rule.scope is Scope.SERVER or rule.kind is not Kind.TOOL or hub.status(rule.server).state not in ABLE:
            return ""
        tool = self._bench.find_tool(rule.server, rule.item)
        if tool is None:
            return f"{rule.server} offers no such tool now"
        bound = rule.effect in (Effect.ALLOW, Effect.READ_ONLY)
        return "the tool is defined otherwise now" if bound and tool.definition != rule.definition else ""


def without_servers(rules: Iterable[Rule], specs: Sequence[ServerSpec]) -> list[Standing]:
    """What can be told of rules while no server runs."""
    known = {spec.name: spec for spec in specs}
    return in_order(Standing(rule, server_gone(rule, known.get(rule.server))) for rule in rules)


def server_gone(rule: Rule, spec: ServerSpec | None) -> str:
    """Why a rule's server is not the one it was made for, or ""."""
    if spec is None:
        return f"there is no server {rule.server} now"
    return "" if spec.identity == rule.identity else f"{rule.server} is started otherwise now"


def in_order(standings: Iterable[Standing]) -> list[Standing]:
    """The strictest first, then by server and item."""
    effects = [Effect.DENY, Effect.ASK, Effect.ALLOW, Effect.READ_ONLY]

    def place(standing: Standing) -> tuple[int, str, str, str]:
        rule = standing.rule
        return effects.index(rule.effect), rule.server, rule.item, rule.initiator.value

    return sorted(standings, key=place)


def by_id(rules: Iterable[Rule], start: str) -> Rule:
    """The one rule whose id begins so. Raises NoSuchItem."""
    found = [rule for rule in rules if start and rule.id.startswith(start.lower())]
    if len(found) != 1:
        what = f"no rule has an id that begins with {start}" if not found else f"{len(found)} rules have such an id"
        hint = "mcp-tui permissions lists them" if not found else f"type more of it than {SHORT_ID} characters"
        raise NoSuchItem(what, subject=start, hint=hint)
    return found[0]
