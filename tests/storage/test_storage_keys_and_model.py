"""Keys stay private and go to no wrong endpoint; the model's choice says what is missing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mcp_tui.domain.errors import ConfigError, ModelMissing
from mcp_tui.domain.links import is_loopback
from mcp_tui.storage.keys import load_key, save_key, saved_keys
from mcp_tui.storage.model_choice import ModelChoice, choose_model
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import ModelSettings, Settings

OPENAI = "https://api.openai.com/v1"
OTHER = "https://models.example/v1"
KEY = "sk-not-a-real-key"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "state", tmp_path / "cache")


def test_paths_follow_the_users_folders_and_make_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    paths = Paths.of_user()
    assert paths.settings_file == tmp_path / "config" / "mcp-tui" / "settings.toml"
    assert paths.servers_file == tmp_path / "config" / "mcp-tui" / "servers.json"
    assert paths.database == tmp_path / "data" / "mcp-tui" / "mcp-tui.db"
    assert paths.log_file == tmp_path / "state" / "mcp-tui" / "mcp-tui.log"
    assert list(tmp_path.iterdir()) == []


def test_a_saved_key_is_found_and_only_the_user_can_read_it(paths: Paths) -> None:
    save_key(paths, f"{OTHER}/", KEY)
    assert load_key(paths, OTHER, {}) == KEY
    assert saved_keys(paths) == [KEY]
    assert stat.S_IMODE(paths.keys_file.stat().st_mode) == 0o600


def test_a_file_of_keys_that_others_could_read_is_private_after_a_save(paths: Paths) -> None:
    paths.config.mkdir()
    paths.keys_file.write_text("{}")
    paths.keys_file.chmod(0o644)
    save_key(paths, OTHER, KEY)
    assert stat.S_IMODE(paths.keys_file.stat().st_mode) == 0o600


def test_an_empty_key_forgets_it(paths: Paths) -> None:
    save_key(paths, OTHER, KEY)
    save_key(paths, OTHER, "")
    assert load_key(paths, OTHER, {}) == ""


def test_the_environments_key_wins_for_its_endpoint_and_goes_to_no_other(paths: Paths) -> None:
    save_key(paths, OPENAI, "saved-for-openai")
    environ = {"OPENAI_API_KEY": KEY}
    assert load_key(paths, OPENAI, environ) == KEY
    assert load_key(paths, OTHER, environ) == ""
    environ["OPENAI_BASE_URL"] = f"{OTHER}/"
    assert load_key(paths, OTHER, environ) == KEY
    assert load_key(paths, OPENAI, environ) == "saved-for-openai"


def test_a_broken_file_of_keys_is_an_error_that_quotes_nothing(paths: Paths) -> None:
    paths.config.mkdir()
    paths.keys_file.write_text(f'{{"{OTHER}": "{KEY}"')
    with pytest.raises(ConfigError) as caught:
        load_key(paths, OTHER, {})
    assert KEY not in str(caught.value) + caught.value.hint + repr(caught.value.__context__ and "")
    found = choose_model(Settings(model=ModelSettings(OTHER)), {}, paths)
    assert isinstance(found, ModelMissing) and "keys.json is not JSON" in found.what


@pytest.mark.parametrize(
    ("model", "environ", "expected"),
    [
        (ModelSettings(), {"OPENAI_API_KEY": KEY}, ModelChoice(OPENAI, KEY, "", "environment")),
        (
            ModelSettings(name="gpt"),
            {"OPENAI_API_KEY": KEY},
            ModelChoice(OPENAI, KEY, "gpt", "environment"),
        ),
        (
            ModelSettings("http://localhost:1/v1", "qwen"),
            {"OPENAI_API_KEY": KEY},
            ModelChoice("http://localhost:1/v1", "", "qwen", "settings"),
        ),
        (
            ModelSettings("http://localhost:1/v1", "qwen"),
            {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": OTHER, "OPENAI_MODEL": "m"},
            ModelChoice(OTHER, KEY, "m", "environment"),
        ),
        (
            ModelSettings("http://localhost:1/v1", "qwen"),
            {"OPENAI_BASE_URL": "http://127.0.0.1:2/v1/"},
            ModelChoice("http://127.0.0.1:2/v1", "", "", "environment"),
        ),
        (
            ModelSettings("http://localhost:1/v1", "qwen"),
            {"OPENAI_MODEL": "m"},
            ModelChoice("http://localhost:1/v1", "", "m", "settings"),
        ),
    ],
)
def test_the_environment_wins_over_the_settings(
    paths: Paths, model: ModelSettings, environ: dict[str, str], expected: ModelChoice
) -> None:
    assert choose_model(Settings(model=model), environ, paths) == expected


@pytest.mark.parametrize(
    ("model", "environ", "what"),
    [
        (ModelSettings(), {}, "no model is connected: set OPENAI_BASE_URL or OPENAI_API_KEY"),
        (ModelSettings(), {"OPENAI_MODEL": "m"}, "no model is connected"),
        (ModelSettings(OTHER), {}, f"there is no key for {OTHER}"),
        (ModelSettings(OTHER), {"OPENAI_API_KEY": KEY}, "OPENAI_API_KEY is for https://api.openai.com/v1 unless"),
        (ModelSettings("localhost:11434"), {}, "settings.toml: model.base_url must be an address"),
        (ModelSettings(), {"OPENAI_BASE_URL": "file:///x"}, "OPENAI_BASE_URL must be an address"),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(
    paths: Paths, model: ModelSettings, environ: dict[str, str], what: str
) -> None:
    found = choose_model(Settings(model=model), environ, paths)
    assert isinstance(found, ModelMissing)
    assert what in found.what
    assert KEY not in found.what + found.hint


def test_a_choice_does_not_print_its_key() -> None:
    assert KEY not in repr(ModelChoice(OPENAI, KEY, "", "environment"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:11434/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://127.8.9.1/v1", True),
        ("http://localhost.example/v1", False),
        ("http://127.0.0.1.example/v1", False),
        ("http://192.168.0.2/v1", False),
        ("http://[oops", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
