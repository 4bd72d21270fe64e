"""What was allowed for good: the "always" rules of the gate, and consents to run a project's servers. In SQLite."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.permission import Rule
from mcp_tui.storage.files import PRIVATE, locked

BUSY_TIMEOUT = 3.0
"""Seconds to wait for another copy's write."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rules (
    allow INTEGER NOT NULL, server TEXT NOT NULL, kind TEXT NOT NULL, item TEXT NOT NULL,
    definition TEXT NOT NULL, identity TEXT NOT NULL, created REAL NOT NULL, definition_text TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (server, identity, kind, item, definition)
);
CREATE TABLE IF NOT EXISTS consents (hash TEXT PRIMARY KEY, text TEXT NOT NULL, created REAL NOT NULL);
"""
_COLUMNS = ("allow", "server", "kind", "item", "definition", "identity", "created")
_SELECT = "SELECT * FROM rules ORDER BY created"
_INSERT = f"INSERT OR REPLACE INTO rules ({', '.join(_COLUMNS)}, definition_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_TEXT = "ALTER TABLE rules ADD COLUMN definition_text TEXT NOT NULL DEFAULT ''"
"""For a file of an earlier version, which did not keep the definitions themselves."""
_DELETE = "DELETE FROM rules WHERE server = ? AND kind = ? AND item = ? AND definition = ? AND identity = ?"

T = TypeVar("T")
_Act = Callable[[sqlite3.Connection], T]


class RulesStore:
    """`domain.gate.RuleStore` on disk. Opened when first needed, made by the first write.

    Reading never raises: what cannot be read allows nothing, and `warnings` says why. Writing raises ConfigError.
    A damaged file is set aside as `.broken`, so that it can be looked at and does no harm.
    """

    def __init__(self, database: Path) -> None:
        self.warnings: list[str] = []
        self._path = database
        self._connection: sqlite3.Connection | None = None
        self._is_made = False
        """The open file has every table and column."""

    def load(self) -> list[Rule]:
        """Every rule, oldest first."""
        return [rule for row in self._read(lambda db: db.execute(_SELECT).fetchall(), []) if (rule := _rule(row))]

    def add(self, rule: Rule) -> None:
        """Keep a rule; it takes the place of another about the same thing."""
        about = (rule.server, rule.kind.value, rule.item, rule.definition, rule.identity)
        self._write(lambda db: db.execute(_INSERT, (rule.allow, *about, rule.created, rule.definition_text)))

    def remove(self, rule: Rule) -> None:
        """Forget a rule; none like it is no error."""
        if self._path.exists():
            row = (rule.server, rule.kind.value, rule.item, rule.definition, rule.identity)
            self._write(lambda db: db.execute(_DELETE, row))

    def consented(self, entry_hash: str) -> bool:
        """Whether the user agreed to run a server with just this entry (`ServersFile.hashes`)."""
        query = "SELECT 1 FROM consents WHERE hash = ?"
        return self._read(lambda db: db.execute(query, (entry_hash,)).fetchone(), None) is not None

    def give_consent(self, entry_hash: str, text: str, now: float) -> None:
        """Remember that the user agreed. `text` says to what, for people; `now` is Unix time."""
        row = (entry_hash, text, now)
        self._write(lambda db: db.execute("INSERT OR REPLACE INTO consents VALUES (?, ?, ?)", row))

    def close(self) -> None:
        """Let go of the file; it is opened again when needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection, self._is_made = None, False

    def _read(self, act: _Act[T], otherwise: T) -> T:
        if not self._path.exists():
            return otherwise
        try:
            try:
                return act(self._opened())
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    self._warn(f"{self._path.name} cannot be read, no rule in it holds: {error}")
            except sqlite3.DatabaseError:
                self._set_aside()
        except (ConfigError, OSError) as error:
            self._warn(f"{self._path.name} is damaged, no rule in it holds: {error}")
        return otherwise

    def _write(self, act: _Act[object]) -> None:
        try:
            try:
                act(self._made())
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._set_aside()
                act(self._made())
        except (sqlite3.Error, OSError) as error:
            raise ConfigError(f"{self._path.name} cannot be written: {error}", subject=str(self._path)) from error

    def _made(self) -> sqlite3.Connection:
        """The connection, with file and tables in place."""
        if self._connection is not None and self._is_made and self._path.exists():
            return self._connection
        self.close()
        with locked(self._path):
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE))
            connection = self._opened()
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            if "definition_text" not in {row[1] for row in connection.execute("PRAGMA table_info(rules)")}:
                connection.execute(_ADD_TEXT)
        self._is_made = True
        return connection

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT, isolation_level=None)
        return self._connection

    def _set_aside(self) -> None:
        """Rename a damaged file, unless another copy of the program has done so and made a sound one."""
        self.close()
        broken = self._path.with_name(f"{self._path.name}.broken")
        with locked(self._path):
            if not self._path.exists() or _is_sound(self._path):
                return
            os.replace(self._path, broken)
            for suffix in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{self._path}{suffix}")
        self._warn(
            f"{self._path.name} was damaged: it is {broken.name} now, and what was always allowed is asked again"
        )

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)


def _is_sound(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT)) as connection:
            return connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        return True  # busy is not broken
    except sqlite3.DatabaseError:
        return False


def _rule(row: tuple[Any, ...]) -> Rule | None:
    """The rule of a row, or None when a later version wrote something that we do not understand."""
    allow, server, kind, item, definition, identity, created, *text = row
    if kind not in {each.value for each in Kind}:
        return None
    return Rule(bool(allow), server, Kind(kind), item, definition, identity, "always", created, *text[:1])
