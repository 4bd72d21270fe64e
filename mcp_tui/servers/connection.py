"""One server: how it is started, restarted, brought back when it is lost, and closed; what is known of it meanwhile.

    off, needs consent ──start()──> connecting ──> ready, degraded ──> lost ──> connecting …
                                        │                                └─ too often ─> failed
                                        └──> failed

An owner task makes one `Attempt` after another; each is one connection, from its start to its end.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress

from mcp_tui.domain.catalog import Catalog, Kind
from mcp_tui.domain.errors import AuthNeeded, ServerError, ServerUnreachable
from mcp_tui.domain.happenings import CatalogChanged, Logged, ServerChanged
from mcp_tui.domain.servers import ServerInfo, ServerSpec, ServerState, ServerStatus
from mcp_tui.domain.vitals import Vitals
from mcp_tui.servers.attempt import Attempt
from mcp_tui.servers.bounds import Bounds
from mcp_tui.servers.callbacks import Callbacks
from mcp_tui.servers.chatter import Chatter
from mcp_tui.servers.faults import AUTHORIZATION, START, Fault
from mcp_tui.servers.host import Host
from mcp_tui.servers.link import Link, first
from mcp_tui.servers.listing import list_all
from mcp_tui.servers.loudness import Loudness
from mcp_tui.servers.watching import Watching
from mcp_tui.servers.way import Way

BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each new attempt, ±20 % so that servers that fell together do not return together."""
MAX_ATTEMPTS = 6
"""After that many failed attempts to get a lost server back it counts as failed."""
STEADY = 5.0
"""Seconds of being ready after which earlier attempts are forgotten."""
COALESCE = 0.1
"""Seconds in which several notices of a changed list become one."""


class Connection:
    """One server's state, and the owner task behind it."""

    def __init__(self, spec: ServerSpec, host: Host, watching: Watching | None = None) -> None:
        """`watching`: what was watched by way of the entry that this one takes the place of."""
        self.spec = spec
        self.host = host
        self.status = ServerStatus(ServerState.OFF, since=time.time())
        self.info: ServerInfo | None = None
        self.catalog = Catalog(spec.name)
        self.settled = asyncio.Event()
        """Ready with its catalogue listed, or not to be expected."""
        self.settled.set()
        self.chatter = Chatter(spec.name, host.tell)
        self.bounds = Bounds(spec.name, host.tell)
        self.watching = watching or Watching(spec.name, host.tell)
        self.loudness = Loudness(spec.log_level)
        self.callbacks = Callbacks(spec.name, host, self.bounds, self._offer_changed)
        self.way = Way(spec, host.eras)
        self._turning = asyncio.Lock()
        """One start or stop at a time, however fast somebody presses the key."""
        self._closed = False
        self._stopping = asyncio.Event()
        self._owner: asyncio.Task[None] | None = None
        self._attempt: Attempt | None = None
        """The present one, or the last."""

    def rest(self, state: ServerState) -> None:
        """Be known without being started: OFF or CONSENT."""
        self.enter(state)

    def start(self) -> None:
        """Begin connecting, unless it runs already or is closed for good."""
        if self._owner is None and not self._closed:
            self._stopping = asyncio.Event()
            self.settled.clear()
            self._owner = asyncio.create_task(self._own(), name=f"server {self.spec.name}")

    async def restart(self) -> None:
        """End the connection, if any, and begin anew."""
        async with self._turning:
            await self._stop(ServerState.STOPPED)
            self.start()

    async def stop(self, state: ServerState = ServerState.STOPPED) -> None:
        """End the connection and the program. Takes at most about a second, whatever the server does."""
        async with self._turning:
            await self._stop(state)

    async def close(self) -> None:
        """Stop for good."""
        self._closed = True
        await self.stop()

    def kill(self) -> None:
        """End the program at once: the last resort when even stopping was interrupted."""
        if self._attempt is not None and self._attempt.process is not None:
            self._attempt.process.kill()

    async def _stop(self, state: ServerState) -> None:
        self._stopping.set()
        owner, self._owner = self._owner, None
        attempt = self._attempt
        if owner is not None:
            if attempt is None or attempt.link is None:
                owner.cancel()
            else:
                attempt.link.drop()
                if attempt.process is not None:
                    # The program's own end need not wait for the protocol's.
                    ending = asyncio.ensure_future(attempt.process.end())
                    ending.add_done_callback(lambda done: done.cancelled() or done.exception())
            await asyncio.wait({owner}, timeout=1.0)
            if not owner.done():
                owner.cancel()
                await asyncio.wait({owner}, timeout=0.2)
        if attempt is not None and attempt.process is not None:
            await attempt.process.end()
        self.enter(state)

    async def _own(self) -> None:
        """The owner: attempt after attempt, until it is to stop or nothing is to be expected any more."""
        attempts, had_been_ready = 0, False
        while not self._stopping.is_set():
            attempts += 1
            self.enter(ServerState.CONNECTING, attempts=attempts)
            attempt = self._attempt = Attempt(self, self._stopping)
            fault = await attempt.run()
            if self._stopping.is_set():
                return
            if self.way.another(fault, attempt.is_unanswered):
                attempts = 0
                continue
            fault = self.way.told(fault)
            now = time.monotonic()
            if attempt.ready_since is not None:
                had_been_ready = True
                attempts = 0 if now - attempt.ready_since >= STEADY else attempts
            lasted = now - attempt.began
            hopeless = fault.phase in (START, AUTHORIZATION)
            if not had_been_ready or hopeless or attempts >= MAX_ATTEMPTS:
                self.enter(ServerState.FAILED, fault, attempts, lasted)
                return
            self.enter(ServerState.LOST, fault, attempts, lasted)
            self.chatter.note(f"{fault.reason} {fault.hint}".rstrip())  # for it may be back before anybody looks
            delay = BACKOFF[min(attempts, len(BACKOFF) - 1)] * random.uniform(0.8, 1.2)
            await first(self._stopping, timeout=delay)

    def link(self) -> Link:
        """The live connection. Raises ServerUnreachable, naming the state and its reason."""
        if (link := self._live()) is not None:
            return link
        status = self.status
        kind = AuthNeeded if status.phase == AUTHORIZATION else ServerUnreachable
        why = f": {status.reason}" if status.reason else ""
        name = self.spec.name
        now = "lost" if status.state is ServerState.READY else status.state.value  # not noticed yet by its owner
        raise kind(f"{name} is not ready, it is {now}{why}", subject=name, hint=status.hint)

    def vitals(self) -> Vitals:
        """How it does, measured on its wire."""
        if self._attempt is None:
            return Vitals()
        since, pulse = self._attempt.ready_since, self._attempt.wire.pulse
        uptime = None if since is None or self._live() is None else time.monotonic() - since
        return Vitals(pulse.handshake, pulse.latency, pulse.latest, uptime, pulse.offered)

    async def roots_changed(self) -> None:
        """Tell the server, if it is one that listens to that."""
        link = self._live()
        if link is not None and not link.is_modern:
            await link.tell_roots_changed()

    def _live(self) -> Link | None:
        link = self._attempt.link if self._attempt else None
        return None if link is None or link.is_dropped else link

    async def refresh(self) -> None:
        """List everything again, and publish it. Raises ServerUnreachable and ServerLost."""
        await self._list(self.link())

    async def keep_listed(self, link: Link) -> None:
        """List everything, and again whenever the server says that it changed."""
        while True:
            link.relisting.begin()
            with suppress(ServerError):  # only when the connection is lost, which the owner tells
                await self._list(link)
                link.relisting.end()
            await link.relisting.asked()
            await asyncio.sleep(COALESCE)

    async def _list(self, link: Link) -> None:
        catalog = await list_all(self.spec.name, link)
        if self._live() is not link:
            return
        for kind in Kind:
            if (note := catalog[kind].note) and note != self.catalog[kind].note:
                words = f"{self.spec.name}: the list of {kind.group.lower()}: {note}"
                self.host.tell(Logged(time.time(), "mcp-tui", "warning", words))
        self.catalog = catalog
        failed = [kind for kind in Kind if catalog[kind].error]
        if failed:
            words = f"Its list of {failed[0].group.lower()} could not be read: {catalog[failed[0]].error}"
            fault = Fault(words, "list failed", f"list {failed[0].group.lower()}", "Press r to connect again.")
            self.enter(ServerState.DEGRADED, fault)
        elif self.status.state is not ServerState.READY:
            self.enter(ServerState.READY)
        self.settled.set()
        self.host.tell(CatalogChanged(self.spec.name))

    def _offer_changed(self) -> None:
        if (link := self._live()) is not None:
            link.relisting.ask()

    def became_ready(self, info: ServerInfo) -> None:
        """The handshake came about."""
        self.info = info
        self.enter(ServerState.READY)

    def enter(
        self, state: ServerState, fault: Fault | None = None, attempts: int = 0, lasted: float | None = None
    ) -> None:
        """Be in this state from now on, and tell it."""
        self.status = ServerStatus(
            state,
            reason=fault.reason if fault else "",
            short=fault.short if fault else "",
            phase=fault.phase if fault else "",
            exit_code=fault.exit_code if fault else None,
            hint=self._hint(fault),
            attempts=attempts,
            since=time.time(),
            lasted=lasted,
        )
        if state in (ServerState.CONNECTING, ServerState.LOST):
            self.settled.clear()
        elif state is not ServerState.READY:
            self.settled.set()
        self.host.tell(ServerChanged(self.spec.name))

    def _hint(self, fault: Fault | None) -> str:
        if fault is None:
            return ""
        missing = ", ".join(self.spec.missing)
        return f"Not set in the environment: {missing}. {fault.hint}" if missing else fault.hint
