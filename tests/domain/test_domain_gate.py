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
from mcp_tui.domain.permission import Answer, Initiator, Request
from mcp_tui.storage.rules import RulesStore

REQUEST = Request(Initiator.MODEL, Kind.TOOL, "git", "push", {"force": 1}, "definition", "identity")


@dataclass
class Person:
    """Answers every question alike, and counts them."""

    answer: Answer
    arguments: dict[str, Any] | None = None
    asked: list[Request] = field(default_factory=list[Request])

    async def ask(self, request: Request) -> Reply:
        self.asked.append(request)
        return Reply(self.answer, request.arguments if self.arguments is None else self.arguments)


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
