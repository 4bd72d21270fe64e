"""All servers: which there are, how they are doing, what they offer and may use, and their end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from mcp_tui.domain.asks import Root, ServerAsks
from mcp_tui.domain.catalog import Catalog
from mcp_tui.domain.errors import ConfigError, ServerUnreachable
from mcp_tui.domain.happenings import Listener, ServerRemoved
from mcp_tui.domain.servers import ServerInfo, ServerSpec, ServerState, ServerStatus
from mcp_tui.domain.trace import Trace
from mcp_tui.domain.vitals import Vitals
from mcp_tui.servers.connection import Connection
from mcp_tui.servers.host import AuthorizerFactory, Host
from mcp_tui.servers.link import Link
from mcp_tui.servers.listing import LIST_TIMEOUT
from mcp_tui.servers.memory import resident
from mcp_tui.servers.watching import Watching
from mcp_tui.servers.way import EraMemory


class Fleet:
    """The servers of one session, in the order added. Every method belongs into the running event loop.

    Without `asks` no server is told that it may ask anything; with `sampling` they may also ask for the model, with
    `roots` (even none yet) for the folders they may work in. `authorizer` signs in to servers that want it; `eras`
    knows servers from earlier runs.
    """

    def __init__(
        self,
        trace: Trace,
        listener: Listener,
        asks: ServerAsks | None = None,
        *,
        sampling: bool = False,
        roots: Iterable[Root] | None = None,
        authorizer: AuthorizerFactory | None = None,
        eras: EraMemory | None = None,
    ) -> None:
        folders = None if roots is None else tuple(roots)
        self._host = Host(trace, listener, asks, sampling, folders, authorizer, eras)
        self._connections: dict[str, Connection] = {}
        self._closing: asyncio.Task[None] | None = None

    @property
    def names(self) -> list[str]:
        return list(self._connections)

    def add(self, spec: ServerSpec) -> None:
        """Know a server from now on, and start it unless it is off or needs consent. Returns at once.

        Raises ConfigError for a name that is taken: another entry for a known server is for `replace()`.
        """
        if spec.name in self._connections:
            raise ConfigError(f"there is a server {spec.name} already", subject=spec.name)
        self._start(self._known(spec))

    async def remove(self, name: str) -> None:
        """Stop a server and forget it."""
        await self._connections[name].close()
        del self._connections[name]
        self._host.tell(ServerRemoved(name))

    async def replace(self, spec: ServerSpec) -> None:
        """Give a server another entry, in the same place. What was watched stays so."""
        before = self._connections[spec.name]
        await before.close()
        self._start(self._known(spec, before.watching))

    async def switch(self, name: str, on: bool) -> None:
        """Turn a server on, as far as consent to it goes, or off."""
        await (self.reconnect(name) if on else self._connections[name].stop(ServerState.OFF))

    def consent(self, name: str) -> None:
        """The user agreed to what this server runs, until its entry is another one."""
        connection = self._connections[name]
        if connection.status.state is ServerState.CONSENT:
            connection.spec = replace(connection.spec, needs_consent=False)
            connection.start()

    async def reconnect(self, name: str) -> None:
        """End the connection, if any, and begin anew, with a fresh count of attempts; without consent only wait."""
        connection = self._connections[name]
        lacks_consent = connection.spec.needs_consent
        await (connection.stop(ServerState.CONSENT) if lacks_consent else connection.restart())

    def spec(self, name: str) -> ServerSpec:
        return self._connections[name].spec

    def status(self, name: str) -> ServerStatus:
        return self._connections[name].status

    def info(self, name: str) -> ServerInfo | None:
        """What the server said of itself in its last handshake."""
        return self._connections[name].info

    def catalog(self, name: str) -> Catalog:
        """What the server offered when it was last listed."""
        return self._connections[name].catalog

    def stderr(self, name: str) -> list[str]:
        """The last lines of the program's standard error, raw."""
        return self._connections[name].chatter.lines

    def left_out(self, name: str) -> dict[str, int]:
        """What of a server was not heard, asked or kept since it was added: it was more than a limit allows."""
        connection = self._connections[name]
        kept = {"lines of stderr": connection.chatter.dropped, "earlier frames": self._host.trace.dropped.get(name, 0)}
        return {what: count for what, count in (*connection.bounds.left_out.items(), *kept.items()) if count}

    def vitals(self, name: str) -> Vitals:
        """How the server does: how quickly it answers, since when, what it was told."""
        return self._connections[name].vitals()

    def memory(self, name: str) -> int | None:
        """Bytes that the server's program and what it started take; None when it has none. For a thread: it blocks."""
        info = self.info(name)
        return resident(info.pid) if info and info.pid is not None else None

    async def wait_settled(self, names: Iterable[str] | None = None) -> None:
        """Until each of these servers is ready and listed, or is not to be expected."""
        chosen = self.names if names is None else names
        await asyncio.gather(*(self._connections[name].settled.wait() for name in chosen))

    async def refresh(self, name: str) -> None:
        """List everything again. Raises ServerUnreachable and ServerLost."""
        await self._connections[name].refresh()

    async def listed(self, name: str) -> None:
        """Until the catalogue is no older than the server's last notice of a change. Raises ServerError."""
        await self._link(name).caught_up(LIST_TIMEOUT)

    @property
    def roots(self) -> tuple[Root, ...]:
        """The folders that servers may work in."""
        return self._host.roots or ()

    async def set_roots(self, roots: Iterable[Root]) -> None:
        """Let servers work in these folders instead, and tell the connected ones that were told of roots before."""
        offered = self._host.roots is not None
        self._host.roots = tuple(roots)
        if offered:
            await asyncio.gather(*(connection.roots_changed() for connection in self._connections.values()))

    async def aclose(self) -> None:
        """Stop every server within about a second; no program is left. A cancel waits until that is done."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="close all servers")
        cancelled: asyncio.CancelledError | None = None
        while not self._closing.done():
            try:
                await asyncio.shield(self._closing)
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    async def _close(self) -> None:
        connections = list(self._connections.values())
        try:
            await asyncio.gather(*(connection.close() for connection in connections))
        finally:
            for connection in connections:
                connection.kill()

    def _known(self, spec: ServerSpec, watching: Watching | None = None) -> Connection:
        connection = self._connections[spec.name] = Connection(spec, self._host, watching)
        return connection

    def _start(self, connection: Connection) -> None:
        if self._closing is not None or not connection.spec.enabled:
            connection.rest(ServerState.OFF)
        elif connection.spec.needs_consent:
            connection.rest(ServerState.CONSENT)
        else:
            connection.start()

    def _link(self, server: str) -> Link:
        if server not in self._connections:
            raise ServerUnreachable(f"there is no server {server}", subject=server)
        return self._connections[server].link()
