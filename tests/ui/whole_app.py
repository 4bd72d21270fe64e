"""The whole app with a home of its own, a real server and a scripted model, under the keys of a test."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import looking
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.servers import ServerSpec, StdioSpec
from mcp_tui.ui.app import McpTuiApp
from mcp_tui.ui.key_sieve import Guarded
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.editors import Line
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home
from mcp_tui.workbench.plan import Plan, find_servers

W = TypeVar("W", bound=Widget)
PATIENCE = 15.0
SCRIPT = str(Path(__file__).parent / "pocket_server.py")
BARE = ("-I", "-S")
"""Python without site packages starts in a few milliseconds."""
NAMES = {
    " ": "space",
    "/": "slash",
    "_": "underscore",
    ".": "full_stop",
    ",": "comma",
    ":": "colon",
    "=": "equals_sign",
    "-": "minus",
    "?": "question_mark",
    '"': "quotation_mark",
    "{": "left_curly_bracket",
    "}": "right_curly_bracket",
}
ALIVE = ("HOME", "PATH", "LANG", "TMPDIR")


def pocket(name: str = "pocket", mode: str = "") -> StdioSpec:
    """The small server."""
    return StdioSpec(name, sys.executable, (*BARE, SCRIPT, *([mode] if mode else [])))


def entry(mode: str = "") -> dict[str, Any]:
    """The small server as an entry of servers.json."""
    spec = pocket(mode=mode)
    return {"command": spec.command, "args": list(spec.args)}


class Folder:
    """The user's folders, and how their files look from outside."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.environ: dict[str, str] = {name: os.environ[name] for name in ALIVE if name in os.environ}
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            monkeypatch.setenv(f"XDG_{name}_HOME", str(root / name.lower()))
        self.config = root / "config" / "mcp-tui"

    def write_servers(self, **entries: dict[str, Any]) -> None:
        self.config.mkdir(parents=True, exist_ok=True)
        (self.config / "servers.json").write_text(json.dumps({"mcpServers": entries}))

    @property
    def servers(self) -> dict[str, dict[str, Any]]:
        """What stands in servers.json."""
        path = self.config / "servers.json"
        return json.loads(path.read_text())["mcpServers"] if path.exists() else {}

    @property
    def settings(self) -> str:
        path = self.config / "settings.toml"
        return path.read_text() if path.exists() else ""


class Seat:
    """A person at the keyboard."""

    def __init__(self, app: McpTuiApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self._alone_at = 0.0
        """When the last lone press was, by its own time."""

    @property
    def screen(self) -> str:
        """What the terminal shows, as plain lines."""
        return looking.screen_text(self.app)

    @property
    def draft(self) -> str:
        return self.app.workspace.chat.composer.text

    @property
    def place(self) -> str:
        """The pane that has the focus."""
        return self.app.workspace.focused_pane()

    def find(self, kind: type[W], selector: str = "") -> W:
        return self.app.screen.query_one(selector, kind) if selector else self.app.screen.query_one(kind)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*(NAMES.get(char, char) for char in text))

    async def paste(self, text: str) -> None:
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def form(self, tool: str) -> None:
        """Go into the first field of a tool of the pocket server's."""
        self.app.workspace.open(Ref("pocket", Kind.TOOL, tool))
        await self.sees(f"ƒ {tool}", "Arguments")
        await self.press("f4", "enter")
        await self.until(lambda: isinstance(self.app.focused, Line))

    async def send(self, text: str) -> None:
        """Write into the composer and press enter."""
        await self.press("f3")
        self.app.workspace.chat.composer.text = text
        await self.press("enter")

    async def until(self, true: Callable[[], object], what: str = "it did not happen") -> None:
        """Wait for something to be so. Raises AssertionError with the screen."""
        try:
            await looking.until(true, PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{what}:\n{self.screen}") from None

    async def sees(self, *words: str) -> None:
        """Wait until all the words are on the screen."""
        await self.until(lambda: all(word in self.screen for word in words), f"one of {words} was not seen")

    async def sees_no(self, *words: str) -> None:
        """Wait until none of the words is on the screen."""
        await self.until(lambda: not any(word in self.screen for word in words), f"one of {words} stayed")

    async def asked(self) -> None:
        """Wait for a question, and look at it."""
        await self.until(lambda: self.app.asking.waiting)
        if not isinstance(self.app.screen, Guarded):
            await self.press("f8")
        await self.until(lambda: isinstance(self.app.screen, Guarded) and self.app.screen.drawn_at is not None)

    async def alone(self, key: str) -> object:
        """A lone press for the question that waits; the dialog it is for."""
        await self.asked()
        dialog = self.app.screen
        assert isinstance(dialog, Guarded)
        dialog.drawn_at = monotonic() - 60
        press = events.Key(key, key if len(key) == 1 else None)
        press.time = self._alone_at = max(self._alone_at, monotonic()) + 0.5
        self.app.post_message(press)
        return dialog

    async def answer(self, key: str) -> None:
        """Answer the question that waits by a lone press."""
        dialog = await self.alone(key)
        await self.until(lambda: self.app.screen is not dialog)

    async def idle(self) -> None:
        """Wait for the end of the turn."""
        await self.until(lambda: not self.app.workspace.chat.busy)


@asynccontextmanager
async def seat(
    folder: Folder,
    servers: Sequence[ServerSpec] | None = None,
    *,
    model: str = "",
    size: tuple[int, int] = (132, 30),
    environ: Mapping[str, str] = {},
    welcome: bool = False,
    bench: Callable[..., Workbench] = Workbench,
    falls: bool = False,
) -> AsyncGenerator[Seat]:
    """A started app whose servers have settled. Without `servers`: those of the user's file.

    `falls`: something is to fail that nobody foresaw, and to be survived.
    """
    known = {**folder.environ, **environ, **({"OPENAI_BASE_URL": model, "OPENAI_MODEL": "scripted"} if model else {})}
    home = Home.open(known)
    specs = find_servers(Plan(), home, folder.root).specs if servers is None else servers
    app = McpTuiApp(
        lambda asker, asks: bench(home, specs, asker=asker, asks=asks),
        servers=[spec.name for spec in specs],
        theme=home.settings.theme,
        welcome=welcome,
    )
    failures: list[str] = []

    def say_failure(what: str, error: BaseException) -> None:
        failures.append(f"{what}: {error!r}")
        McpTuiApp.say_failure(app, what, error)

    app.say_failure = say_failure
    async with app.run_test(size=size, notifications=True) as pilot:
        here = Seat(app, pilot)
        await here.until(app.raised.is_set)
        try:
            await app.bench.hub.wait_settled()
            await app.bench.reviews.met()
            if model:
                await here.until(lambda: app.bench.models.current is not None)
            await here.pilot.pause()
            yield here
            assert bool(failures) is falls, failures  # what fails from here on has lost its server
        finally:
            app.asking.close()
            await app.bench.aclose()
    assert app.crash is None
