"""Sign-ins are kept in the keyring, or else where only the user can read them; nothing of them is lost on the way."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mcp_tui.domain.errors import ConfigError
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.tokens import Tokens, system_keyring

HERE, THERE = "https://a.example/mcp", "https://b.example/mcp"
RECORD = {"issuer": "https://as.example", "tokens": {"access_token": "not-a-real-token"}}


class Ring:
    """A keyring in memory, which may be locked."""

    name = "a ring"

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        del self.kept[service, username]

    def _open(self) -> None:
        if self.locked:
            raise RuntimeError("locked")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "state", tmp_path / "cache")


def without_keyring(paths: Paths) -> Tokens:
    return Tokens(paths, lambda: None)


def test_without_a_keyring_only_the_user_can_read_the_sign_ins(paths: Paths) -> None:
    tokens = without_keyring(paths)
    tokens.save(HERE, RECORD)
    assert without_keyring(paths).load(HERE) == RECORD and tokens.load(THERE) is None
    assert stat.S_IMODE(paths.tokens_file.stat().st_mode) == 0o600
    assert str(paths.tokens_file) in tokens.place


def test_a_keyring_gets_the_sign_ins_and_no_file_is_made(paths: Paths) -> None:
    ring = Ring()
    tokens = Tokens(paths, lambda: ring)
    tokens.save(HERE, RECORD)
    assert tokens.load(HERE) == RECORD and list(ring.kept) == [("mcp-tui", HERE)]
    assert not paths.data.exists()
    assert tokens.place == "the keyring (a ring)"


def test_a_sign_in_moves_from_the_file_into_the_keyring(paths: Paths) -> None:
    without_keyring(paths).save(HERE, RECORD)
    without_keyring(paths).save(THERE, RECORD)
    Tokens(paths, Ring).save(HERE, RECORD)
    assert HERE not in paths.tokens_file.read_text() and THERE in paths.tokens_file.read_text()


def test_what_a_locked_keyring_does_not_take_is_kept_in_the_file_and_found_once_it_is_open(paths: Paths) -> None:
    ring = Ring()
    tokens = Tokens(paths, lambda: ring)
    tokens.save(HERE, {"old": True})
    ring.locked = True
    tokens.save(HERE, RECORD)
    ring.locked = False
    assert tokens.load(HERE) == RECORD


def test_forgetting_leaves_nothing_anywhere(paths: Paths) -> None:
    ring = Ring()
    tokens = Tokens(paths, lambda: ring)
    tokens.save(HERE, RECORD)
    without_keyring(paths).save(HERE, RECORD)
    tokens.forget(HERE)
    tokens.forget(THERE)
    assert tokens.load(HERE) is None and without_keyring(paths).load(HERE) is None and not ring.kept


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}'])
def test_a_broken_file_is_told_without_its_text(paths: Paths, text: str) -> None:
    paths.data.mkdir()
    paths.tokens_file.write_text(text)
    with pytest.raises(ConfigError, match=r"sign-ins\.json") as caught:
        without_keyring(paths).load(HERE)
    assert caught.value.__cause__ is None


def test_a_keyring_that_keeps_nothing_safe_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.backend")
    assert system_keyring() is None
