"""Watching one resource: the key that begins and ends it, the line that tells of it, and reading again what changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.watch import Watch
from mcp_tui.ui.widgets.pieces import marked

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

AT_MOST_EVERY = 0.5
"""Seconds between two readings of a resource, however fast it changes."""


class Watcher:
    """The watching of the address that a page shows. The hub does it; it goes on when the page is gone."""

    def __init__(self, bench: Workbench, server: str, again: Callable[[str], Awaitable[None]]) -> None:
        """`again` reads an address once more, and shows it; it is awaited before the next time."""
        self._bench = bench
        self._server = server
        self._again = again
        self._uri = ""
        self._known: tuple[int, int] | None = None
        """The changes and gaps of the watch that have been followed."""
        self._refusal = ""
        self._line = Static("", classes="watch")
        self._stale = False
        self._is_reading = False

    @property
    def watch(self) -> Watch | None:
        return self._bench.hub.watch(self._server, self._uri) if self._uri else None

    def look_at(self, uri: str) -> None:
        """The page shows this address from now on, as it is now."""
        if uri != self._uri:
            self._uri, self._refusal = uri, ""
        self._known = _count(self.watch)

    def new_line(self) -> Static:
        """The line for a body that is made anew."""
        self._line = Static(self._words(), classes="watch")
        self._line.display = bool(self._words())
        return self._line

    async def toggle(self) -> None:
        """Watch, or watch no more; a server that will not tell is quoted in the line."""
        uri, self._refusal = self._uri, ""
        try:
            if self.watch is None:
                await self._bench.hub.subscribe(self._server, uri)
                self._known = _count(self.watch)
            else:
                await self._bench.hub.unsubscribe(self._server, uri)
        except McpTuiError as error:
            if uri == self._uri:
                self._refusal = error.what
        self.show()

    async def changed(self, uri: str) -> None:
        """Something about the watch of an address changed: tell it, and read again what is not as it was."""
        if uri != self._uri:
            return
        before, self._known = self._known, _count(self.watch)
        self.show()
        if before is None or self._known is None or self._known == before:
            return
        self._stale = True
        if self._is_reading:
            return
        self._is_reading = True
        try:
            while self._stale:
                self._stale = False
                await self._again(uri)
                await asyncio.sleep(AT_MOST_EVERY)
        finally:
            self._is_reading = False

    def show(self) -> None:
        """Bring the line up to date."""
        words = self._words()
        if self._line.is_attached:
            self._line.update(words)
            self._line.display = bool(words)

    def _words(self) -> Content:
        """`watching · updated 12:31:04 · 3 times`."""
        watch = self.watch
        if watch is None:
            return marked("[$warn]△[/] not watched: $why", why=self._refusal) if self._refusal else Content("")
        if watch.trouble:
            return marked("[$warn]△[/] watching, but: $why", why=watch.trouble)
        parts = ["[$good]●[/] watching"]
        if watch.times:
            parts.append(f"updated {time.strftime('%H:%M:%S', time.localtime(watch.updated))}")
            parts.append(f"{watch.times:,} time{'' if watch.times == 1 else 's'}")
        else:
            parts.append("no change so far")
        if watch.gaps:
            parts.append(f"{watch.gaps} reconnect{'' if watch.gaps == 1 else 's'}")
        return Content.from_markup(f"{parts[0]} [$quiet]· {' · '.join(parts[1:])}[/]")


def _count(watch: Watch | None) -> tuple[int, int] | None:
    return (watch.times, watch.gaps) if watch else None
