"""When something is on the screen of the whole app: the time from a key to its effect, and from an event to words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual import events
from textual.geometry import Region
from textual.screen import Screen

from mcp_tui.ui.app import McpTuiApp

PATIENCE = 15.0


class Frames:
    """Looks at every frame that the app makes for the terminal."""

    def __init__(self, app: McpTuiApp) -> None:
        self.app = app
        self._wanted: Callable[[], bool] = lambda: False
        self._seen = asyncio.Event()
        self._display = app._display  # pyright: ignore[reportPrivateUsage] (where every frame leaves the app)
        app._display = self._show  # pyright: ignore[reportPrivateUsage]

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for the next frame of which this is true. Raises TimeoutError."""
        self._wanted = true
        self._seen.clear()
        async with asyncio.timeout(PATIENCE):
            await self._seen.wait()

    def text(self, region: Region | None = None) -> str:
        """What the compositor has there, all lines joined by blanks."""
        place = region or self.app.screen.region
        strips = self.app.screen._compositor.render_strips()[place.y : place.bottom]  # pyright: ignore[reportPrivateUsage]
        lines = (strip.crop(place.x, place.right).text.strip(" ▎") for strip in strips)
        return " ".join(" ".join(lines).split())

    def _show(self, screen: Screen[Any], renderable: Any) -> None:
        self._display(screen, renderable)
        if hasattr(renderable, "render_segments"):  # without a terminal the app makes a frame, but does not write it
            renderable.render_segments(self.app.console)
        if not self._seen.is_set() and self._wanted():
            self._seen.set()


class Typist:
    """Types into the composer, one key at a time, and waits until each is drawn."""

    def __init__(self, app: McpTuiApp) -> None:
        self._frames = Frames(app)
        self._composer = app.workspace.chat.composer
        self._letters = self._composer.text = ""

    async def key(self) -> None:
        """Post one key, and wait until a frame with its effect was made. Raises TimeoutError."""
        if len(self._letters) < 9:
            key = chr(ord("a") + len(self._letters))
            self._letters += key
            press = events.Key(key, key)
        else:
            self._letters = self._letters[:-1]
            press = events.Key("backspace", "\x7f")
        self._frames.app.post_message(press)
        await self._frames.until(lambda: self._frames.text(self._composer.content_region) == self._letters)
