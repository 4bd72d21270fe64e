"""A small app around the questions: a composer, the banner, and keys whose times the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from looking import PATIENCE, until
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Static, TextArea

import mcp_tui.ui
from mcp_tui.domain.catalog import NOTHING_SAID, Hints, Kind
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.permission import Initiator, Request
from mcp_tui.ui.asking import Asking
from mcp_tui.ui.key_sieve import Guarded
from mcp_tui.ui.screens.approve import ApproveDialog
from mcp_tui.ui.themes import INK, PAPER, with_roles
from mcp_tui.ui.widgets.banner import Banner


def request(item: str = "add", **changes: Any) -> Request:
    """A model's call of a harmless tool."""
    known: dict[str, Any] = {
        "initiator": Initiator.MODEL,
        "kind": Kind.TOOL,
        "server": "everything",
        "arguments": {"a": 17, "b": 25},
        "definition": "d1",
        "identity": "i1",
        "description": "Add two numbers.",
        "hints": Hints(read_only=True, idempotent=True),
        "who": "qwen3:14b",
        "server_kind": "local program",
    }
    return Request(item=item, **(known | changes))


DESTRUCTIVE = request(
    "delete_files",
    server="files",
    server_kind="https://files.example.net/mcp",
    description="Delete every file that matches a pattern.",
    arguments={"pattern": "build/**", "dry_run": False, "reason": "clean up \u202e before release"},
    hints=Hints(destructive=True),
)
SILENT = NOTHING_SAID


class Field(TextArea):
    """A composer that never sends: an Enter that reaches it would be seen as a line break."""


class AskingApp(App[None]):
    CSS_PATH = Path(mcp_tui.ui.__file__).parent / "app.tcss"
    BINDINGS = [Binding("f8", "look", priority=True)]

    def __init__(self, theme: str = "ink") -> None:
        super().__init__()
        self.register_theme(INK)
        self.register_theme(PAPER)
        self.theme = theme
        self.asking = Asking(self, lambda: bool(self.text.strip()))

    def compose(self) -> ComposeResult:
        yield Static("a workspace")
        yield Banner(self.asking)
        yield Field()

    def get_css_variables(self) -> dict[str, str]:
        return with_roles(super().get_css_variables(), self.current_theme.ansi)

    async def on_event(self, event: events.Event) -> None:
        for passed in self.asking.sift(event):
            await super().on_event(passed)

    def action_look(self) -> None:
        self.asking.open_now()

    @property
    def text(self) -> str:
        """What stands in the composer."""
        return self.screen_stack[0].query_one(Field).text

    @property
    def dialog(self) -> ApproveDialog | None:
        return self.screen if isinstance(self.screen, ApproveDialog) else None


async def drawn(pilot: Pilot[None]) -> ApproveDialog:
    """The dialog, once its answers may be given: it is drawn, and made to have been so for a long time."""
    app = pilot.app
    assert isinstance(app, AskingApp)
    await until(lambda: app.dialog is not None and app.dialog.drawn_at is not None)
    assert app.dialog is not None
    app.dialog.drawn_at = monotonic() - 60
    return app.dialog


async def seen(pilot: Pilot[Any]) -> Guarded:
    """Any guarded dialog, once its answers may be given: made to have been drawn a long time ago."""

    def shown() -> Guarded | None:
        return pilot.app.screen if isinstance(pilot.app.screen, Guarded) else None

    await until(lambda: (dialog := shown()) and dialog.drawn_at is not None)
    dialog = shown()
    assert dialog is not None
    dialog.drawn_at = monotonic() - 60
    return dialog


class Keyboard:
    """Sends keys with times of their own; the clock starts long after the last real key."""

    def __init__(self, app: AskingApp) -> None:
        self._app = app
        self.now = monotonic()

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def press(self, *keys: str, gap: float = 0.0) -> None:
        """Press keys, `gap` seconds apart."""
        for key in keys:
            self.send(events.Key(key, None if len(key) > 1 else key))
            self.wait(gap)

    def type(self, text: str, gap: float = 0.0) -> None:
        for char in text:
            self.send(events.Key("space" if char == " " else char, char))
            self.wait(gap)

    def paste(self, text: str) -> None:
        self.send(events.Paste(text))

    def send(self, event: events.Event) -> None:
        event.time = self.now
        self._app.post_message(event)


async def told(pilot: Pilot[None]) -> str:
    """Everything that the question says, scrolled out of sight or not."""
    await pilot.pause()
    return "\n".join(str(each.render()) for each in pilot.app.screen.query(Static))


async def settle(task: asyncio.Task[Any]) -> Any:
    return await asyncio.wait_for(task, PATIENCE)


class Asked:
    """An open dialog, with hands on the keyboard long after it was drawn."""

    def __init__(self, app: AskingApp, pilot: Pilot[None], reply: asyncio.Task[Reply]) -> None:
        self.app, self.pilot, self.reply = app, pilot, reply
        self.keys = Keyboard(app)

    async def alone(self, *keys: str) -> None:
        """Press each key alone, and let it count."""
        for key in keys:
            self.keys.now = max(self.keys.now, monotonic()) + 1
            self.keys.press(key)
            await asyncio.sleep(0.35)
            await self.pilot.pause()

    async def ready(self) -> None:
        """Another step was drawn long ago."""
        await drawn(self.pilot)


@asynccontextmanager
async def asked(what: Request, size: tuple[int, int] = (120, 40), theme: str = "ink") -> AsyncGenerator[Asked]:
    app = AskingApp(theme)
    async with app.run_test(size=size) as pilot:
        reply = asyncio.create_task(app.asking.ask(what))
        await drawn(pilot)
        yield Asked(app, pilot, reply)
        app.asking.close()
        await settle(reply)
