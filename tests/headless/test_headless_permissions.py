"""`mcp-tui permissions` from a shell: list, explain and revoke, what stands on stdout, and the exit codes."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcp_tui.cli import main
from mcp_tui.domain.catalog import Kind, definition_hash
from mcp_tui.domain.rules import Effect, Initiator, Rule, Scope
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.storage.rules import RulesStore
from tests.program import Shell, home_environment

POCKET = str(Path(__file__).parents[1] / "ui" / "pocket_server.py")
ARGS = ("-I", "-S", POCKET)
SPEC = StdioSpec("pocket", sys.executable, ARGS)
EXACT = Rule(
    Effect.ALLOW,
    Scope.EXACT,
    Initiator.MODEL,
    "pocket",
    SPEC.identity,
    Kind.TOOL,
    "add",
    arguments='{"a":1,"b":2}',
    created=100.0,
    used=3,
    last_used=200.0,
)
NEVER = Rule(Effect.DENY, Scope.SERVER, Initiator.USER, "pocket", SPEC.identity, Kind.TOOL, created=50.0)
STRANGE = Rule(Effect.ASK, Scope.TOOL, Initiator.MODEL, "gone", "x", Kind.TOOL, "\x1b[2J\u202e", "d", created=60.0)


def home(shell: Shell, *rules: Rule) -> None:
    """A user with one server and these rules."""
    config = shell.home / "config" / "mcp-tui"
    config.mkdir(parents=True)
    entry = {"command": SPEC.command, "args": list(ARGS)}
    (config / "servers.json").write_text(json.dumps({"mcpServers": {"pocket": entry}}))
    store = RulesStore(shell.home / "data" / "mcp-tui" / "mcp-tui.db")
    for rule in rules:
        store.add(rule)
    store.close()


def in_process(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """`mcp-tui WORDS…` without a process of its own, for what starts no server."""
    for name, value in home_environment(shell.home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(shell.home)
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


async def definition(shell: Shell) -> str:
    """The hash of the tool add, as the server defines it."""
    tools = (await shell.run("tools", "--json")).json
    raw: dict[str, Any] = next(tool for tool in tools if tool["name"] == "add")
    del raw["server"]
    return definition_hash(raw)


def test_the_list_tells_each_rule_with_its_use_and_whether_it_can_answer(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home(shell, EXACT, NEVER, STRANGE)
    code, plain, err = in_process(shell, monkeypatch, capsys, "permissions")
    assert (code, err) == (0, "")
    assert f"{NEVER.short_id}  You, from a form or with a slash command, may never call any tool of pocket" in plain
    assert 'with exactly the arguments {"a":1,"b":2}' in plain and "used 3×" in plain
    assert "answers nothing any more: there is no server gone now" in plain
    code, as_json, _ = in_process(shell, monkeypatch, capsys, "permissions", "list", "--json")
    found = {each["id"]: each for each in json.loads(as_json)}
    assert code == 0 and "\x1b" not in as_json and "\u202e" not in as_json
    assert found[EXACT.short_id] | {"words": ""} == {
        "id": EXACT.short_id,
        "effect": "allow",
        "server": "pocket",
        "kind": "tool",
        "item": "add",
        "scope": "exact arguments",
        "arguments": {"a": 1, "b": 2},
        "for": "model",
        "lifetime": "always",
        "created": 100.0,
        "from": "the permission dialog",
        "used": 3,
        "last_used": 200.0,
        "dead": None,
        "words": "",
    }
    assert found[STRANGE.short_id]["item"] == STRANGE.item
    assert found[NEVER.short_id]["for"] == "form"


def test_with_nothing_remembered_the_list_is_empty_and_says_so(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = in_process(shell, monkeypatch, capsys, "permissions")
    assert (code, out) == (0, "") and "Nothing is remembered" in err
    assert in_process(shell, monkeypatch, capsys, "permissions", "--json")[:2] == (0, "[]\n")


def test_a_rule_is_revoked_by_the_beginning_of_its_id(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home(shell, EXACT, NEVER)
    code, out, _ = in_process(shell, monkeypatch, capsys, "permissions", "revoke", EXACT.short_id)
    assert code == 0 and out.startswith(f"revoked {EXACT.short_id}  The model may call")
    for wrong in (EXACT.short_id, "", "zz"):
        code, out, err = in_process(shell, monkeypatch, capsys, "permissions", "revoke", wrong)
        assert (code, out) == (2, "") and "mcp-tui permissions lists them" in err
    left = in_process(shell, monkeypatch, capsys, "permissions", "--json")[1]
    assert [each["id"] for each in json.loads(left)] == [NEVER.short_id]
    (act,) = json.loads(in_process(shell, monkeypatch, capsys, "audit", "--json")[1])
    assert (act["decision"], act["rule"]) == ("rule revoked", EXACT.short_id)


def test_a_damaged_store_is_said_and_nothing_holds(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home(shell, EXACT)
    (shell.home / "data" / "mcp-tui" / "mcp-tui.db").write_bytes(b"garbage" * 999)
    code, out, err = in_process(shell, monkeypatch, capsys, "permissions", "--json")
    assert (code, out) == (0, "[]\n") and "was damaged" in err


async def test_explain_names_the_rule_the_answer_and_the_mode(shell: Shell) -> None:
    home(shell, NEVER)
    store = RulesStore(shell.home / "data" / "mcp-tui" / "mcp-tui.db")
    yes = replace(EXACT, definition=await definition(shell))
    store.add(yes)
    store.close()
    explain = ("permissions", "explain")
    same, other, form, as_json = await asyncio.gather(
        shell.run(*explain, "add", "b=2", "a=1"),
        shell.run(*explain, "pocket/add", '{"a": 1.0, "b": 2}'),
        shell.run(*explain, "add", "a=1", "b=2", "--for", "form"),
        shell.run(*explain, "forget", '{"name": "x"}', "--for", "command", "--json"),
    )
    assert [ran.code for ran in (same, other, form, as_json)] == [0, 0, 0, 0]
    assert same.text.startswith(f"allow: allowed always ({yes.short_id}): The model may call the tool add on pocket")
    assert other.text == "ask: nothing allows it yet.\n"
    assert form.text.startswith(f"deny: a rule of yours denies it ({NEVER.short_id}): You, from a form")
    assert as_json.json == {
        "answer": "ask",
        "why": "the server says this can destroy data",
        "rule": None,
        "server": "pocket",
        "tool": "forget",
        "for": "command",
        "arguments": {"name": "x"},
        "mode": "ask",
    }


async def test_explain_says_what_it_could_not_check_and_which_mode_denies(shell: Shell) -> None:
    home(shell, EXACT)
    config = shell.home / "config" / "mcp-tui"
    (config / "settings.toml").write_text('permissions.mode = "read-only"\n')
    denied, wrong, called = await asyncio.gather(
        shell.run("permissions", "explain", "add", "a=1", "b=2"),
        shell.run("permissions", "explain", "ad"),
        shell.run("call", "add", "a=1", "b=2", "--allow"),
    )
    assert denied.text.startswith(
        "deny: read-only mode is on, and you have not marked this tool read-only (m on its page"
    )
    assert (called.code, called.out) == (5, b"") and "permissions.mode in settings.toml" in called.err
    assert (wrong.code, wrong.out) == (2, b"") and "did you mean add?" in wrong.err
    (config / "servers.json").write_text(json.dumps({"mcpServers": {"pocket": {"command": "no-such-program"}}}))
    unchecked = await shell.run("permissions", "explain", "pocket/add", "a=1")
    assert unchecked.code == 3
    assert "could not be read, so no rule could be checked" in unchecked.err
    assert "with exactly the arguments" in unchecked.text and "pocket is started otherwise now" in unchecked.text
