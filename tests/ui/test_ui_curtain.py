"""The first frame comes before anything heavy, and loses no key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual import events

from mcp_tui.domain.servers import StdioSpec
from mcp_tui.ui.app import McpTuiApp
from mcp_tui.ui.curtain import Curtain
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home

LIST_HEAVY = """
import sys
import mcp_tui.cli, mcp_tui.ui.app
print([name for name in ("mcp", "openai", "pydantic", "mcp_tui.workbench.bench") if name in sys.modules])
"""


def app_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> McpTuiApp:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(folder))
    home = Home.open({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_MODEL": "none"})
    spec = StdioSpec("sleeper", sys.executable, ("-c", "import time; time.sleep(60)"))
    return McpTuiApp(lambda asker, asks: Workbench(home, [spec], asker=asker, asks=asks), servers=["sleeper"])


def test_nothing_heavy_is_imported_for_the_first_frame() -> None:
    done = subprocess.run([sys.executable, "-c", LIST_HEAVY], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


async def test_the_first_frame_names_the_panes_and_the_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_in(tmp_path, monkeypatch)
    async with app.run_test(size=(140, 42)) as pilot:
        assert isinstance(app.screen_stack[0], Curtain)
        frame = str(app.screen_stack[0].query_one("Frame").render())
        assert all(word in frame for word in ("Explorer", "Chat", "Inspector", "sleeper"))
        await app.raised.wait()
        await pilot.pause()


async def test_keys_typed_behind_the_curtain_reach_the_composer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(tmp_path, monkeypatch)
    async with app.run_test(size=(140, 42)) as pilot:
        assert not app.raised.is_set()
        for char in "early":
            app.post_message(events.Key(char, char))
        app.post_message(events.Paste(" and pasted"))
        await app.raised.wait()
        await pilot.pause()
        assert app.workspace.chat.composer.text == "early and pasted"
