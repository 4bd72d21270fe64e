"""Rules as rows of SQLite, and how rows of earlier versions are understood."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.rules import Effect, Initiator, Origin, Rule, Scope

SCHEMA = """
CREATE TABLE IF NOT EXISTS permissions (
    id TEXT PRIMARY KEY, effect TEXT NOT NULL, scope TEXT NOT NULL, initiator TEXT NOT NULL, server TEXT NOT NULL,
    identity TEXT NOT NULL, kind TEXT NOT NULL, item TEXT NOT NULL, definition TEXT NOT NULL, arguments TEXT NOT NULL,
    origin TEXT NOT NULL, created REAL NOT NULL, definition_text TEXT NOT NULL,
    used INTEGER NOT NULL DEFAULT 0, last_used REAL NOT NULL DEFAULT 0
)"""
_COLUMNS = (
    *("id", "effect", "scope", "initiator", "server", "identity", "kind", "item", "definition", "arguments"),
    *("origin", "created", "definition_text", "used", "last_used"),
)
_INSERT = f"INTO permissions ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_OLD = "rules"
"""The table of versions before 0.2, whose rules answered whoever asked."""


def read_rules(db: sqlite3.Connection) -> list[Rule]:
    """Every rule of every version, oldest first. Writes nothing."""
    db.execute("BEGIN")  # one view of the file, also while another copy takes it over
    try:
        newest = {rule.id: rule for rule in _all_rules(db)}
    finally:
        db.execute("ROLLBACK")
    return sorted(newest.values(), key=lambda rule: rule.created)


def put_rule(db: sqlite3.Connection, rule: Rule) -> None:
    """Keep a rule, in place of another about the same thing."""
    db.execute(f"INSERT OR REPLACE {_INSERT}", _row(rule))


def take_over(db: sqlite3.Connection) -> None:
    """Make the table, and move what an earlier version wrote into it: all of it, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute(SCHEMA)
        if _OLD in _tables(db):
            for rule in _old_rules(db):
                db.execute(f"INSERT OR IGNORE {_INSERT}", _row(rule))
            db.execute(f"DROP TABLE {_OLD}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _all_rules(db: sqlite3.Connection) -> list[Rule]:
    """Those of earlier versions first."""
    rules: list[Rule] = []
    tables = _tables(db)
    if _OLD in tables:
        rules += _old_rules(db)
    if "permissions" in tables:
        rows = db.execute(f"SELECT {', '.join(_COLUMNS)} FROM permissions")
        rules += (rule for row in rows if (rule := _rule(row)))
    return rules


def _tables(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _row(rule: Rule) -> tuple[Any, ...]:
    about = (rule.effect.value, rule.scope.value, rule.initiator.value, rule.server, rule.identity, rule.kind.value)
    what = (rule.item, rule.definition, rule.arguments, rule.origin.value, rule.created, rule.definition_text)
    return (rule.id, *about, *what, rule.used, rule.last_used)


def _rule(row: tuple[Any, ...]) -> Rule | None:
    """The rule of a row, or None when a later version wrote something that we do not understand."""
    _, effect, scope, initiator, server, identity, kind, item, definition, arguments, *rest = row
    origin, created, text, used, last_used = rest
    try:
        words = Effect(effect), Scope(scope), Initiator(initiator), server, identity, Kind(kind)
        return Rule(*words, item, definition, arguments, "always", Origin(origin), created, text, used, last_used)
    except ValueError:
        return None


def _old_rules(db: sqlite3.Connection) -> Iterator[Rule]:
    """An old rule answered the model, forms and the command line alike: it becomes one for each of them."""
    cursor = db.execute(f"SELECT * FROM {_OLD} ORDER BY created")
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        old = dict(zip(names, row, strict=True))
        if old["kind"] not in {kind.value for kind in Kind} or not old["definition"]:
            continue
        for initiator in Initiator:
            yield Rule(
                Effect.ALLOW if old["allow"] else Effect.DENY,
                Scope.TOOL,
                initiator,
                old["server"],
                old["identity"],
                Kind(old["kind"]),
                old["item"],
                old["definition"],
                origin=Origin.EARLIER,
                created=old["created"],
                definition_text=old.get("definition_text", ""),
            )
