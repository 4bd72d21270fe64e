"""The settings file: defaults, errors that name file and key, and edits that keep what a person wrote."""

from __future__ import annotations

import stat
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.permission import Mode
from mcp_tui.storage.settings import ModelSettings, Settings, load_settings, save_settings

WRITTEN = """\
# My settings
theme = "paper" # easy on the eyes

# Where the model lives
[model]
base_url = "http://localhost:11434/v1"
name = 'qwen3'

[chat]
max_rounds = 5
future = true
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_bytes(text.encode())


def test_without_a_file_the_defaults_hold_and_nothing_is_made(file: Path) -> None:
    assert load_settings(file) == (Settings(), [])
    assert not file.parent.exists()


def test_every_setting_is_read(file: Path) -> None:
    write(
        file,
        'theme = "paper"\nwithheld = ["a/b"]\nmodel.base_url = "u"\nmodel.name = "n"\n'
        '[chat]\nmax_rounds = 3\nsystem = "s"\n[permissions]\nmode = "read-only"',
    )
    expected = Settings("paper", ModelSettings("u", "n"), 3, "s", ("a/b",), mode=Mode.READ_ONLY)
    assert load_settings(file) == (expected, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "chat.max_rounds = 'ten'",
            "settings.toml: chat.max_rounds must be a whole number of at least 1, not 'ten'",
        ),
        ("chat.max_rounds = 0", "settings.toml: chat.max_rounds must be a whole number of at least 1, not 0"),
        ("chat.max_rounds = true", "settings.toml: chat.max_rounds must be a whole number of at least 1, not True"),
        (
            "permissions.mode = 'readonly'",
            'settings.toml: permissions.mode must be "ask", "read-only" or "manual", not \'readonly\'',
        ),
        ("theme = 3", "settings.toml: theme must be a text, not 3"),
        ("model = 'qwen'", "settings.toml: model must be a table, not 'qwen'"),
        ("withheld = [1]", 'settings.toml: withheld must be a list of "SERVER/TOOL" texts, not [1]'),
    ],
)
def test_a_wrong_value_is_an_error_that_names_file_and_key(file: Path, text: str, message: str) -> None:
    write(file, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert str(caught.value) == message
    assert str(file) in caught.value.subject


def test_broken_toml_is_an_error_that_names_the_line(file: Path) -> None:
    write(file, "theme = 'ink'\nmodel = [")
    with pytest.raises(ConfigError, match=r"settings\.toml: .*(line 2|end of document)"):
        load_settings(file)


def test_a_file_that_is_no_text_is_an_error_and_no_crash(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00theme")
    with pytest.raises(ConfigError, match=r"settings\.toml is not UTF-8 text"):
        load_settings(file)


def test_an_unknown_key_is_a_warning_with_the_nearest_known_one(file: Path) -> None:
    write(file, "them = 'ink'\n[chat]\nmax_round = 4\n[zzz]\n")
    settings, warnings = load_settings(file)
    assert settings == Settings()
    assert warnings == [
        "settings.toml: them means nothing here; did you mean theme?",
        "settings.toml: chat.max_round means nothing here; did you mean chat.max_rounds?",
        "settings.toml: zzz means nothing here",
    ]


def test_saving_changes_one_line_and_keeps_comments_and_unknown_keys(file: Path) -> None:
    write(file, WRITTEN)
    settings, _ = load_settings(file)
    save_settings(file, replace(settings, theme="ink"))
    assert file.read_text() == WRITTEN.replace('theme = "paper"', 'theme = "ink"')


def test_new_keys_go_where_they_belong(file: Path) -> None:
    write(file, WRITTEN)
    settings, _ = load_settings(file)
    save_settings(file, replace(settings, withheld=("git/push", 'odd/"#\\\x7f'), system="Be\nbrief."))
    assert load_settings(file)[0] == replace(settings, withheld=("git/push", 'odd/"#\\\x7f'), system="Be\nbrief.")
    lines = file.read_text().splitlines()
    assert lines[2].startswith("withheld = [")
    assert lines[-1] == 'system = "Be\\nbrief."'
    assert set(WRITTEN.splitlines()) <= set(lines)


def test_values_of_several_lines_are_replaced_whole(file: Path) -> None:
    write(file, 'withheld = [\n  "a/b", # why\n]\n[chat]\nsystem = """\none\ntwo = 2\n"""\nmax_rounds = 2\n')
    settings, _ = load_settings(file)
    save_settings(file, replace(settings, withheld=(), system="x"))
    assert file.read_text() == 'withheld = []\n[chat]\nsystem = "x"\nmax_rounds = 2\n'


def test_windows_line_ends_stay(file: Path) -> None:
    write(file, 'theme = "a"\r\n[chat]\r\nmax_rounds = 3\r\n')
    save_settings(file, replace(load_settings(file)[0], theme="b"))
    assert file.read_bytes() == b'theme = "b"\r\n[chat]\r\nmax_rounds = 3\r\n'


def test_a_value_in_an_inline_table_is_refused_and_the_file_is_left_alone(file: Path) -> None:
    text = 'model = { base_url = "u", name = "n" }\n'
    write(file, text)
    with pytest.raises(ConfigError, match=r"model\.name is written in a way that cannot be changed here"):
        save_settings(file, Settings(model=ModelSettings("u", "other")))
    assert file.read_text() == text


def test_a_broken_file_is_not_overwritten(file: Path) -> None:
    write(file, "theme = ")
    with pytest.raises(ConfigError):
        save_settings(file, Settings(theme="paper"))
    assert file.read_text() == "theme = "


def test_the_first_save_makes_a_private_folder_and_file(file: Path) -> None:
    save_settings(file, Settings(theme="paper"))
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["settings.toml"]


def test_another_copys_change_survives_ours(file: Path) -> None:
    ours = load_settings(file)[0]
    save_settings(file, Settings(theme="paper"))
    save_settings(file, replace(ours, max_rounds=7), before=ours)
    assert load_settings(file)[0] == Settings(theme="paper", max_rounds=7)


texts = st.text(st.characters(codec="utf-8"), max_size=30)
settings_of_any_kind = st.builds(
    Settings,
    theme=texts,
    model=st.builds(ModelSettings, texts, texts),
    max_rounds=st.integers(1, 10**6),
    system=texts,
    withheld=st.lists(texts, max_size=3).map(tuple),
    mode=st.sampled_from(Mode),
)


@pytest.fixture(scope="module")
def module_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings")


@given(first=settings_of_any_kind, second=settings_of_any_kind)
def test_whatever_is_saved_is_read_back(module_folder: Path, first: Settings, second: Settings) -> None:
    file = module_folder / "settings.toml"
    file.write_text(WRITTEN)
    for settings in (first, second):
        save_settings(file, settings)
        assert load_settings(file)[0] == settings
    assert tomllib.loads(file.read_text("utf-8"))["chat"]["future"] is True
