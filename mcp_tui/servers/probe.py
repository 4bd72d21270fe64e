"""The question which era a server belongs to is not left open for long: many of the legacy era never answer it.

The SDK asks `server/discover` and waits 10 s before it takes the handshake of the legacy era, which may be all the time
that an entry gives, or more. So after a share of that we answer ourselves; the server's own answer may still come.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mcp_tui.servers.streams import failure
from mcp_tui.servers.taps import Reader
from mcp_tui.servers.wire import Wire

if TYPE_CHECKING:
    from mcp.client import Transport
    from mcp.client._transport import TransportStreams
    from mcp.shared.message import SessionMessage

    from mcp_tui.servers.taps import Reading

SHARE, LONGEST = 0.4, 8.0
"""How much of the time for the whole handshake the question may take, and seconds at most."""


def bounded(transport: Transport, wire: Wire, handshake: float, is_excused: Callable[[], bool]) -> Transport:
    """A transport over which the question is answered in time; `is_excused` while that is not the server's fault."""

    @asynccontextmanager
    async def bound() -> AsyncGenerator[TransportStreams]:
        async with transport as (reading, writing):
            yield _Answering(reading, wire, min(SHARE * handshake, LONGEST), is_excused), writing

    return bound()


class _Answering(Reader):
    """The reading end, on which an answer to the question arrives. Once the server has greeted it only reads."""

    def __init__(self, inner: Reading, wire: Wire, seconds: float, is_excused: Callable[[], bool]) -> None:
        super().__init__(inner, wire)
        self._seconds = seconds
        self._is_excused = is_excused
        self._is_over = False

    async def receive(self) -> SessionMessage | Exception:
        import anyio

        while not self._is_over and self._wire.pulse.handshake is None:
            with anyio.move_on_after(self._seconds):
                return await super().receive()
            if self._is_excused():
                continue
            self._is_over = True
            if self._wire.probe is not None and (reply := failure(self._wire.probe, "no answer in time")):
                return reply
        return await super().receive()
