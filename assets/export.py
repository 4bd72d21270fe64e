"""Pictures of the running app: `python assets/export.py [FOLDER [NAME…]]` writes SVGs, by default beside this file.

Each scene is the real app with the bundled demo, driven by its keys.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.servers import ServerSpec, StdioSpec
from mcp_tui.ui.app import McpTuiApp
from mcp_tui.ui.refs import Ref
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.demo import demo_server
from mcp_tui.workbench.home import Home

FONT = '"JetBrains Mono", "Fira Code", "DejaVu Sans Mono", Menlo, Consolas, monospace'
WIDE, SMALL = (140, 42), (80, 24)


class Driver:
    """The app under the keys of a scene."""

    def __init__(self, app: McpTuiApp, pilot: Pilot[int]) -> None:
        self.app = app
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)

    async def type(self, text: str) -> None:
        names = {" ": "space", "/": "slash", "_": "underscore", ".": "full_stop", ",": "comma", '"': "quotation_mark"}
        await self._pilot.press(*(names.get(char, char) for char in text))

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait for something, not for the clock."""
        end = time.monotonic() + 60
        while not is_so():
            if time.monotonic() > end:
                raise TimeoutError(what)
            await self._pilot.pause(0.05)

    async def calm(self) -> None:
        await self._pilot.pause(0.6)

    async def ask(self, text: str) -> None:
        """Send a message and wait for its question, or its end."""
        await self.press("f3")
        await self.type(text)
        await self.press("enter")
        chat = self.app.workspace.chat
        await self.until(lambda: bool(self.app.asking.waiting) or not chat.busy, text)

    async def answer(self, key: str) -> None:
        """Open the question and answer it by a lone press."""
        await self.press("f8")
        await self._pilot.pause(0.6)
        await self.press(key)
        await self._pilot.pause(0.5)

    async def allowed(self, text: str) -> None:
        await self.ask(text)
        await self.answer("a")
        await self.until(lambda: not self.app.workspace.chat.busy, text)

    async def go_to(self, kind: Kind, name: str) -> None:
        """Open something in the Inspector."""
        self.app.workspace.open(Ref("demo", kind, name))
        await self.calm()


Act = Callable[[Driver], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: its size, its theme, and the keys that lead to it."""

    act: Act
    size: tuple[int, int] = WIDE
    theme: str = "ink"
    servers: tuple[ServerSpec, ...] = (demo_server(),)
    welcome: bool = False


async def nothing(driver: Driver) -> None:
    await driver.calm()


async def workspace(driver: Driver) -> None:
    await driver.allowed("add 17 and 25")
    await driver.allowed("what time is it in UTC")
    await driver.go_to(Kind.TOOL, "get_weather")
    await driver.press("f3")


async def explorer(driver: Driver) -> None:
    await workspace(driver)
    await driver.press("f2")


async def permission(driver: Driver) -> None:
    await driver.ask("add 17 and 25")
    await driver.press("f8")


async def destructive(driver: Driver) -> None:
    await driver.ask("delete note shopping")
    await driver.press("f8")


async def banner(driver: Driver) -> None:
    await driver.ask("add 17 and 25")
    await driver.type("and compare it with the old")


async def form(driver: Driver) -> None:
    await driver.go_to(Kind.TOOL, "get_weather")
    await driver.press("enter")
    await driver.calm()
    await driver.type("Reykjavik")
    await driver.press("tab")
    await driver.type("two")
    await driver.press("ctrl+s")


async def result(driver: Driver) -> None:
    await driver.go_to(Kind.TOOL, "get_weather")
    await driver.press("enter")
    await driver.calm()
    await driver.type("Reykjavik")
    await driver.press("ctrl+s")
    await driver.until(lambda: bool(driver.app.bench.calls.of("demo", "get_weather")), "the end of the call")


async def prompt(driver: Driver) -> None:
    await driver.go_to(Kind.PROMPT, "review")
    await driver.type("for x in range(3): print(x)")
    await driver.press("ctrl+s")
    await driver.until(lambda: bool(driver.app.asking.waiting), "the question about the prompt")
    await driver.answer("a")


async def traffic(driver: Driver) -> None:
    await workspace(driver)
    await driver.press("f6")


async def failure(driver: Driver) -> None:
    await driver.press("f2", "end", "enter")


async def transcript(driver: Driver) -> None:
    await driver.allowed("weather in Reykjavik for 3 days")
    await driver.allowed("fail with bad revision")
    await driver.ask("delete note shopping")
    await driver.answer("d")
    await driver.until(lambda: not driver.app.workspace.chat.busy, "denied")
    await driver.ask("count slowly to 9")
    await driver.answer("a")
    await asyncio.sleep(2)


async def palette(driver: Driver) -> None:
    await driver.press("ctrl+p")
    await driver.calm()
    await driver.type("no")
    await driver.calm()


NOTES = StdioSpec(
    "notes",
    sys.executable,
    ("-c", "import sys; sys.exit('FileNotFoundError: /srv/Notes\\nnotes-mcp: no vault, giving up')"),
    origin="servers.json, line 14",
)
SCENES: dict[str, Scene] = {
    "workspace": Scene(workspace),
    "workspace-110x34": Scene(workspace, (110, 34)),
    "workspace-200x60": Scene(workspace, (200, 60)),
    "workspace-80x24": Scene(workspace, SMALL),
    "workspace-80x24-explorer": Scene(explorer, SMALL),
    "workspace-light": Scene(workspace, theme="paper"),
    "workspace-16-colours": Scene(workspace, theme="ansi-dark"),
    "permission": Scene(permission),
    "permission-80x24": Scene(permission, SMALL),
    "permission-destructive": Scene(destructive),
    "permission-destructive-80x24": Scene(destructive, SMALL),
    "permission-banner": Scene(banner),
    "permission-light": Scene(destructive, theme="paper"),
    "permission-16-colours": Scene(destructive, theme="ansi-dark"),
    "form": Scene(form),
    "form-80x24": Scene(form, SMALL),
    "result": Scene(result),
    "prompt": Scene(prompt),
    "traffic": Scene(traffic),
    "failure": Scene(failure, servers=(demo_server(), NOTES)),
    "transcript": Scene(transcript, (140, 56)),
    "palette": Scene(palette),
    "welcome": Scene(nothing, (100, 32), servers=(), welcome=True),
    "welcome-80x24": Scene(nothing, SMALL, servers=(), welcome=True),
}
IN_REPOSITORY = ("workspace", "permission", "transcript", "traffic")


async def draw(name: str, scene: Scene, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home_folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "MCP_"))}
        os.environ.update(XDG_CONFIG_HOME=home_folder, XDG_DATA_HOME=home_folder, XDG_STATE_HOME=home_folder)
        home = Home.open(environ, demo=not scene.welcome)
        app = McpTuiApp(
            lambda asker, asks: Workbench(home, scene.servers, asker=asker, asks=asks),
            theme=scene.theme,
            welcome=scene.welcome,
        )
        async with app.run_test(size=scene.size) as pilot:
            driver = Driver(app, pilot)
            await app.raised.wait()
            if not scene.welcome:
                await app.bench.hub.wait_settled()
                await driver.until(lambda: app.bench.models.current is not None, "the model")
            await scene.act(driver)
            await driver.calm()
            svg = app.export_screenshot(title="mcp-tui")
            (folder / f"{name}.svg").write_text(tidy(svg), encoding="utf-8")


def tidy(svg: str) -> str:
    """Only local fonts, so that the picture looks the same without a network."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.S)
    return re.sub(r"font-family: ?[^;]*;", f"font-family: {FONT};", svg)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or (SCENES if len(sys.argv) > 1 else IN_REPOSITORY):
        asyncio.run(draw(name, SCENES[name], folder))
        print(name)


if __name__ == "__main__":
    main()
