"""A folder that somebody sent: opening the program in it, pressing Enter and leaving runs nothing of the folder's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.program import PROGRAM, Shell, home_environment
from tests.terminal import Terminal

CTRL_Q = "\x11"
FILES = {".mcp.json": "mcpServers", ".vscode/mcp.json": "servers", ".cursor/mcp.json": "mcpServers"}


@pytest.fixture(params=FILES)
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project whose one server leaves a file behind wherever it is started."""
    entry = {"command": "sh", "args": ["-c", "touch ran; cat"], "env": {"API_KEY": "touch ran; cat"}}
    file = tmp_path / request.param
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({FILES[request.param]: {"shed": entry}}), encoding="utf-8")
    return tmp_path


def test_nothing_of_a_project_runs_by_itself_nor_by_enter(folder: Path) -> None:
    with Terminal([*PROGRAM], env=home_environment(folder / "home"), cwd=folder) as terminal:
        terminal.wait_for("Explorer", "shed")
        terminal.press("\r")
        terminal.press("\r")
        terminal.press(CTRL_Q)
        terminal.wait_exit()
    assert not (folder / "ran").exists()


async def test_without_a_terminal_a_project_s_server_is_refused_and_said_to_be(folder: Path) -> None:
    shell = Shell(folder)
    for words in (["tools"], ["call", "shed/go"]):
        ran = await shell.run(*words)
        assert ran.code == 5, ran.err
        assert "shed needs your consent" in ran.err
        assert "command: sh -c 'touch ran; cat'" in ran.err, "no variable of the entry's own hides a part of it"
        assert "API_KEY=•••set•••" in ran.err and str(folder) in ran.err
        records = folder / "state" / "mcp-tui" / "audit.jsonl"
        assert records.exists() is (words[0] == "call"), "who only looks leaves nothing behind"
    refused = json.loads(records.read_text("utf-8"))
    assert [refused[name] for name in ("about", "server", "decision")] == ["consent", "shed", "refused"]
    assert str(folder) in refused["file"] and len(refused["entry"]) == 64
    assert not (folder / "ran").exists()
