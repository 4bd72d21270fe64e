"""Keys that come in one burst, as a paste or a script sends them: each acts before those behind it are handled.

Textual hands a key to the widget that has the focus when the key is read. What a key is bound to happens only when
it has come back from that widget, so the keys behind one that moves the focus, or clears a field, wait here for it.

A follower is sent the same way behind the key, and once more behind what the key did: when it is back, all that the
key set going on its way is done, however slow the machine is.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from mcp_tui.ui.later import later

LONGEST = 0.5
"""Seconds that keys wait at most for the focus to move, once the follower is back: it may as well stay."""
LOOKS_EVERY = 0.002
HOLDS = 0.5
"""Seconds that keys wait at most for a page that is opened: its server may have to connect first."""
_LEAVE_A_FIELD = frozenset({"enter", "tab", "shift+tab"})
_LEAVE_AN_AREA = frozenset({"shift+tab"})
_GO_TO_A_FIELD = frozenset({"slash", "tab", "shift+tab"})
_ARRIVAL = ""
"""In place of a key: the focus is on its way to what opens."""
_MAY_STAY = frozenset({_ARRIVAL, "escape", "ctrl+u", "ctrl+k", "ctrl+w", "backspace"})
"""Their work is done once they are back, whether the focus has moved or not."""


class Follower(events.Event, bubble=True, verbose=True):
    """Goes from a widget up to the app, behind all that was there before."""

    def __init__(self, key: events.Key, came_back: bool) -> None:
        super().__init__()
        self.key = key
        self.came_back = came_back
        """It was sent when the key had come back to the app."""


class Bursts:
    """Keeps keys back while one before them is still on its way. `handle` is what the app does with an event."""

    def __init__(self, app: App[Any], handle: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._handle = handle
        self._first: events.Key | None = None
        self._came_back = False
        """The first key did."""
        self._on: Screen[Any] | None = None
        self._from: Widget | None = None
        self._kept: list[events.Event] = []

    async def handle(self, event: events.Event) -> None:
        """Handle the event, and those that waited for it; or keep it, if it has to wait itself."""
        if isinstance(event, Follower):
            return await self._followed(event)
        if self._keeps(event):
            return
        came_back = event.is_forwarded
        await self._handle(event)
        if isinstance(event, events.Key) and event is self._first:
            self._came_back = came_back
            if self._is_left or (self._has_moved and not came_back):
                await self._let_go()
            else:
                self._follow(event)

    def hold(self) -> Callable[[], Awaitable[None]]:
        """Keep what is typed from now on, for the focus is on its way. What is returned lets it go."""
        held = self._first = events.Key(_ARRIVAL, None)

        async def let_go() -> None:
            if self._first is held:
                await self._let_go()

        later(self._app, HOLDS, let_go)
        return let_go

    def _keeps(self, event: events.Event) -> bool:
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if self._first is not None:
            self._kept.append(event)
            return True
        if not self._app.screen_stack:
            return False  # it is leaving
        if not self._app.screen.is_mounted:
            self._kept.append(event)
            self._await(arrival := events.Key(_ARRIVAL, None))
            self._follow(arrival)  # behind the making of the screen, which puts the focus in its place
            return True
        if isinstance(event, events.Key) and event.key in _awaited(self._app.focused):
            self._await(event)
        return False

    def _await(self, key: events.Key) -> None:
        self._first, self._came_back = key, False
        self._on, self._from = self._app.screen, self._app.focused

    @property
    def _has_moved(self) -> bool:
        return not self._app.screen_stack or self._app.focused is not self._from  # without screens it is leaving

    @property
    def _is_left(self) -> bool:
        """The key closed its screen, or opened another: no follower comes back from there, and nothing is awaited."""
        return not self._app.screen_stack or self._app.screen is not self._on

    def _follow(self, key: events.Key) -> None:
        here = self._from or self._app.screen
        here.post_message(Follower(key, self._came_back))
        later(self._app, LONGEST, partial(self._look_after, key, here))

    async def _followed(self, follower: Follower) -> None:
        """All that the key did on its way is done, unless it came back by itself: then another follower is behind."""
        if follower.came_back == self._came_back:
            await self._look(follower.key, time.monotonic() + LONGEST)

    async def _look_after(self, key: events.Key, here: Widget) -> None:
        """A widget that is gone sends no follower on."""
        if self._first is key and self._app.screen_stack:
            if here.is_attached and here.is_running:
                later(self._app, LONGEST, partial(self._look_after, key, here))
            else:
                await self._let_go()

    async def _look(self, key: events.Key, end: float) -> None:
        """Whether the key has done its work. Timers look again: what moves the focus may wait for a picture."""
        if self._first is not key or not self._app.screen_stack:
            return  # another one looks, or the app is ending
        if key.key in _MAY_STAY or self._has_moved or time.monotonic() >= end:
            await self._let_go()
        else:
            later(self._app, LOOKS_EVERY, partial(self._look, key, end))

    async def _let_go(self) -> None:
        kept, self._kept, self._first = self._kept, [], None
        for event in kept:
            await self.handle(event)


def _awaited(here: Widget | None) -> frozenset[str]:
    """The keys that those behind them wait for, by the widget that has the focus."""
    if isinstance(here, Input):
        return _MAY_STAY | _LEAVE_A_FIELD
    if isinstance(here, TextArea):
        return _MAY_STAY | _LEAVE_AN_AREA
    return _MAY_STAY | _GO_TO_A_FIELD | getattr(here, "leads_on_by", frozenset())
