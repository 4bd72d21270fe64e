"""Servers files: what may stand in them, what is said about mistakes, and edits that keep the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.servers import HttpSpec, ServerSpec, StdioSpec
from mcp_tui.storage.servers_file import (
    env_server,
    load_entry,
    load_servers,
    project_servers,
    remove_server,
    save_entry,
    set_enabled,
)

WRITTEN = """\
{
  // my servers
  "mcpServers": {
    "git": {
      "command": "uvx",
      "args": ["mcp-server-git", "--repository", "${REPO}"],  // the one
      "alwaysAllow": ["git_log"],
    }, /* and */
    "notes": { "url": "https://example.com/mcp", "headers": { "Authorization": "Bearer ${TOKEN}" } }, // far away
  },
  "other": [1, 2],
}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "servers.json"


def load(file: Path, text: str, environ: Mapping[str, str] | None = None) -> list[ServerSpec]:
    file.write_text(text)
    found = load_servers(file, environ=environ or {})
    assert found.warnings == []
    return found.specs


def one(file: Path, entry: dict[str, Any], environ: Mapping[str, str] | None = None) -> ServerSpec:
    (spec,) = load(file, json.dumps({"mcpServers": {"it": entry}}), environ)
    return spec


def entries(file: Path) -> dict[str, Any]:
    """What the file says, read without our reader: only for files without comments."""
    return json.loads(file.read_text())["mcpServers"]


# -- reading


def test_comments_and_trailing_commas_are_allowed(file: Path) -> None:
    git, notes = load(file, WRITTEN, {"REPO": "/r", "TOKEN": "t"})
    origin = "servers.json, line 4"
    assert git == StdioSpec("git", "uvx", ("mcp-server-git", "--repository", "/r"), origin=origin, taken=("REPO",))
    bearer, origin = {"Authorization": "Bearer t"}, "servers.json, line 9"
    assert notes == HttpSpec("notes", "https://example.com/mcp", bearer, origin=origin, taken=("TOKEN",))


def test_a_servers_object_is_read_too(file: Path) -> None:
    (spec,) = load(file, '{"servers": {"a": {"type": "stdio", "command": "x"}}}')
    assert spec.name == "a"


@pytest.mark.parametrize("kind", ["http", "streamable-http", "streamableHttp"])
def test_every_name_of_streamable_http_is_understood(file: Path, kind: str) -> None:
    assert isinstance(one(file, {"type": kind, "url": "http://h/mcp"}), HttpSpec)


@pytest.mark.parametrize(("fields", "on"), [({}, True), ({"disabled": True}, False), ({"enabled": False}, False)])
def test_a_server_can_be_switched_off(file: Path, fields: dict[str, bool], on: bool) -> None:
    assert one(file, {"command": "x", **fields}).enabled is on


def test_an_era_may_be_given_where_asking_the_server_does_no_good(file: Path) -> None:
    assert one(file, {"command": "x"}).era == "auto"
    assert one(file, {"url": "https://x.example/mcp", "era": "legacy"}).era == "legacy"


def test_a_timeout_is_seconds_for_the_handshake(file: Path) -> None:
    assert one(file, {"command": "x", "timeout": 3}).connect_timeout == 3.0


def test_variables_are_replaced_everywhere(file: Path) -> None:
    entry = {"command": "${A}", "args": ["${env:A}", "${NO:-d}", "${EMPTY:-d}"], "env": {"K": "x${A}"}, "cwd": "/${A}"}
    spec = one(file, entry, {"A": "v", "EMPTY": ""})
    assert isinstance(spec, StdioSpec)
    assert (spec.command, spec.args, spec.env, spec.cwd) == ("v", ("v", "d", "d"), {"K": "xv"}, "/v")
    assert spec.missing == ()


def test_a_value_that_looks_like_a_variable_is_not_replaced_again(file: Path) -> None:
    spec = one(file, {"command": "x", "args": ["${A}"]}, {"A": "${B}", "B": "no"})
    assert isinstance(spec, StdioSpec) and spec.args == ("${B}",)


def test_variables_that_are_not_set_stay_as_written_and_are_listed(file: Path) -> None:
    spec = one(file, {"url": "${BASE}/mcp", "headers": {"X": "${KEY} ${input:pin}"}})
    assert isinstance(spec, HttpSpec)
    assert (spec.url, spec.headers) == ("${BASE}/mcp", {"X": "${KEY} ${input:pin}"})
    assert spec.missing == ("BASE", "KEY", "input:pin")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"command": "x", "args": "one"}, "servers.json: mcpServers.it.args must be a list of texts"),
        ({"command": "x", "args": [1]}, "servers.json: mcpServers.it.args must be a list of texts"),
        ({"command": 3}, "servers.json: mcpServers.it.command must be a text, not a number"),
        ({"command": " "}, "servers.json: mcpServers.it.command must name a program"),
        ({"command": "x", "env": {"P": 1}}, "servers.json: mcpServers.it.env.P must be a text, not a number"),
        ({"command": "x", "url": "http://h"}, "servers.json: mcpServers.it has both a command and a url"),
        ({}, "servers.json: mcpServers.it needs a command or a url"),
        ("x", "servers.json: mcpServers.it must be an object, not a text"),
        ({"url": "ftp://h"}, "servers.json: mcpServers.it.url must be an address that begins with http"),
        ({"url": "http://h:99999"}, "servers.json: mcpServers.it.url must be an address that begins with http"),
        ({"type": "sse", "command": "x"}, "servers.json: mcpServers.it.type is 'sse', but the entry has a command"),
        ({"type": "http", "command": "x"}, "servers.json: mcpServers.it.type is 'http', but the entry has a command"),
        ({"type": "ws", "url": "http://h"}, 'servers.json: mcpServers.it.type must be "stdio", "http" or "sse"'),
        (
            {"command": "x", "era": "1999"},
            "servers.json: mcpServers.it.era must be one of auto, legacy, 2026-07-28, not '1999'",
        ),
        ({"command": "x", "timeout": 0}, "servers.json: mcpServers.it.timeout must be a number of seconds above 0"),
        ({"command": "x", "disabled": "yes"}, "servers.json: mcpServers.it.disabled must be true or false"),
    ],
)
def test_a_bad_entry_is_named_with_its_key_and_the_others_load(file: Path, entry: Any, message: str) -> None:
    file.write_text(json.dumps({"mcpServers": {"it": entry, "good": {"command": "x"}}}))
    found = load_servers(file, environ={})
    assert [spec.name for spec in found.specs] == ["good"]
    (warning,) = found.warnings
    assert warning.startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n  "mcpServers": {1}\n}', "servers.json is not JSON: .* at line 2, column 18"),
        ('{ // "x\n "a" 1}', "servers.json is not JSON: .* at line 2, column 6"),
        ("[1]", "servers.json must hold a JSON object"),
        ('{"mcpServers": []}', "servers.json: mcpServers must be an object"),
        ("[" * 100_000, "servers.json (is nested too deeply|is not JSON)"),
    ],
)
def test_a_broken_file_is_an_error_that_says_where(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_servers(file, environ={})


def test_no_file_means_no_servers_unless_it_was_named(file: Path) -> None:
    assert load_servers(file, environ={}).specs == []
    with pytest.raises(ConfigError, match=r"there is no file servers\.json"):
        load_servers(file, environ={}, must_exist=True)
    file.write_text("{}")
    with pytest.raises(ConfigError, match='no "mcpServers"'):
        load_servers(file, environ={}, must_exist=True)


# -- a project's servers, and the environment's


def test_a_projects_server_needs_consent_until_it_was_given_for_this_very_entry(tmp_path: Path) -> None:
    project = tmp_path / ".mcp.json"
    project.write_text('{"mcpServers": {"a": {"command": "x"}, "b": {"command": "y"}}}')
    found = project_servers(tmp_path, {}, lambda _: False)
    assert [spec.needs_consent for spec in found.specs] == [True, True]
    given = {found.hashes["a"]}

    def needing() -> list[bool]:
        return [spec.needs_consent for spec in project_servers(tmp_path, {}, given.__contains__).specs]

    assert needing() == [False, True]
    project.write_text('{"mcpServers": {"a": {"command": "x", "env": {"EVIL": "1"}}}}')
    assert needing() == [True]


def test_consent_in_one_folder_is_none_in_another(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".mcp.json").write_text('{"mcpServers": {"a": {"command": "./run"}}}')
    given = project_servers(tmp_path / "one", {}, lambda _: False).hashes["a"]
    (spec,) = project_servers(tmp_path / "two", {}, {given}.__contains__).specs
    assert spec.needs_consent


def test_a_broken_project_file_is_a_warning_only(tmp_path: Path) -> None:
    (tmp_path / ".mcp.json").write_text("{")
    found = project_servers(tmp_path, {}, lambda _: True)
    assert found.specs == []
    assert found.warnings[0].startswith(".mcp.json is not JSON")


def test_the_environment_may_give_one_server() -> None:
    spec = env_server({"MCP_SERVER_CMD": "uvx 'my server' --x"})
    assert isinstance(spec, StdioSpec)
    assert (spec.name, spec.command, spec.args) == ("env", "uvx", ("my server", "--x"))
    assert env_server({}) is None
    assert env_server({"MCP_SERVER_CMD": "  "}) is None
    with pytest.raises(ConfigError, match="MCP_SERVER_CMD is not a command line"):
        env_server({"MCP_SERVER_CMD": "x 'y"})


# -- editing


def test_saving_to_no_file_makes_one(tmp_path: Path) -> None:
    file = tmp_path / "new" / "servers.json"
    save_entry(file, "a", {"command": "x"})
    assert entries(file) == {"a": {"command": "x"}}
    save_entry(file, "b", {"url": "http://h"})
    assert list(entries(file)) == ["a", "b"]


def test_an_edit_touches_nothing_but_its_entry(file: Path) -> None:
    file.write_text(WRITTEN)
    save_entry(file, "notes", {"url": "https://example.com/mcp2"}, previous="notes")
    before, after = WRITTEN.split('"notes": ')[0], " // far away\n  },\n"
    text = file.read_text()
    assert text.startswith(before)
    assert after in text
    assert load_entry(file, "notes") == {"url": "https://example.com/mcp2"}


def test_a_new_entry_goes_to_the_end_and_comments_stay(file: Path) -> None:
    file.write_text(WRITTEN)
    save_entry(file, "zeit", {"command": "uvx", "args": ["mcp-server-time"]})
    lines = file.read_text().splitlines()
    assert lines[:9] == WRITTEN.splitlines()[:9]
    assert lines[9] == '    "zeit": {'
    assert [spec.name for spec in load_servers(file, environ={}).specs] == ["git", "notes", "zeit"]


def test_variables_and_unknown_fields_survive_an_edit(file: Path) -> None:
    file.write_text(WRITTEN)
    entry = load_entry(file, "git")
    assert entry["args"][2] == "${REPO}"
    save_entry(file, "git", {**entry, "command": "other"}, previous="git")
    entry = load_entry(file, "git")
    assert (entry["command"], entry["args"][2], entry["alwaysAllow"]) == ("other", "${REPO}", ["git_log"])


def test_a_rename_keeps_the_place_and_no_entry_takes_the_name_of_another(file: Path) -> None:
    file.write_text(WRITTEN)
    save_entry(file, "repo", load_entry(file, "git"), previous="git")
    assert [spec.name for spec in load_servers(file, environ={}).specs] == ["repo", "notes"]
    with pytest.raises(ConfigError, match="there is a server notes already"):
        save_entry(file, "notes", load_entry(file, "repo"), previous="repo")
    with pytest.raises(ConfigError, match="there is a server notes already"):
        save_entry(file, "notes", {"command": "x"})
    assert load_entry(file, "notes")["url"] == "https://example.com/mcp"


def test_an_entry_that_would_not_load_is_not_saved(file: Path) -> None:
    file.write_text(WRITTEN)
    with pytest.raises(ConfigError, match=r"mcpServers\.git\.args must be a list of texts"):
        save_entry(file, "git", {"command": "x", "args": "y"})
    assert file.read_text() == WRITTEN


@pytest.mark.parametrize("name", ["git", "notes"])
def test_removing_an_entry_keeps_the_other(file: Path, name: str) -> None:
    file.write_text(WRITTEN)
    remove_server(file, name)
    assert [spec.name for spec in load_servers(file, environ={}).specs] == list({"git", "notes"} - {name})
    assert "// my servers" in file.read_text()
    remove_server(file, name)
    for other in ("git", "notes"):
        remove_server(file, other)
    assert load_servers(file, environ={}).specs == []


def test_switching_off_and_on_again_gives_the_same_file(file: Path) -> None:
    file.write_text(WRITTEN)
    set_enabled(file, "git", False)
    assert [spec.enabled for spec in load_servers(file, environ={}).specs] == [False, True]
    assert "// the one" in file.read_text()
    set_enabled(file, "git", True)
    assert [spec.enabled for spec in load_servers(file, environ={}).specs] == [True, True]
    assert load_entry(file, "git").keys() == {"command", "args", "alwaysAllow"}
    with pytest.raises(ConfigError, match=r"servers\.json has no server nobody"):
        set_enabled(file, "nobody", True)


def test_a_file_that_says_enabled_keeps_saying_it_that_way(file: Path) -> None:
    file.write_text('{"mcpServers": {"a": {"command": "x", "enabled": true}}}')
    set_enabled(file, "a", False)
    assert entries(file) == {"a": {"command": "x", "enabled": False}}


def test_a_file_with_comments_is_copied_once_before_the_first_edit(file: Path) -> None:
    file.write_text(WRITTEN)
    save_entry(file, "a", {"command": "x"})
    save_entry(file, "b", {"command": "x"})
    assert file.with_name("servers.json.bak").read_text() == WRITTEN


def test_a_file_without_comments_leaves_nothing_beside_it(file: Path) -> None:
    save_entry(file, "a", {"command": "x"})
    save_entry(file, "a", {"command": "y"}, previous="a")
    assert [each.name for each in file.parent.iterdir()] == ["servers.json"]


def test_a_linked_file_stays_a_link_and_keeps_its_mode(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "servers.json"
    real.parent.mkdir()
    real.write_text('{"mcpServers": {}}')
    real.chmod(0o644)
    link = tmp_path / "servers.json"
    link.symlink_to(real)
    save_entry(link, "a", {"command": "x"})
    assert link.is_symlink()
    assert entries(real) == {"a": {"command": "x"}}
    assert real.stat().st_mode & 0o777 == 0o644


def test_a_broken_file_is_never_overwritten(file: Path) -> None:
    file.write_text('{"mcpServers": {')
    with pytest.raises(ConfigError, match="is not JSON"):
        save_entry(file, "a", {"command": "x"})
    assert file.read_text() == '{"mcpServers": {'


ADDS = """
import sys
from pathlib import Path
from mcp_tui.storage.servers_file import save_entry
for number in range(15):
    save_entry(Path(sys.argv[1]), f"{sys.argv[2]}{number}", {"command": "x"})
"""


def test_two_copies_writing_at_once_lose_nothing(file: Path) -> None:
    copies = [subprocess.Popen([sys.executable, "-c", ADDS, str(file), name]) for name in ("a", "b")]
    assert [copy.wait(timeout=30) for copy in copies] == [0, 0]
    assert set(entries(file)) == {f"{name}{number}" for name in ("a", "b") for number in range(15)}
