"""The gate over the real store of rules: when in doubt, no; and what was approved is what is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from mcp_tui.domain.catalog import Hints, Kind
from mcp_tui.domain.gate import Gate, NobodyToAsk, Reply
from mcp_tui.domain.permission import Answer, Initiator, Mode, Request, rule_about
from mcp_tui.domain.rules import Effect, Origin, Rule, Scope
from mcp_tui.storage.rules import RulesStore

REQUEST = Request(Initiator.MODEL, Kind.TOOL, "git", "push", {"force": 1}, "definition", "identity")


@dataclass
class Person:
    """Answers every question alike, and counts them."""

    answer: Answer
    arguments: dict[str, Any] | None = None
    scope: Scope = Scope.TOOL
    asked: list[Request] = field(default_factory=list[Request])

    async def ask(self, request: Request) -> Reply:
        self.asked.append(request)
        arguments = request.arguments if self.arguments is None else self.arguments
        return Reply(self.answer, arguments, self.scope)


class Broken:
    async def ask(self, request: Request) -> Reply:
        raise RuntimeError("the screen is gone")


class Slow:
    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def ask(self, request: Request) -> Reply:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "rules.db"


@pytest.fixture
def store(database: Path) -> Iterator[RulesStore]:
    opened = RulesStore(database)
    yield opened
    opened.close()


def damage(database: Path) -> None:
    database.write_bytes(b"garbage" * 1000)


async def test_nobody_to_ask_means_no() -> None:
    assert not (await Gate(NobodyToAsk()).check(REQUEST)).allowed
    assert not (await Gate().check(REQUEST)).allowed


async def test_an_error_while_asking_means_no_and_is_told() -> None:
    decision = await Gate(Broken()).check(REQUEST)
    assert not decision.allowed
    assert "the screen is gone" in decision.why


async def test_cancelling_the_question_is_passed_on_and_remembers_nothing(store: RulesStore) -> None:
    asker = Slow()
    gate = Gate(asker, store)
    check = asyncio.ensure_future(gate.check(REQUEST))
    await asyncio.wait_for(asker.asked.wait(), 5)
    check.cancel()
    with pytest.raises(asyncio.CancelledError):
        await check
    assert gate.rules == []


async def test_a_no_is_not_remembered(store: RulesStore) -> None:
    person = Person(Answer.DENY)
    gate = Gate(person, store)
    for _ in range(2):
        decision = await gate.check(REQUEST)
        assert (decision.allowed, decision.answer) == (False, Answer.DENY)
    assert len(person.asked) == 2


async def test_once_is_once() -> None:
    person = Person(Answer.ONCE)
    gate = Gate(person)
    assert (await gate.check(REQUEST)).allowed
    assert (await gate.check(REQUEST)).allowed
    assert len(person.asked) == 2


async def test_for_the_session_is_asked_once_and_forgotten_by_the_next_session(store: RulesStore) -> None:
    person = Person(Answer.SESSION)
    gate = Gate(person, store)
    for _ in range(2):
        assert (await gate.check(REQUEST)).allowed
    assert len(person.asked) == 1
    assert not (await Gate(NobodyToAsk(), store).check(REQUEST)).allowed


async def test_always_outlives_the_program(store: RulesStore, database: Path) -> None:
    assert (await Gate(Person(Answer.ALWAYS), store, lambda: 7.0).check(REQUEST)).allowed
    store.close()
    later = RulesStore(database)
    try:
        decision = await Gate(NobodyToAsk(), later).check(REQUEST)
        assert decision.allowed and decision.answer is None
        assert [rule.created for rule in later.load()] == [7.0]
    finally:
        later.close()


@pytest.mark.parametrize("changed", ["definition", "identity", "server", "item"])
async def test_a_rule_dies_with_a_change_of_what_was_approved(store: RulesStore, changed: str) -> None:
    await Gate(Person(Answer.ALWAYS), store).check(REQUEST)
    person = Person(Answer.DENY)
    assert not (await Gate(person, store).check(replace(REQUEST, **{changed: "other"}))).allowed
    assert len(person.asked) == 1


async def test_a_revoked_rule_is_asked_for_again(store: RulesStore) -> None:
    for answer in (Answer.SESSION, Answer.ALWAYS):
        person = Person(answer)
        gate = Gate(person, store)
        await gate.check(REQUEST)
        gate.revoke(gate.rules[0])
        await gate.check(REQUEST)
        assert len(person.asked) == 2
        gate.revoke(gate.rules[0])


async def test_edited_arguments_are_what_is_sent() -> None:
    decision = await Gate(Person(Answer.ONCE, {"force": 0})).check(REQUEST)
    assert (decision.arguments, decision.edited) == ({"force": 0}, True)
    decision = await Gate(Person(Answer.ONCE)).check(REQUEST)
    assert (decision.arguments, decision.edited) == ({"force": 1}, False)


async def test_true_instead_of_one_is_an_edit() -> None:
    assert (await Gate(Person(Answer.ONCE, {"force": True})).check(REQUEST)).edited


async def test_the_users_own_call_is_asked_about_only_when_it_destroys() -> None:
    person = Person(Answer.ONCE)
    own = replace(REQUEST, initiator=Initiator.USER, consented=True)
    assert (await Gate(person).check(own)).allowed
    assert person.asked == []
    assert (await Gate(person).check(replace(own, hints=Hints(destructive=True)))).allowed
    assert len(person.asked) == 1


async def test_a_store_that_cannot_write_makes_always_the_session(tmp_path: Path) -> None:
    store = RulesStore(tmp_path)
    person = Person(Answer.ALWAYS)
    gate = Gate(person, store)
    decision = await gate.check(REQUEST)
    assert decision.allowed
    assert "for this session only" in decision.why
    assert (await gate.check(REQUEST)).allowed
    assert len(person.asked) == 1


async def test_a_damaged_store_allows_nothing(store: RulesStore, database: Path) -> None:
    await Gate(Person(Answer.ALWAYS), store).check(REQUEST)
    store.close()
    damage(database)
    assert not (await Gate(NobodyToAsk(), store).check(REQUEST)).allowed


async def test_exact_arguments_are_those_that_were_approved_after_the_edit(store: RulesStore) -> None:
    person = Person(Answer.ALWAYS, {"force": 0}, Scope.EXACT)
    gate = Gate(person, store)
    assert (await gate.check(REQUEST)).arguments == {"force": 0}
    assert gate.rules[0].arguments == '{"force":0}'
    later = Gate(NobodyToAsk(), store)
    assert (await later.check(replace(REQUEST, arguments={"force": 0}))).allowed
    for other in ({"force": 1}, {"force": False}, {"force": 0.0}, {}, {"force": 0, "more": 1}):
        assert not (await later.check(replace(REQUEST, arguments=other))).allowed


async def test_a_yes_to_every_tool_of_a_server_is_for_the_model_alone(store: RulesStore) -> None:
    await Gate(Person(Answer.ALWAYS, scope=Scope.SERVER), store).check(REQUEST)
    later = Gate(NobodyToAsk(), store)
    assert (await later.check(replace(REQUEST, item="other", definition="other"))).allowed
    for initiator in (Initiator.USER, Initiator.COMMAND_LINE):
        assert not (await later.check(replace(REQUEST, initiator=initiator))).allowed


async def test_always_deny_denies_this_one_and_the_next_without_a_question(store: RulesStore) -> None:
    person = Person(Answer.NEVER)
    gate = Gate(person, store)
    first, second = await gate.check(REQUEST), await gate.check(REQUEST)
    assert (first.allowed, first.answer, second.allowed, second.answer) == (False, Answer.NEVER, False, None)
    assert "a rule of yours" in second.why and len(person.asked) == 1


async def test_where_each_time_is_to_be_asked_no_answer_is_remembered(store: RulesStore) -> None:
    for answer in (Answer.SESSION, Answer.ALWAYS):
        person = Person(answer, scope=Scope.SERVER)
        gate = Gate(person, store)
        for _ in range(2):
            assert (await gate.check(replace(REQUEST, wants_question=True))).allowed
        assert [asked.every_time for asked in person.asked] == ["the tool demands a question every time"] * 2
        assert gate.rules == []


async def test_a_demand_for_questions_outranks_a_rule_from_before(store: RulesStore) -> None:
    await Gate(Person(Answer.ALWAYS, scope=Scope.SERVER), store).check(REQUEST)
    assert (await Gate(NobodyToAsk(), store).check(REQUEST)).allowed
    assert not (await Gate(NobodyToAsk(), store).check(replace(REQUEST, wants_question=True))).allowed


async def test_a_mode_that_was_switched_while_the_question_stood_denies_the_yes() -> None:
    gate = Gate()

    class Switching(Person):
        async def ask(self, request: Request) -> Reply:
            gate.mode = Mode.MANUAL
            return await super().ask(request)

    gate.asker = Switching(Answer.ALWAYS)
    decision = await gate.check(REQUEST)
    assert not decision.allowed and "manual mode" in decision.why
    assert gate.rules == []


async def test_arguments_that_were_edited_into_what_a_rule_denies_are_denied(store: RulesStore) -> None:
    never = replace(REQUEST, arguments={"force": True})
    store.add(rule_about(never, Effect.DENY, Scope.EXACT, "always", Origin.SCREEN, 1.0))
    decision = await Gate(Person(Answer.ONCE, {"force": True}), store).check(REQUEST)
    assert not decision.allowed and "a rule of yours" in decision.why


async def test_uses_are_told_for_stored_rules_and_counted_for_those_of_the_session(store: RulesStore) -> None:
    told: list[tuple[Rule, float]] = []
    gate = Gate(Person(Answer.ALWAYS), store, lambda: 7.0, used=lambda rule, now: told.append((rule, now)))
    await gate.check(REQUEST)
    assert told == []
    await gate.check(REQUEST)
    assert told == [(store.load()[0], 7.0)]
    mine = Gate(Person(Answer.SESSION), clock=lambda: 8.0)
    for _ in range(3):
        await mine.check(REQUEST)
    assert [(rule.used, rule.last_used) for rule in mine.rules] == [(2, 8.0)]


async def test_explaining_asks_nobody_and_counts_nothing() -> None:
    person = Person(Answer.SESSION)
    gate = Gate(person)
    assert gate.explain(REQUEST).allow is None
    await gate.check(REQUEST)
    assert gate.explain(REQUEST).allow is True
    assert (len(person.asked), gate.rules[0].used) == (1, 0)
