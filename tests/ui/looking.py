"""What an app under test shows, and waiting for it. A second look costs nothing while nothing new was drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from rich.console import RenderableType
from textual.app import App
from textual.screen import Screen

PATIENCE = 30.0
"""Seconds that any wait may take; a busy machine needs them, a quiet one does not."""
_PERIOD = 0.01
"""Seconds between two looks: the app draws 60 times a second."""


class _Eye:
    """Notices when its app draws."""

    def __init__(self, app: App[Any]) -> None:
        self._text: tuple[object, str] | None = None
        self._draw = app._display  # pyright: ignore[reportPrivateUsage]
        app._display = self._drawn  # pyright: ignore[reportPrivateUsage]

    def _drawn(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        self._text = None
        self._draw(screen, renderable)

    def look(self, app: App[Any]) -> str:
        if self._text is None or self._text[0] is not app.screen:
            strips = app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
            self._text = app.screen, "\n".join(strip.text.rstrip() for strip in strips)
        return self._text[1]


_EYES: WeakKeyDictionary[App[Any], _Eye] = WeakKeyDictionary()


def screen_text(app: App[Any]) -> str:
    """What the terminal shows, as plain lines."""
    if app not in _EYES:
        _EYES[app] = _Eye(app)
    return _EYES[app].look(app)


async def until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for something to be so. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 (a screen tells nobody that it was drawn)
            await asyncio.sleep(_PERIOD)
