"""What was allowed for good: the "always" rules of the gate, and consents to run a project's servers. In SQLite."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.rules import Effect, Rule
from mcp_tui.storage.files import PRIVATE, locked
from mcp_tui.storage.rule_rows import put_rule, read_rules, take_over

BUSY_TIMEOUT = 3.0
"""Seconds to wait for another copy's write."""

_CONSENTS = "CREATE TABLE IF NOT EXISTS consents (hash TEXT PRIMARY KEY, text TEXT NOT NULL, created REAL NOT NULL)"

T = TypeVar("T")
_Act = Callable[[sqlite3.Connection], T]


class RulesStore:
    """`domain.gate.RuleStore` on disk. Opened when first needed, made by the first write; reading writes nothing.

    Reading never raises: what cannot be read allows nothing, and `warnings` says why. Writing raises ConfigError.
    A damaged file is set aside as `.broken`, so that it can be looked at and does no harm.
    """

    def __init__(self, database: Path) -> None:
        self.warnings: list[str] = []
        self._path = database
        self.told: Callable[[str], object] = lambda _text: None
        """Hears each warning once."""
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        """Of the file that the connection is to: another copy may have put a new one in its place."""
        self._is_made = False
        """The open file has every table."""
        self._seen: object = None
        """What the file was when `_rules` were read."""
        self._rules: list[Rule] = []

    def load(self) -> list[Rule]:
        """Every rule, oldest first. Read again only when the file changed, whoever changed it."""
        now = self._state()  # from before reading: a change meanwhile is seen the next time
        if now is None or now != self._seen:
            if self._seen is not None:  # somebody else wrote: what this connection has kept of the file may be wrong
                self.close()
                now = None
            found = self._read(read_rules, None)
            if found is None:  # what cannot be read allows nothing, but what it is known to deny stays denied
                found = [rule for rule in self._rules if rule.effect in (Effect.ASK, Effect.DENY)]
                now = None
            self._rules, self._seen = found, now
        return list(self._rules)

    def add(self, rule: Rule) -> None:
        """Keep a rule; it takes the place of another about the same thing."""
        self._write(lambda db: put_rule(db, rule))

    def remove(self, rule: Rule) -> None:
        """Forget a rule; none like it is no error."""
        if self._path.exists():
            self._write(lambda db: db.execute("DELETE FROM permissions WHERE id = ?", (rule.id,)))

    def count(self, uses: Mapping[str, tuple[int, float]]) -> None:
        """Add to how often rules (by id) were used, and when last. May be called from any thread."""
        if not self._path.exists():
            return
        other = RulesStore(self._path)  # a connection belongs to its thread
        rows = [(number, last, rule_id) for rule_id, (number, last) in uses.items()]
        add = "UPDATE permissions SET used = used + ?, last_used = max(last_used, ?) WHERE id = ?"
        try:
            other._write(lambda db: db.executemany(add, rows))
        finally:
            other.close()

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
        self._seen = None

    def _read(self, act: _Act[T], otherwise: T) -> T:
        if not os.access(self._path, os.F_OK):  # asked for each request, and without an exception it is quick
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

    def _state(self) -> object:
        """Something that differs once the file, or what stands in it, is another; None when that cannot be told."""
        if self._connection is None:
            return None
        try:
            file = os.stat(self._path)
            if file.st_ino != self._inode:
                return None
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except (OSError, sqlite3.Error):
            self.close()
            return None
        return file.st_ino, file.st_mtime_ns, file.st_size, version

    def _write(self, act: _Act[object]) -> None:
        self._seen = None
        try:
            try:
                act(self._made())
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._set_aside()
                act(self._made())
        except (sqlite3.Error, OSError, UnicodeEncodeError) as error:
            raise ConfigError(f"{self._path.name} cannot be written: {error}", subject=str(self._path)) from error

    def _made(self) -> sqlite3.Connection:
        """The connection, with file and tables in place."""
        if self._connection is not None and self._is_made and self._is_same_file():
            return self._connection
        self.close()
        with locked(self._path):
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE))
            connection = self._opened()
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(_CONSENTS)
            take_over(connection)
        self._is_made = True
        return connection

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None or not self._is_same_file():
            self.close()
            self._connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT, isolation_level=None)
            self._inode = os.stat(self._path).st_ino
        return self._connection

    def _is_same_file(self) -> bool:
        try:
            return os.stat(self._path).st_ino == self._inode
        except OSError:
            return False

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
            self.told(text)


def _is_sound(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT)) as connection:
            return connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        return True  # busy is not broken
    except sqlite3.DatabaseError:
        return False
