"""Keys that come in one burst, as a paste or a script sends them: each acts before those behind it are handled.

Textual hands a key to the widget that has the focus when the key is read. What a key is bound to happens only when
it has come back from that widget, so the keys behind one that moves the focus, or clears a field, wait here for it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.widget import Widget
from textual.widgets import Input, TextArea

from mcp_tui.ui.later import later

LONGEST = 0.5
"""Seconds that keys wait at most for the focus to move: it may as well stay."""
LOOKS_EVERY = 0.002
_LEAVE_A_FIELD = frozenset({"enter", "tab", "shift+tab"})
_LEAVE_AN_AREA = frozenset({"shift+tab"})
_OPEN_A_FIELD = frozenset({"slash"})
_EDIT = frozenset({"ctrl+u", "ctrl+k", "ctrl+w", "backspace"})


class Bursts:
    """Keeps keys back while one before them is still on its way. `handle` is what the app does with an event."""

    def __init__(self, app: App[Any], handle: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._handle = handle
        self._first: events.Key | None = None
        self._from: Widget | None = None
        self._kept: list[events.Event] = []

    async def handle(self, event: events.Event) -> None:
        """Handle the event, and those that waited for it; or keep it, if it has to wait itself."""
        if self._keeps(event):
            return
        came_back = event.is_forwarded
        await self._handle(event)
        if isinstance(event, events.Key) and event is self._first:
            if came_back:
                await self._look(event, time.monotonic() + LONGEST)
            elif self._has_moved:
                await self._let_go()

    def _keeps(self, event: events.Event) -> bool:
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if self._first is not None:
            self._kept.append(event)
            return True
        here = self._app.focused
        if isinstance(event, events.Key) and event.key in _awaited(here):
            self._first, self._from = event, here
            later(self._app, LONGEST, partial(self._give_up, event))
        return False

    @property
    def _has_moved(self) -> bool:
        return self._app.focused is not self._from

    async def _look(self, key: events.Key, end: float) -> None:
        """Whether the key that came back has done its work. Timers look again: the focus moves by the app's queue."""
        if self._first is not key:
            return
        if key.key in _EDIT or self._has_moved or time.monotonic() >= end:
            await self._let_go()
        else:
            later(self._app, LOOKS_EVERY, partial(self._look, key, end))

    async def _give_up(self, key: events.Key) -> None:
        """If the key did not come back until now, its widget used it itself."""
        if self._first is key:
            await self._let_go()

    async def _let_go(self) -> None:
        kept, self._kept, self._first = self._kept, [], None
        for event in kept:
            await self.handle(event)


def _awaited(here: Widget | None) -> frozenset[str]:
    """The keys that those behind them wait for, by the widget that has the focus."""
    if isinstance(here, Input):
        return _LEAVE_A_FIELD | _EDIT
    return _LEAVE_AN_AREA if isinstance(here, TextArea) else _OPEN_A_FIELD
