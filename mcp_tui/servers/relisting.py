"""Whether what is known of a server's offer is older than its last notice that it changed."""

from __future__ import annotations

import asyncio


class Relisting:
    """Lists are read one after another; a notice that comes while one is read asks for another one."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._changed.set()  # nothing is known yet
        self._this, self._next = asyncio.Event(), asyncio.Event()
        """Set once the list was read that is read now (or was last), and the one after it."""

    def ask(self) -> None:
        """The server says that what it offers changed."""
        self._changed.set()

    async def asked(self) -> None:
        """Wait for that."""
        await self._changed.wait()

    def begin(self) -> None:
        """A list is read from now on."""
        self._changed.clear()
        self._this, self._next = self._next, asyncio.Event()

    def end(self) -> None:
        """It was read, as far as it could be."""
        self._this.set()

    @property
    def is_caught_up(self) -> bool:
        """Whether there is nothing to wait for."""
        return self._this.is_set() and not self._changed.is_set()

    async def caught_up(self) -> None:
        """Wait until a list was read that was begun after all that the server has told by now.

        So nobody waits for ever, however often a server tells.
        """
        await (self._next if self._changed.is_set() else self._this).wait()
