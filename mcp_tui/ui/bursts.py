"""Keys that come in one burst, as a paste or a script sends them: each acts before those behind it are handled.

Textual hands a key to the widget that has the focus when the key is read. What a key is bound to happens only when
it has come back from that widget, so the keys behind one that moves the focus, or clears a field, wait here for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.widget import Widget
from textual.widgets import Input, TextArea

LONGEST = 0.5
"""Seconds that keys wait at most for the focus to move: it may as well stay."""
_LEAVE_A_FIELD = frozenset({"enter", "tab", "shift+tab"})
_LEAVE_AN_AREA = frozenset({"shift+tab"})
_OPEN_A_FIELD = frozenset({"slash"})
_EDIT = frozenset({"ctrl+u", "ctrl+k", "ctrl+w", "backspace"})


class Bursts:
    """Keeps keys back while one before them is still on its way."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._first: events.Key | None = None
        self._from: Widget | None = None
        self._kept: list[events.Event] = []

    def keeps(self, event: events.Event) -> bool:
        """Whether the event has to wait; ask before it is handled."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if self._first is not None:
            self._kept.append(event)
            return True
        here = self._app.focused
        if isinstance(event, events.Key) and event.key in _awaited(here):
            self._first, self._from = event, here
            self._app.set_timer(LONGEST, partial(self._give_up, event))
        return False

    async def after(self, event: events.Event, came_back: bool) -> Sequence[events.Event]:
        """The events that waited for this one, once it has come back from its widget and was handled."""
        if self._first is None or event is not self._first or not came_back:
            return ()
        if self._first.key not in _EDIT:
            await self._focus_moves()
        return self._let_go()

    async def _focus_moves(self) -> None:
        end = time.monotonic() + LONGEST
        while self._app.focused is self._from and time.monotonic() < end:  # noqa: ASYNC110 (no event comes in time)
            await asyncio.sleep(0.001)

    def _let_go(self) -> Sequence[events.Event]:
        kept, self._kept, self._first = self._kept, [], None
        return kept

    def _give_up(self, key: events.Key) -> None:
        """If the key did not come back until now, its widget used it itself."""
        if self._first is key:
            for event in self._let_go():
                self._app.post_message(event)


def _awaited(here: Widget | None) -> frozenset[str]:
    """The keys that those behind them wait for, by the widget that has the focus."""
    if isinstance(here, Input):
        return _LEAVE_A_FIELD | _EDIT
    return _LEAVE_AN_AREA if isinstance(here, TextArea) else _OPEN_A_FIELD
