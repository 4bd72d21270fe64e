"""The store of rules and consents: kept, private, safe with two copies, and never trusted when damaged."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.permission import Rule
from mcp_tui.storage.rules import RulesStore

RULE = Rule(True, "git", Kind.TOOL, "log", "hash", "identity", "always", 12.5)


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


def test_a_file_of_the_version_before_definitions_were_kept_is_read_and_written(
    store: RulesStore, database: Path
) -> None:
    database.parent.mkdir(parents=True)
    with closing(sqlite3.connect(database, isolation_level=None)) as before:
        before.execute(
            "CREATE TABLE rules (allow INTEGER, server TEXT, kind TEXT, item TEXT, definition TEXT, identity TEXT,"
            " created REAL, PRIMARY KEY (server, identity, kind, item, definition))"
        )
        before.execute("INSERT INTO rules VALUES (1, 'git', 'tool', 'log', 'hash', 'identity', 12.5)")
    assert store.load() == [RULE]
    other = replace(RULE, item="show", created=13.0, definition_text="{}")
    store.add(other)
    assert store.load() == [RULE, other]


def test_files_are_private(store: RulesStore, database: Path) -> None:
    store.add(RULE)
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in database.parent.iterdir()} == {0o600}


def test_a_newer_rule_about_the_same_thing_takes_the_olds_place(store: RulesStore) -> None:
    store.add(RULE)
    store.add(replace(RULE, allow=False, created=13.0))
    assert store.load() == [replace(RULE, allow=False, created=13.0)]


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


def test_a_rule_of_a_kind_from_the_future_is_passed_over(store: RulesStore, database: Path) -> None:
    import sqlite3
    from contextlib import closing

    store.add(RULE)
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("INSERT INTO rules VALUES (1, 'git', 'hologram', 'x', 'h', 'i', 1.0, '')")
    assert store.load() == [RULE]


ADDS = """
import sys
from pathlib import Path
from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.permission import Rule
from mcp_tui.storage.rules import RulesStore
store = RulesStore(Path(sys.argv[1]))
for number in range(30):
    store.add(Rule(True, "s", Kind.TOOL, f"{sys.argv[2]}{number}", "d", "i", "always", 1.0))
store.close()
"""


def test_two_copies_adding_rules_at_once_lose_nothing(store: RulesStore, database: Path) -> None:
    copies = [subprocess.Popen([sys.executable, "-c", ADDS, str(database), name]) for name in ("a", "b")]
    assert [copy.wait(timeout=30) for copy in copies] == [0, 0]
    assert {rule.item for rule in store.load()} == {f"{name}{number}" for name in ("a", "b") for number in range(30)}
    assert store.warnings == []
