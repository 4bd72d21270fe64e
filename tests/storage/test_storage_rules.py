"""The store of rules and consents: kept, private, safe with two copies, and never trusted when damaged."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.rules import Effect, Initiator, Origin, Rule, Scope
from mcp_tui.storage.rules import RulesStore

RULE = Rule(Effect.ALLOW, Scope.TOOL, Initiator.MODEL, "git", "identity", Kind.TOOL, "log", "hash", created=12.5)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mcp-tui.db"


@pytest.fixture
def store(database: Path) -> Iterator[RulesStore]:
    opened = RulesStore(database)
    yield opened
    opened.close()


def reopened(store: RulesStore, database: Path) -> list[Rule]:
    store.close()
    other = RulesStore(database)
    try:
        return other.load()
    finally:
        other.close()


def test_reading_makes_no_file(store: RulesStore, database: Path) -> None:
    assert store.load() == []
    assert not store.consented("x")
    store.remove(RULE)
    assert not database.parent.exists()


def test_a_rule_outlives_the_program(store: RulesStore, database: Path) -> None:
    store.add(RULE)
    assert reopened(store, database) == [RULE]


def test_a_rule_keeps_what_was_allowed(store: RulesStore, database: Path) -> None:
    rule = replace(RULE, definition_text='{"name": "log"}')
    store.add(rule)
    assert reopened(store, database) == [rule]


OLD = {
    "with what was approved": (
        "CREATE TABLE rules (allow INTEGER, server TEXT, kind TEXT, item TEXT, definition TEXT, identity TEXT,"
        " created REAL, definition_text TEXT NOT NULL DEFAULT '',"
        " PRIMARY KEY (server, identity, kind, item, definition))",
        ("'{}'", "{}"),
    ),
    "before that was kept": (
        "CREATE TABLE rules (allow INTEGER, server TEXT, kind TEXT, item TEXT, definition TEXT, identity TEXT,"
        " created REAL, PRIMARY KEY (server, identity, kind, item, definition))",
        ("", ""),
    ),
}


def old_file(database: Path, version: str) -> list[Rule]:
    """Write a file as an earlier version did, with a yes and a no; what they mean today."""
    table, (sql, text) = OLD[version]
    more = f", {sql}" if sql else ""
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database, isolation_level=None)) as before:
        before.execute(table)
        before.execute(f"INSERT INTO rules VALUES (1, 'git', 'tool', 'log', 'hash', 'identity', 12.5{more})")
        before.execute(f"INSERT INTO rules VALUES (0, 'git', 'tool', 'push', 'hash', 'identity', 12.6{more})")
    yes = replace(RULE, origin=Origin.EARLIER, definition_text=text)
    no = replace(yes, effect=Effect.DENY, item="push", created=12.6)
    return [replace(rule, initiator=initiator) for rule in (yes, no) for initiator in Initiator]


@pytest.mark.parametrize("version", OLD)
def test_rules_of_earlier_versions_hold_as_they_did_for_whoever_asks(
    store: RulesStore, database: Path, version: str
) -> None:
    meant = old_file(database, version)
    before = database.read_bytes()
    assert store.load() == meant
    assert database.read_bytes() == before, "reading changes nothing"
    other = replace(RULE, item="show", created=13.0)
    store.add(other)
    assert store.load() == [*meant, other] == reopened(store, database)


@pytest.mark.parametrize("version", OLD)
def test_a_rule_of_an_earlier_version_can_be_revoked_and_stays_so(
    store: RulesStore, database: Path, version: str
) -> None:
    first, *others = old_file(database, version)
    store.remove(first)
    assert reopened(store, database) == others


def test_what_an_earlier_version_adds_later_is_taken_over_too(store: RulesStore, database: Path) -> None:
    store.add(RULE)
    meant = old_file(database, "with what was approved")
    expected = [RULE, *(rule for rule in meant if rule.id != RULE.id)]
    assert {rule.id for rule in reopened(store, database)} == {rule.id for rule in expected}
    other = RulesStore(database)
    try:
        other.add(replace(RULE, item="show", created=13.0))
        assert RULE in other.load(), "the newer version's own rule stays"
    finally:
        other.close()


def test_files_are_private(store: RulesStore, database: Path) -> None:
    store.add(RULE)
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in database.parent.iterdir()} == {0o600}


def test_a_newer_rule_about_the_same_thing_takes_the_olds_place(store: RulesStore) -> None:
    store.add(RULE)
    store.add(replace(RULE, effect=Effect.DENY, created=13.0))
    assert store.load() == [replace(RULE, effect=Effect.DENY, created=13.0)]


EXACT = replace(RULE, scope=Scope.EXACT, arguments='{"a":1}')


@pytest.mark.parametrize(
    "other",
    [
        replace(RULE, initiator=Initiator.USER),
        replace(RULE, scope=Scope.SERVER, item="", definition=""),
        EXACT,
        replace(EXACT, arguments='{"a":1.0}'),
        replace(RULE, effect=Effect.READ_ONLY),
        replace(RULE, definition="other"),
        replace(RULE, identity="other"),
        replace(RULE, kind=Kind.PROMPT),
    ],
)
def test_rules_about_different_things_stand_beside_each_other(store: RulesStore, database: Path, other: Rule) -> None:
    for rule in (RULE, EXACT, other):
        store.add(rule)
    assert {rule.id for rule in reopened(store, database)} == {RULE.id, EXACT.id, other.id}


def test_uses_are_counted_also_from_another_thread_and_seen_at_once(store: RulesStore) -> None:
    store.add(RULE)
    assert store.load() == [RULE]
    counting = threading.Thread(target=store.count, args=({RULE.id: (2, 20.0), "gone": (1, 1.0)},))
    counting.start()
    counting.join(10)
    assert store.load() == [replace(RULE, used=2, last_used=20.0)]


def test_what_another_copy_does_is_seen_by_the_next_reading(store: RulesStore, database: Path) -> None:
    other = RulesStore(database)
    try:
        store.add(RULE)
        for _ in range(3):
            assert store.load() == other.load() == [RULE]
            other.remove(RULE)
            assert store.load() == []
            store.add(RULE)
    finally:
        other.close()


def test_a_file_that_was_exchanged_is_read_and_written_anew(store: RulesStore, database: Path) -> None:
    store.add(RULE)
    assert store.load() == [RULE]
    for file in database.parent.iterdir():
        file.rename(file.with_name(f"{file.name}.away"))
    assert store.load() == []
    store.add(EXACT)
    assert reopened(store, database) == [EXACT]


def test_a_file_that_is_damaged_under_an_open_store_allows_nothing_and_says_so(
    store: RulesStore, database: Path
) -> None:
    heard: list[str] = []
    store.told = heard.append
    never = replace(RULE, effect=Effect.DENY, item="push", created=13.0)
    store.add(RULE)
    store.add(never)
    assert store.load() == [RULE, never]
    os.truncate(f"{database}-wal", 0)
    database.write_bytes(b"garbage" * 3000)
    assert store.load() == store.load() == [never], "what was denied stays so for this run"
    assert heard == store.warnings and "was damaged" in heard[0]


def test_a_name_that_cannot_be_written_is_an_error_and_no_crash(store: RulesStore) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        store.add(replace(RULE, item="\ud800"))


def test_reading_again_what_did_not_change_reads_no_row(store: RulesStore) -> None:
    store.add(RULE)
    store.load()
    store.load()
    statements: list[str] = []
    connection = store._connection  # pyright: ignore[reportPrivateUsage]
    assert connection is not None
    connection.set_trace_callback(statements.append)
    assert store.load() == [RULE]
    assert not any("SELECT" in statement for statement in statements)


def test_a_removed_rule_is_gone_and_others_stay(store: RulesStore, database: Path) -> None:
    other = replace(RULE, item="show")
    store.add(RULE)
    store.add(other)
    store.remove(RULE)
    assert reopened(store, database) == [other]


def test_consent_is_for_one_hash(store: RulesStore, database: Path) -> None:
    store.give_consent("a", "uvx server", 1.0)
    store.give_consent("a", "uvx server", 2.0)
    assert store.consented("a")
    assert not store.consented("b")


@pytest.mark.parametrize("damage", [b"this is no database" * 400, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside_and_allows_nothing(store: RulesStore, database: Path, damage: bytes) -> None:
    database.parent.mkdir()
    database.write_bytes(damage)
    assert store.load() == []
    assert "mcp-tui.db was damaged" in store.warnings[0]
    assert database.with_name("mcp-tui.db.broken").read_bytes() == damage
    store.add(RULE)
    assert reopened(store, database) == [RULE]


def test_a_file_damaged_before_the_first_write_is_set_aside_too(store: RulesStore, database: Path) -> None:
    database.parent.mkdir()
    database.write_bytes(b"no database at all" * 100)
    store.add(RULE)
    assert store.load() == [RULE]
    assert store.warnings


def test_a_file_that_cannot_be_opened_allows_nothing_and_says_so(store: RulesStore, database: Path) -> None:
    database.mkdir(parents=True)
    assert store.load() == []
    assert "cannot be read" in store.warnings[0]
    with pytest.raises(ConfigError, match=r"mcp-tui\.db cannot be written"):
        store.add(RULE)


@pytest.mark.parametrize("column", ["kind", "effect", "scope", "initiator", "origin"])
def test_a_rule_in_words_from_the_future_is_passed_over(store: RulesStore, database: Path, column: str) -> None:
    store.add(RULE)
    store.add(replace(RULE, item="show"))
    with closing(sqlite3.connect(database)) as db, db:
        db.execute(f"UPDATE permissions SET {column} = 'hologram' WHERE item = 'show'")
    assert store.load() == [RULE]


ADDS = """
import sys
from pathlib import Path
from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.rules import Effect, Initiator, Rule, Scope
from mcp_tui.storage.rules import RulesStore
store = RulesStore(Path(sys.argv[1]))
for number in range(30):
    store.add(Rule(Effect.ALLOW, Scope.TOOL, Initiator.MODEL, "s", "i", Kind.TOOL, f"{sys.argv[2]}{number}", "d"))
store.close()
"""


def test_two_copies_adding_rules_at_once_lose_nothing(store: RulesStore, database: Path) -> None:
    copies = [subprocess.Popen([sys.executable, "-c", ADDS, str(database), name]) for name in ("a", "b")]
    assert [copy.wait(timeout=30) for copy in copies] == [0, 0]
    assert {rule.item for rule in store.load()} == {f"{name}{number}" for name in ("a", "b") for number in range(30)}
    assert store.warnings == []
