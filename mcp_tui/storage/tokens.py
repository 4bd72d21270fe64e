"""Sign-ins by server: in the system's keyring when there is one, else in a file that only the user can read."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from mcp_tui.storage import private_json
from mcp_tui.storage.files import locked, read_text
from mcp_tui.storage.paths import Paths

SERVICE = "mcp-tui"
"""What our entries are found by in the keyring."""
TRUSTED = 1
"""The least priority of a keyring that is one; those below keep passwords in plain files, or nowhere."""


class Keyring(Protocol):
    """The part of a `keyring` backend that is used here. Its methods may block, and raise what they like."""

    name: str

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class Tokens:
    """A `TokenStore`. A keyring that fails is left aside: the file takes its place, so that no sign-in is lost."""

    def __init__(self, paths: Paths, find_keyring: Callable[[], Keyring | None] | None = None) -> None:
        self._file = paths.tokens_file
        self._find = find_keyring or system_keyring

    @property
    def place(self) -> str:
        """Where sign-ins are kept, in words."""
        keyring = self._find()
        return f"the keyring ({keyring.name})" if keyring else f"{self._file} (no keyring)"

    def load(self, server: str) -> dict[str, Any] | None:
        """What was kept. Raises ConfigError when the file cannot be read."""
        if record := self._records().get(server):  # written when the keyring failed, so newer than what is there
            return record
        written = self._ask(lambda keyring: keyring.get_password(SERVICE, server))
        try:
            found = json.loads(written or "null")
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def save(self, server: str, record: Mapping[str, Any]) -> None:
        """Keep it instead of what was kept before. Raises ConfigError."""
        text = json.dumps(record)
        if self._ask(lambda keyring: keyring.set_password(SERVICE, server, text) or True):
            self._change(server, None)
        else:
            self._change(server, record)

    def forget(self, server: str) -> None:
        """Keep nothing. Raises ConfigError."""
        self._ask(lambda keyring: keyring.delete_password(SERVICE, server))
        self._change(server, None)

    def _ask(self, act: Callable[[Keyring], Any]) -> Any:
        keyring = self._find()
        if keyring is None:
            return None
        try:
            return act(keyring)
        except Exception:
            # A boundary: backends raise errors of their own, of D-Bus or of the system; the file works without them.
            return None

    def _change(self, server: str, record: Mapping[str, Any] | None) -> None:
        if record is None and read_text(self._file) is None:
            return
        with locked(self._file):
            records = self._records()
            records.pop(server, None)
            if record is not None:
                records[server] = dict(record)
            private_json.save(self._file, records)

    def _records(self) -> dict[str, dict[str, Any]]:
        hint = "correct the file, or remove it and sign in again"
        return private_json.load(self._file, dict, "objects", hint)


def system_keyring() -> Keyring | None:
    """The keyring of this system, when the package `keyring` is installed and finds one worth the name."""
    try:
        backend = importlib.import_module("keyring").get_keyring()
        return backend if backend.priority >= TRUSTED else None
    except Exception:
        # A boundary: a backend that is named in the environment or a file of the user's may be missing or broken.
        return None
