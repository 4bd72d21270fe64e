"""May this run? Every initiator, kind, hint, consent, mode and rule."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.catalog import NOTHING_SAID, Hints, Kind, Tool
from mcp_tui.domain.echoes import Echo
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Answer, Initiator, Mode, Request, decide, remember, rule_about
from mcp_tui.domain.rule_words import sentence
from mcp_tui.domain.rules import Effect, Origin, Rule, Scope, canonical

KINDS = (Kind.TOOL, Kind.PROMPT, Kind.RESOURCE, Kind.TEMPLATE)
DESTRUCTIVE, READ_ONLY, BOTH = Hints(destructive=True), Hints(read_only=True), Hints(read_only=True, destructive=True)
ALL_HINTS = (Hints(), READ_ONLY, DESTRUCTIVE, BOTH)
PEOPLE = (Initiator.USER, Initiator.COMMAND_LINE)
EVERYTHING = list(product(Initiator, KINDS, ALL_HINTS, (False, True)))


def request(
    initiator: Initiator = Initiator.MODEL, kind: Kind = Kind.TOOL, hints: Hints = NOTHING_SAID, consented: bool = False
) -> Request:
    return Request(initiator, kind, "git", "push", {"a": 1}, "definition", "identity", hints=hints, consented=consented)


def rule(asked: Request, effect: Effect = Effect.ALLOW, scope: Scope = Scope.TOOL) -> Rule:
    return rule_about(asked, effect, scope, "always", Origin.DIALOG, 5.0)


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
    assert decide(asked, [rule(asked), rule(asked, Effect.DENY)]).allow is False


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
    elif answer is Answer.NEVER:
        assert kept and kept == rule(asked, Effect.DENY)
        assert decide(asked, [kept]).allow is False
        return
    elif kind is not Kind.TOOL and initiator is not Initiator.MODEL:
        assert kept == replace(rule(asked, scope=Scope.SERVER), lifetime="session")
    elif answer is Answer.ONCE:
        assert kept is None
    else:
        assert kept == replace(rule(asked), lifetime="always" if answer is Answer.ALWAYS else "session")
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


ALLOW, ASK, DENY, MARK = Effect.ALLOW, Effect.ASK, Effect.DENY, Effect.READ_ONLY
EXACT, TOOL, SERVER = Scope.EXACT, Scope.TOOL, Scope.SERVER


@pytest.mark.parametrize("scopes", list(product(Scope, repeat=3)))
def test_the_strictest_rule_wins_whatever_its_scope_and_order(scopes: tuple[Scope, Scope, Scope]) -> None:
    asked = request()
    deny, ask, allow = (rule(asked, effect, scope) for effect, scope in zip((DENY, ASK, ALLOW), scopes, strict=True))
    for three in permutations((deny, ask, allow)):
        assert (decide(asked, three).allow, decide(asked, three).rule) == (False, deny)
    for two in permutations((ask, allow)):
        verdict = decide(asked, two)
        assert (verdict.allow, verdict.rule, verdict.every_time) == (None, ask, True)
    assert (decide(asked, [allow]).allow, decide(asked, [allow]).rule) == (True, allow)


def test_of_rules_alike_the_narrowest_is_named_then_the_oldest() -> None:
    asked = request()
    rules = [replace(rule(asked, ALLOW, scope), created=created) for scope in Scope for created in (3.0, 2.0)]
    named = decide(asked, reversed(rules)).rule
    assert named and (named.scope, named.created) == (EXACT, 2.0)


TABLE = [
    # mode, initiator, consented, hints, the tool demands a question, rules -> allow, what is said
    ("manual", "model", False, NOTHING_SAID, False, [ALLOW, MARK], False, "manual mode"),
    ("manual", "you", True, NOTHING_SAID, False, [], True, "you asked"),
    ("manual", "command line", True, NOTHING_SAID, False, [], True, "you asked"),
    ("read-only", "model", False, READ_ONLY, False, [ALLOW], False, "read-only mode"),
    ("read-only", "model", False, DESTRUCTIVE, False, [MARK, ALLOW], True, "always"),
    ("read-only", "model", False, NOTHING_SAID, False, [MARK], None, "nothing allows"),
    ("read-only", "model", False, NOTHING_SAID, False, [MARK, DENY], False, "a rule of yours"),
    ("read-only", "you", True, READ_ONLY, False, [], False, "read-only mode"),
    ("read-only", "you", True, NOTHING_SAID, False, [MARK], True, "you asked"),
    ("read-only", "command line", True, NOTHING_SAID, False, [ALLOW], False, "read-only mode"),
    ("read-only", "command line", True, NOTHING_SAID, False, [MARK], True, "you asked"),
    ("ask", "model", False, READ_ONLY, False, [MARK], None, "nothing allows"),
    ("ask", "model", False, NOTHING_SAID, True, [ALLOW], None, "demands a question"),
    ("ask", "model", False, NOTHING_SAID, True, [ALLOW, DENY], False, "a rule of yours"),
    ("ask", "you", True, NOTHING_SAID, True, [], True, "you asked"),
    ("ask", "you", True, DESTRUCTIVE, True, [ALLOW], None, "demands a question"),
    ("ask", "you", True, DESTRUCTIVE, False, [], None, "destroy"),
    ("ask", "you", True, DESTRUCTIVE, False, [ALLOW], True, "always"),
    ("ask", "you", True, NOTHING_SAID, False, [ASK], None, "asks every time"),
    ("ask", "you", True, NOTHING_SAID, False, [DENY], False, "a rule of yours"),
]


@pytest.mark.parametrize(("mode", "who", "consented", "hints", "demands", "effects", "allow", "says"), TABLE)
def test_the_order_is_mode_deny_ask_own_act_demand_allow(
    mode: str,
    who: str,
    consented: bool,
    hints: Hints,
    demands: bool,
    effects: list[Effect],
    allow: bool | None,
    says: str,
) -> None:
    asked = replace(request(Initiator(who), hints=hints, consented=consented), wants_question=demands)
    verdict = decide(asked, [rule(asked, effect) for effect in effects], Mode(mode))
    assert verdict.allow is allow
    assert says in verdict.why


@pytest.mark.parametrize(("asks", "has"), [pair for pair in product(Initiator, repeat=2) if pair[0] is not pair[1]])
@pytest.mark.parametrize("effect", [ALLOW, ASK, DENY])
def test_a_rule_for_one_initiator_never_answers_another(asks: Initiator, has: Initiator, effect: Effect) -> None:
    assert decide(request(asks), [rule(request(has), effect, scope) for scope in Scope]) == decide(request(asks), [])


@pytest.mark.parametrize("effect", [ASK, DENY])
@pytest.mark.parametrize("scope", Scope)
def test_a_tool_does_not_shake_off_a_no_by_changing_its_definition(effect: Effect, scope: Scope) -> None:
    asked = request()
    rules = [rule(asked, effect, scope), rule(asked, ALLOW, SERVER)]
    changed = replace(asked, definition="another")
    assert decide(changed, rules).allow is decide(asked, rules).allow is (False if effect is DENY else None)


@pytest.mark.parametrize("scope", [EXACT, TOOL])
@pytest.mark.parametrize("effect", [ALLOW, MARK])
def test_a_yes_and_a_mark_end_with_the_definition(scope: Scope, effect: Effect) -> None:
    asked = request()
    assert rule(asked, effect, scope).matches(asked)
    assert not rule(asked, effect, scope).matches(replace(asked, definition="another"))


def test_a_rule_about_every_tool_is_about_tools_of_that_very_server_alone() -> None:
    every = rule(request(), ALLOW, SERVER)
    assert every.matches(replace(request(), item="new", definition="new", arguments={}))
    for other in (replace(request(), identity="x"), replace(request(), server="x"), request(kind=Kind.PROMPT)):
        assert not every.matches(other)


@pytest.mark.parametrize("one", [1, 1.0, True, "1", [1], {"a": 1}, None])
@pytest.mark.parametrize("other", [1, 1.0, True, "1", [1], {"a": 1}, None])
def test_exact_arguments_are_equal_as_json_and_not_as_python(one: object, other: object) -> None:
    kept = rule(replace(request(), arguments={"x": one, "y": 2}), ALLOW, EXACT)
    same = type(one) is type(other) and one == other
    assert kept.matches(replace(request(), arguments={"y": 2, "x": other})) is same


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
arguments = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), json_values, max_size=4)


def shape(value: object) -> object:
    """A value told apart from every other JSON value by plain equality."""
    if isinstance(value, dict):
        return "object", {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return "array", [shape(each) for each in value]
    return type(value).__name__, repr(value)


@given(arguments, arguments)
def test_canonical_json_is_equal_exactly_for_equal_arguments(one: dict[str, object], other: dict[str, object]) -> None:
    assert (canonical(one) == canonical(other)) is (shape(one) == shape(other))
    assert canonical(dict(reversed(one.items()))) == canonical(one)
    assert canonical(json.loads(canonical(one))) == canonical(one)


rules_about = st.builds(
    lambda who, effect, scope, item, definition, identity, values, created: replace(
        rule(replace(request(who), item=item, arguments={"a": values}, definition=definition), effect, scope),
        identity=identity,
        created=created,
    ),
    st.sampled_from(Initiator),
    st.sampled_from(Effect),
    st.sampled_from(Scope),
    st.sampled_from(["push", "pull"]),
    st.sampled_from(["definition", "other"]),
    st.sampled_from(["identity", "other"]),
    st.sampled_from([1, 1.0, True]),
    st.floats(0, 9),
)


@given(st.lists(rules_about, max_size=8), st.sampled_from(Initiator), st.sampled_from(Mode), st.randoms())
def test_more_rules_never_loosen_but_by_a_yes_that_matches(
    rules: list[Rule], who: Initiator, mode: Mode, random: Random
) -> None:
    asked = request(who)
    verdict = decide(asked, rules, mode)
    shuffled = random.sample(rules, len(rules))
    assert decide(asked, shuffled, mode).allow is verdict.allow
    if verdict.allow:
        assert verdict.rule and verdict.rule.effect is ALLOW and verdict.rule.matches(asked)
        assert not any(each.matches(asked) for each in rules if each.effect in (ASK, DENY))
    without_yes = [each for each in rules if each.effect is not ALLOW]
    assert decide(asked, without_yes, mode).allow is not True


@pytest.mark.parametrize("carried", ["secret", "text"])
def test_a_rule_with_any_arguments_answers_no_call_that_carries_a_secret_or_another_servers_text(carried: str) -> None:
    words = "the account is 4711-0815"
    HIDDEN.add(["hunter2hunter2"])
    asked = replace(
        request(),
        arguments={"a": f"key {'hunter2hunter2' if carried == 'secret' else words}"},
        echoes=(Echo("a", words, "mail"),) if carried == "text" else (),
    )
    for scope in (TOOL, SERVER):
        for lifetime in ("session", "always"):
            kept = replace(rule(asked, ALLOW, scope), lifetime=lifetime)
            verdict = decide(asked, [kept])
            assert (verdict.allow, verdict.rule, verdict.despite) == (None, None, kept)
            assert ("a configured secret" if carried == "secret" else "text of mail") in verdict.why
            assert decide(replace(asked, arguments={"a": 1}, echoes=()), [kept]).allow is True
    assert decide(asked, [rule(asked, ALLOW, TOOL), rule(asked, ALLOW, EXACT)]).allow is True, "just these were allowed"
    own = replace(asked, echoes=tuple(replace(echo, server="git") for echo in asked.echoes))
    assert carried == "secret" or decide(own, [rule(own)]).allow is True, "a tool may be told what its server said"
    typed = replace(asked, initiator=Initiator.COMMAND_LINE)
    assert decide(typed, [rule(typed)]).allow is True, "a person knows what they type"


@pytest.mark.parametrize(
    ("meta", "wants"),
    [
        (None, False),
        ("text", False),
        ({}, False),
        ({"anthropic/requiresUserInteraction": True}, True),
        ({"mcp-tui/alwaysAsk": True}, True),
        ({"mcp-tui/alwaysAsk": False, "anthropic/requiresUserInteraction": None}, False),
        ({"mcp-tui/alwaysAsk": "yes"}, True),
    ],
)
def test_the_demand_for_a_question_is_read_from_meta(meta: object, wants: bool) -> None:
    assert Tool("s", "t", raw={"name": "t", "_meta": meta}).wants_question is wants


def test_a_rule_that_would_write_a_secret_down_ends_with_the_session_and_says_so() -> None:
    HIDDEN.add(["hunter2hunter2"])
    for asked in (replace(request(), arguments={"a": "hunter2hunter2"}), replace(request(), item="hunter2hunter2")):
        kept = remember(asked, Answer.ALWAYS, 0.0, EXACT)
        assert kept and kept.lifetime == "session" and decide(asked, [kept]).allow is True
        assert "until you quit" in sentence(kept)


def test_each_rule_is_put_in_words() -> None:
    asked = request()
    says = {scope: sentence(rule(asked, ALLOW, scope)) for scope in Scope}
    assert says[EXACT] == (
        'The model may call the tool push on git with exactly the arguments {"a":1} without being asked about, '
        "until you revoke it. It ends by itself when the tool or its server changes."
    )
    assert "with any arguments" in says[TOOL]
    for scope in (TOOL, SERVER):
        assert (
            "Arguments with a configured secret or another server's text are asked about all the same." in says[scope]
        )
    assert "every tool of git, destructive ones and those it adds or changes later too" in says[SERVER]
    assert sentence(rule(request(Initiator.USER), DENY)) == (
        "You, from a form or with a slash command, may never call the tool push on git with any arguments, "
        "until you revoke it."
    )
    assert "only after a question each time" in sentence(rule(request(Initiator.COMMAND_LINE), ASK))
    assert "until you quit" in sentence(replace(rule(asked), lifetime="session"))
    assert "read every prompt and resource of git" in sentence(rule(request(kind=Kind.RESOURCE), ALLOW, SERVER))
    assert "You marked the tool push on git read-only" in sentence(rule(asked, MARK))
