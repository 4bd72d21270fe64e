"""May this run? Every initiator, kind, hint, consent and rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from mcp_tui.domain.catalog import NOTHING_SAID, Hints, Kind
from mcp_tui.domain.permission import Answer, Initiator, Request, Rule, decide, remember

KINDS = (Kind.TOOL, Kind.PROMPT, Kind.RESOURCE, Kind.TEMPLATE)
DESTRUCTIVE, READ_ONLY, BOTH = Hints(destructive=True), Hints(read_only=True), Hints(read_only=True, destructive=True)
ALL_HINTS = (Hints(), READ_ONLY, DESTRUCTIVE, BOTH)
PEOPLE = (Initiator.USER, Initiator.COMMAND_LINE)
EVERYTHING = list(product(Initiator, KINDS, ALL_HINTS, (False, True)))


def request(
    initiator: Initiator = Initiator.MODEL, kind: Kind = Kind.TOOL, hints: Hints = NOTHING_SAID, consented: bool = False
) -> Request:
    return Request(initiator, kind, "git", "push", {"a": 1}, "definition", "identity", hints=hints, consented=consented)


def rule(asked: Request, allow: bool = True) -> Rule:
    return Rule(allow, asked.server, asked.kind, asked.item, asked.definition, asked.identity, "always")


@pytest.mark.parametrize(("initiator", "kind", "hints", "consented"), EVERYTHING)
def test_without_rules_only_a_persons_own_harmless_act_runs_unasked(
    initiator: Initiator, kind: Kind, hints: Hints, consented: bool
) -> None:
    verdict = decide(request(initiator, kind, hints, consented), [])
    risky = kind is Kind.TOOL and hints is DESTRUCTIVE
    assert verdict.allow is (True if initiator in PEOPLE and consented and not risky else None)
    assert verdict.why


@pytest.mark.parametrize(("initiator", "kind", "hints", "consented"), EVERYTHING)
def test_a_denying_rule_wins_over_everything(initiator: Initiator, kind: Kind, hints: Hints, consented: bool) -> None:
    asked = request(initiator, kind, hints, consented)
    assert decide(asked, [rule(asked), rule(asked, allow=False)]).allow is False


@pytest.mark.parametrize(("initiator", "kind", "hints", "consented"), EVERYTHING)
def test_an_allowing_rule_lets_the_same_thing_run(
    initiator: Initiator, kind: Kind, hints: Hints, consented: bool
) -> None:
    asked = request(initiator, kind, hints, consented)
    assert decide(asked, [rule(asked)]).allow is True
    assert decide(replace(asked, arguments={"a": 2}), [rule(asked)]).allow is True


@pytest.mark.parametrize("changed", ["server", "item", "definition", "identity"])
def test_a_rule_dies_when_the_thing_is_another(changed: str) -> None:
    asked = request()
    assert decide(replace(asked, **{changed: "other"}), [rule(asked)]).allow is None


def test_a_rule_for_a_prompt_is_none_for_a_tool_of_that_name() -> None:
    assert decide(request(kind=Kind.TOOL), [rule(request(kind=Kind.PROMPT))]).allow is None


@pytest.mark.parametrize(("initiator", "kind", "hints", "consented"), EVERYTHING)
@pytest.mark.parametrize("answer", Answer)
def test_what_is_remembered_depends_on_who_asked_for_what(
    initiator: Initiator, kind: Kind, hints: Hints, consented: bool, answer: Answer
) -> None:
    asked = request(initiator, kind, hints, consented)
    kept = remember(asked, answer, 5.0)
    if answer is Answer.DENY:
        assert kept is None
    elif kind is not Kind.TOOL and initiator is not Initiator.MODEL:
        assert kept == Rule(True, "git", kind, "*", "", "identity", "session", 5.0)
    elif answer is Answer.ONCE:
        assert kept is None
    else:
        lifetime = "always" if answer is Answer.ALWAYS else "session"
        assert kept == Rule(True, "git", kind, "push", "definition", "identity", lifetime, 5.0)
    if kept:
        assert decide(asked, [kept]).allow is True


def test_a_yes_to_one_prompt_counts_for_the_servers_prompts_and_resources_of_the_user_only() -> None:
    kept = remember(request(Initiator.USER, Kind.PROMPT), Answer.ONCE, 0.0)
    assert kept

    def runs(asked: Request) -> bool | None:
        return decide(replace(asked, item="another", definition="another"), [kept]).allow

    assert runs(request(Initiator.USER, Kind.RESOURCE)) is True
    assert runs(request(Initiator.USER, Kind.TEMPLATE)) is True
    assert runs(request(Initiator.USER, Kind.TOOL)) is None
    assert runs(request(Initiator.MODEL, Kind.PROMPT)) is None
    assert runs(replace(request(Initiator.USER, Kind.PROMPT), identity="another")) is None


def test_an_item_that_is_named_like_the_wildcard_is_just_an_item() -> None:
    star = replace(request(), item="*")
    kept = remember(star, Answer.ALWAYS, 0.0)
    assert kept
    assert decide(star, [kept]).allow is True
    assert decide(request(Initiator.USER, Kind.PROMPT), [kept]).allow is None
    assert decide(request(), [kept]).allow is None
