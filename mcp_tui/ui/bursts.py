"""Keys that come in one burst, as a paste or a script sends them: those after one that moves the focus follow it.

Textual hands a key to the widget that has the focus when the key is read. A key that moves the focus does so only
when it has come back from that widget, so the keys behind it wait here until then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from textual import events
from textual.app import App
from textual.widget import Widget
from textual.widgets import Input, TextArea

LONGEST = 0.5
"""Seconds that keys wait at most for the focus to move: it may as well stay."""
_LEAVE_A_FIELD = frozenset({"enter", "tab", "shift+tab"})
_OPEN_A_FIELD = frozenset({"slash"})
_EDIT = frozenset({"ctrl+u", "ctrl+k", "ctrl+w", "backspace"})
"""These move nothing, but act as late: characters behind them would be in the field before."""


class Bursts:
    """Keeps keys back while another one moves the focus out of a field, or into a filter."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._mover: events.Key | None = None
        self._from: Widget | None = None
        self._kept: list[events.Event] = []

    def keeps(self, event: events.Event) -> bool:
        """Whether the event has to wait; ask before it is handled."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if self._mover is not None:
            self._kept.append(event)
            return True
        here = self._app.focused
        if isinstance(event, events.Key) and event.key in _movers(here):
            self._mover, self._from = event, here
            self._app.set_timer(LONGEST, self._give_up)
        return False

    async def after(self, event: events.Event, came_back: bool) -> Sequence[events.Event]:
        """The events that waited for this one, once it has come back from the field and was handled."""
        if self._mover is None or event is not self._mover or not came_back:
            return ()
        end = time.monotonic() + (LONGEST if self._mover.key not in _EDIT else 0)
        while self._app.focused is self._from and time.monotonic() < end:  # noqa: ASYNC110 (no event comes in time)
            await asyncio.sleep(0.001)
        return self._let_go()

    def _let_go(self) -> Sequence[events.Event]:
        kept, self._kept, self._mover = self._kept, [], None
        return kept

    def _give_up(self) -> None:
        """The key did not come back: the field used it itself."""
        for event in self._let_go():
            self._app.post_message(event)


def _movers(here: Widget | None) -> frozenset[str]:
    """The keys that may move the focus from here."""
    if isinstance(here, Input):
        return _LEAVE_A_FIELD | _EDIT
    return frozenset() if here is None or isinstance(here, TextArea) else _OPEN_A_FIELD
