"""What a server suggests for one field, while it is typed: asked for in the pauses, chosen from by up and down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.suggester import Suggester

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.ui.widgets.editors import is_plain

Complete = Callable[[str], Awaitable[list[str]]]
"""Values that begin like the text; raw."""
Tell = Callable[[list[str], str | None], None]
"""Told all values, and the one that the user has chosen so far."""

PAUSE = 0.15
"""Seconds without a key before a server is asked."""


class Suggestions(Suggester):
    """The suggestions of one field. The first one that goes on from the text is shown behind it.

    An answer that comes when something else is typed already is dropped. Enter and tab are never taken.
    """

    def __init__(self, complete: Complete, draft: Callable[[], str], tell: Tell) -> None:
        """`draft` is the text of the field now."""
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete
        self._draft = draft
        self._tell = tell
        self._found: list[str] = []
        self._chosen: str | None = None
        self._typed = ""
        """What the user had typed before choosing."""

    @property
    def can_choose(self) -> bool:
        return any(map(is_plain, self._found))

    async def get_suggestion(self, value: str) -> str | None:
        """What to show behind the text (called by the field for each change of it)."""
        if value == self._chosen:
            return None
        self._chosen = None
        await asyncio.sleep(PAUSE)
        return await self.ask(value)

    async def ask(self, value: str) -> str | None:
        """Ask for what goes on from `value`, tell it, and say which is the first."""
        if self._draft() != value:
            return None
        try:
            found = await self._complete(value)
        except McpTuiError:
            return None  # suggestions are a kindness; the form works without
        if self._draft() != value or self._chosen is not None:
            return None
        self._found = found
        self._tell(found, None)
        return next((one for one in found if one.startswith(value) and is_plain(one)), None)

    def choose(self, by: int) -> str:
        """The text that the field is to hold: the suggestion after or before the one that is chosen, or, beyond the
        ends, what was typed."""
        if self._chosen is None:
            self._typed = self._draft()
        ring = [None, *filter(is_plain, self._found)]
        at = ring.index(self._chosen) if self._chosen in ring else 0
        self._chosen = ring[(at + by) % len(ring)]
        self._tell(self._found, self._chosen)
        return self._typed if self._chosen is None else self._chosen
