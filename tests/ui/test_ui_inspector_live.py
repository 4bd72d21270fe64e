"""Explorer and Inspector over a real workbench with a real server process."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from fakes import PaneApp
from looking import until
from textual.pilot import Pilot

from mcp_tui.domain.gate import Reply
from mcp_tui.domain.happenings import Happening
from mcp_tui.domain.permission import Answer, Request
from mcp_tui.domain.servers import ServerState, StdioSpec
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.explorer import Explorer, ExplorerPane
from mcp_tui.ui.widgets.inspector import InspectorPane
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home

DEMO = StdioSpec("demo", sys.executable, ("-m", "mcp_tui.demo.server"))
BROKEN = StdioSpec("broken", sys.executable, ("-c", "import sys; print('no vault', file=sys.stderr); sys.exit(3)"))


class Yes:
    """Says yes, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def ask(self, request: Request) -> Reply:
        self.asked.append(request)
        return Reply(Answer.SESSION, request.arguments)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncGenerator[Workbench]:
    home = Home(Paths(tmp_path, tmp_path, tmp_path, tmp_path), {}, Settings())
    made = Workbench(home, [DEMO, BROKEN], asker=Yes())
    yield made
    await made.aclose()


async def sees(app: PaneApp, pilot: Pilot[None], *words: str) -> None:
    try:
        await until(lambda: all(word in app.shown() for word in words))
    except TimeoutError:
        pytest.fail(f"{[word for word in words if word not in app.shown()]} not in\n{app.shown()}")


async def test_a_real_server_is_browsed_called_read_and_a_broken_one_explained(bench: Workbench) -> None:
    explorer, inspector = ExplorerPane(bench), InspectorPane(bench)
    app = PaneApp(explorer, inspector)

    def happened(happening: Happening) -> None:
        explorer.update(happening)
        inspector.update(happening)

    async with app.run_test(size=(100, 50)) as pilot:
        bench.subscribe(happened)
        bench.start()
        await sees(app, pilot, "● demo", "■ add", "Prompts", "Templates")
        explorer.home.focus()
        await pilot.press("slash", *"reverse", "enter", "enter")
        await pilot.pause()
        opened = app.said(Explorer.Selected)[-1].ref
        assert opened.key == "reverse_text"
        inspector.show(opened)
        inspector.focus_body()
        await sees(app, pilot, "ƒ reverse_text", "What to turn around")
        await pilot.press("enter")
        await until(lambda: inspector.home is app.focused)
        await pilot.press(*"stressed", "ctrl+s")
        await sees(app, pilot, "Result", "desserts", "History 1")
        guide = next(item for item in bench.items() if item.key == "demo://guide")
        inspector.show(Ref("demo", guide.kind, guide.key))
        inspector.focus_body()
        await sees(app, pilot, "text/markdown")
        await until(lambda: bench.hub.status("broken").state is ServerState.FAILED)
        inspector.show(Ref("broken"))
        inspector.focus_body()
        await sees(app, pilot, "broken did not start", "exit code 3", "no vault", "What to try")
