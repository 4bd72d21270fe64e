"""Servers that came with somebody's folder (`.mcp.json`): nothing of theirs runs before the person agreed."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
from whole_app import BARE, SCRIPT, Folder, Seat, seat

from mcp_tui.domain.servers import ServerState, StdioSpec
from mcp_tui.ui.screens.server_form import ServerForm
from mcp_tui.ui.widgets.inspector.server_cards import ConsentCard

SIZE = (180, 40)


class Project:
    """A folder with a server that leaves a trace whenever it is started."""

    def __init__(self, root: Path) -> None:
        self.root = root
        server = shlex.join([sys.executable, *BARE, SCRIPT])
        (root / "start.sh").write_text(f"echo started >> trace\nexec {server}\n")
        self.write("start.sh")

    def write(self, *arguments: str, **env: str) -> None:
        entry = {"command": "sh", "args": arguments, "env": {"COLOUR": "red", **env}}
        (self.root / ".mcp.json").write_text(json.dumps({"mcpServers": {"shed": entry}}))

    @property
    def starts(self) -> int:
        trace = self.root / "trace"
        return len(trace.read_text().splitlines()) if trace.exists() else 0


@pytest.fixture
def project(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(folder.root)
    return Project(folder.root)


def state(me: Seat) -> ServerState:
    return me.app.bench.hub.status("shed").state


async def card(me: Seat, *keys: str) -> None:
    """Open the server in the Inspector by keys of the Explorer."""
    await me.press("f2", *keys)
    await me.until(lambda: me.place == "inspector" and me.app.screen.query(ConsentCard))


async def test_the_exact_command_is_shown_and_neither_enter_nor_escape_starts_it(
    folder: Folder, project: Project
) -> None:
    for key in ("enter", "escape"):
        async with seat(folder, size=SIZE) as me:
            await card(me, "enter")
            await me.sees("shed needs your consent", "sh start.sh", "COLOUR", ".mcp.json", "Leave off", "Start it")
            await me.press(key)
            await me.until(lambda: me.place == "explorer" or state(me) is ServerState.OFF)
            assert state(me) is (ServerState.OFF if key == "enter" else ServerState.CONSENT)
    assert project.starts == 0


async def test_consent_is_given_once_for_the_entry_as_it_is(folder: Folder, project: Project) -> None:
    async with seat(folder, size=SIZE) as me:
        await card(me, "enter")
        await me.press("y")
        await me.sees("● shed", "△ add")
    assert project.starts == 1
    async with seat(folder, size=SIZE) as me:
        await me.sees("● shed", "△ add")
    assert project.starts == 2
    project.write("start.sh", "--everything")
    async with seat(folder, size=SIZE) as me:
        await card(me, "enter")
        await me.sees("shed needs your consent", "sh start.sh --everything")
    assert project.starts == 2


async def test_a_copy_of_its_entry_keeps_the_names_of_variables_and_not_their_values(
    folder: Folder, project: Project
) -> None:
    project.write("start.sh", SHED_TOKEN="${MY_TOKEN}")
    async with seat(folder, size=SIZE, environ={"MY_TOKEN": "a-canary-of-a-token"}) as me:
        await me.press("f2", "e")
        await me.until(lambda: isinstance(me.app.screen, ServerForm))
        await me.press("ctrl+o")
        await me.sees("● shed")
        spec = me.app.bench.hub.spec("shed")
        assert isinstance(spec, StdioSpec) and spec.env["SHED_TOKEN"] == "a-canary-of-a-token"
    assert folder.servers["shed"]["env"] == {"COLOUR": "red", "SHED_TOKEN": "${MY_TOKEN}"}


@pytest.mark.parametrize("keys", [("r",), ("x", "x")], ids="-".join)
async def test_a_key_that_starts_servers_asks_first_for_one_that_was_not_agreed_to(
    folder: Folder, project: Project, keys: tuple[str, ...]
) -> None:
    async with seat(folder, size=SIZE) as me:
        await card(me, *keys)
        await me.sees("shed needs your consent", "sh start.sh")
        await me.press("y")
        await me.sees("● shed", "△ add")
    assert project.starts == 1
