"""`mcp-tui permissions`: what is remembered, which rule answers a call and why, and how to take one back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.domain.errors import NoSuchItem
from mcp_tui.domain.permission import Initiator, Verdict
from mcp_tui.domain.rule_words import sentence
from mcp_tui.domain.rules import Effect, Rule, Scope
from mcp_tui.domain.servers import ServerSpec
from mcp_tui.headless.items import arguments_of
from mcp_tui.headless.output import Exit, moment, print_json, print_result, say, say_error
from mcp_tui.headless.questions import reviewed
from mcp_tui.headless.session import only_needed, report_unreachable, settled
from mcp_tui.workbench.audit import Audit
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home
from mcp_tui.workbench.permissions import Standing, by_id, without_servers

WHO = {"model": Initiator.MODEL, "form": Initiator.USER, "command": Initiator.COMMAND_LINE}
"""What `--for` takes."""
_WORDS = {True: "allow", False: "deny", None: "ask"}


async def list_rules(home: Home, specs: Sequence[ServerSpec], as_json: bool) -> int:
    """Print every rule that is kept for good. No server is started, so a changed definition is not noticed."""
    async with aclosing(home):
        standings = without_servers(_rules(home), specs)
    if as_json:
        print_json([_as_json(standing) for standing in standings])
        return Exit.OK
    for standing in standings:
        print_result(_in_words(standing))
    if not standings:
        say("Nothing is remembered. Every call by the model is asked for.")
    return Exit.OK


async def accept(home: Home, specs: Sequence[ServerSpec], name: str, as_json: bool) -> int:
    """Print what of a server (or of `SERVER/TOOL`) is new or changed, and accept it: typing the command is the yes."""
    server, _, tool = name.partition("/")
    chosen = [spec for spec in specs if spec.name == server]
    if not chosen:
        raise NoSuchItem(f"there is no server {server}", subject=server, hint="mcp-tui doctor lists them")
    async with settled(home, chosen) as bench:
        code = report_unreachable(bench)
        waiting = await bench.reviews.waiting(server)
        found = [each for each in waiting.tools if tool in ("", each.tool.name)] if waiting else []
        if waiting and found:
            say(reviewed(replace(waiting, tools=tuple(found))))
            await bench.reviews.accept(server, [each.tool for each in found])
    accepted = [each.tool.name for each in found]
    if as_json:
        print_json({"server": server, "accepted": accepted})
    elif not code:
        print_result(f"accepted {', '.join(accepted)}" if accepted else f"nothing of {name} waits")
    return code


async def revoke(home: Home, rule_id: str, as_json: bool) -> int:
    """Forget the one rule whose id begins so; a copy of the program that runs asks again from now on."""
    async with aclosing(home):
        rule = by_id(_rules(home), rule_id)
        home.rules.remove(rule)
        Audit(home.audit_log, say).ruled(rule, False)
    if as_json:
        print_json(_as_json(Standing(rule)))
    else:
        print_result(f"revoked {rule.short_id}  {sentence(rule)}")
    return Exit.OK


async def explain(
    home: Home, specs: Sequence[ServerSpec], name: str, words: Sequence[str], who: str, as_json: bool
) -> int:
    """Say what would become of a call, by which rule and why. Nothing is called, and nobody is asked."""
    async with settled(home, only_needed(specs, name)) as bench:
        try:
            tool = bench.find(Kind.TOOL, name)
        except NoSuchItem as error:
            if not (code := report_unreachable(bench)):
                raise
            say_error(error)
            _tell_unchecked(bench, name, WHO[who], as_json)
            return code
        assert isinstance(tool, Tool)
        request = bench.request(tool, _arguments(tool, words), WHO[who])
        request = replace(request, consented=WHO[who] is not Initiator.MODEL)
        verdict = bench.gate.explain(request)
        mode = bench.gate.mode.value
    if as_json:
        rule = _as_json(Standing(verdict.rule)) if verdict.rule else None
        asked = {"server": tool.server, "tool": tool.name, "for": who, "arguments": request.arguments, "mode": mode}
        print_json({"answer": _WORDS[verdict.allow], "why": verdict.why, "rule": rule, **asked})
    else:
        print_result(_why(verdict))
    return Exit.OK


def _rules(home: Home) -> list[Rule]:
    rules = home.rules.load()
    for warning in home.rules.warnings:
        say(f"mcp-tui: {warning}")
    return rules


def _arguments(tool: Tool, words: Sequence[str]) -> dict[str, Any]:
    """One JSON object, or key=value words as the tool's schema wants them, or nothing at all."""
    if not words:
        return {}
    as_one = len(words) == 1 and words[0].lstrip().startswith(("{", "["))
    return arguments_of(tool, [] if as_one else words, words[0] if as_one else None)


def _why(verdict: Verdict) -> str:
    rule = f" ({verdict.rule.short_id}): {sentence(verdict.rule)}" if verdict.rule else "."
    return f"{_WORDS[verdict.allow]}: {verdict.why}{rule}"


def _tell_unchecked(bench: Workbench, name: str, who: Initiator, as_json: bool) -> None:
    """Without the tool's definition: the rules that may be about it."""
    server, slash, item = name.partition("/")
    about = [
        standing
        for standing in bench.permissions.rules
        if standing.rule.initiator is who
        and (not slash or standing.rule.server == server)
        and (standing.rule.scope is Scope.SERVER or standing.rule.item == (item if slash else name))
    ]
    why = "the tool's definition could not be read, so no rule could be checked against it"
    if as_json:
        print_json({"answer": None, "why": why, "rules": [_as_json(standing) for standing in about]})
        return
    say(f"mcp-tui: {why}; these rules may be about it:" if about else f"mcp-tui: {why}")
    for standing in about:
        print_result(_in_words(standing))


def _in_words(standing: Standing) -> str:
    rule = standing.rule
    used = f"used {rule.used}×, last {moment(rule.last_used)}" if rule.used else "never used"
    more = [f"since {moment(rule.created)}, from {rule.origin.value}"]
    if rule.effect is not Effect.READ_ONLY:
        more.append(used)
    if standing.dead:
        more.append(f"answers nothing any more: {standing.dead}")
    return f"{rule.short_id}  {sentence(rule)}\n          {' · '.join(more)}"


def _as_json(standing: Standing) -> dict[str, Any]:
    rule = standing.rule
    return {
        "id": rule.short_id,
        "effect": rule.effect.value,
        "server": rule.server,
        "kind": rule.kind.value,
        "item": rule.item or None,
        "scope": rule.scope.value,
        "arguments": json.loads(rule.arguments) if rule.scope is Scope.EXACT else None,
        "for": None if rule.effect is Effect.READ_ONLY else _who(rule),
        "lifetime": rule.lifetime,
        "created": rule.created,
        "from": rule.origin.value,
        "used": rule.used,
        "last_used": rule.last_used or None,
        "dead": standing.dead or None,
        "words": sentence(rule),
    }


def _who(rule: Rule) -> str:
    return next(word for word, who in WHO.items() if who is rule.initiator)
