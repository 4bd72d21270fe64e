"""Which tools are as they were accepted: the pins of the servers, in the file or until the program ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from mcp_tui.domain.aside import aside
from mcp_tui.domain.catalog import Catalog, Tool
from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.happenings import ServerChanged
from mcp_tui.domain.permission import Initiator
from mcp_tui.domain.pins import Pins, Standing, entry_text
from mcp_tui.domain.servers import ServerSpec

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

_WHY = {
    Standing.CHANGED: "this tool changed since it was accepted",
    Standing.NEW: "this tool is new, and nobody has accepted it",
    Standing.MOVED: "its server {how} than when it was accepted",
    Standing.UNKNOWN: "what was accepted before cannot be read",
}
_WAYS = {
    Initiator.USER: "a on its page accepts it",
    Initiator.COMMAND_LINE: "mcp-tui permissions accept {name} accepts it",
}


class Pinned:
    """What was accepted of each server. Asked for every row that is drawn: it must cost next to nothing."""

    def __init__(self, bench: Workbench) -> None:
        self.remembers = not bench.home.demo
        """Whether what is accepted outlives this run."""
        self._bench = bench
        self._store = bench.home.pins
        self._here: dict[tuple[str, str], Pins] = {}
        """What could not be written, or is not to be."""
        self._own: set[tuple[str, str]] = set()
        """Names and identities of entries that the person saved in this session."""
        self._accepting = asyncio.Lock()
        """What is accepted adds to what was: one at a time."""
        self._identities: dict[str, tuple[ServerSpec, str]] = {}
        self._readable: dict[str, tuple[Catalog, Pins | None, list[Tool]]] = {}

    def of(self, server: str) -> Pins | None:
        """None for a server that is not known, or is another one. Raises ConfigError when the pins cannot be read."""
        known = self._known(server)
        return None if known and self._is_elsewhere(server, known) else known

    def other(self, server: str) -> Pins | None:
        """What was accepted last under this name, of another command or address. Raises ConfigError."""
        name, identity = self._key(server)
        here = (pins for key, pins in self._here.items() if key[0] == name and key[1] != identity)
        return max(here, key=lambda pins: pins.since, default=None) or self._store.other(name, identity)

    def moved(self, server: str) -> Pins | None:
        """What was accepted of a server that is another one now, if nobody vouches for that: it signs the person in
        elsewhere; or its new entry stands in a file, and the person did not save it here.

        What is typed on the command line gets its name from the command: there it is no sign of anything.
        """
        known = self._known(server)
        if known and self._is_elsewhere(server, known):
            return known
        is_own = self._key(server) in self._own or not self._bench.hub.spec(server).written
        return None if is_own else self.other(server)

    def how_moved(self, server: str) -> str:
        """What a server that moved does now, in words that "than when it was accepted" follows; "" when it did not."""
        try:
            before = self.moved(server)
        except ConfigError:
            before = None
        if before is None:
            return ""
        return "is started otherwise" if before.identity != self._key(server)[1] else "signs you in elsewhere"

    def entries(self, server: str) -> tuple[str, str]:
        """How a server that moved was started when it was accepted, and how it is now (`entry_text()`)."""
        try:
            before = None if self.of(server) else self.moved(server)
        except ConfigError:
            before = None
        return (before.entry, self._entry(server)) if before else ("", "")

    def own(self, spec: ServerSpec) -> None:
        """The person saves this entry: it is met as it is."""
        self._own.add((spec.name, spec.identity))

    def standing(self, tool: Tool) -> Standing:
        """Whether a tool is what was accepted."""
        return self.standings(tool.server, [tool])[0]

    def standings(self, server: str, tools: Iterable[Tool]) -> list[Standing]:
        """Of each of these tools of one server."""
        try:
            pins = self.of(server)
            unmet = Standing.MOVED if pins is None and self.moved(server) else Standing.NEW
        except ConfigError:
            return [Standing.UNKNOWN for _ in tools]
        return [pins.standing(tool) if pins else unmet for tool in tools]

    def readable(self, server: str) -> list[Tool]:
        """The tools of a server that are as they were accepted."""
        catalog = self._bench.hub.catalog(server)
        try:
            pins = self.of(server)
        except ConfigError:
            return []
        kept = self._readable.get(server)
        if kept is None or kept[0] is not catalog or kept[1] is not pins:
            standings = zip(catalog.tools, self.standings(server, catalog.tools), strict=True)
            kept = catalog, pins, [tool for tool, standing in standings if standing is Standing.SAME]
            self._readable[server] = kept
        return kept[2]

    def before(self, tool: Tool) -> tuple[str, float]:
        """The definition that was accepted under this name, as JSON, and when; ("", 0.0) for none."""
        try:
            pins = self.of(tool.server)
        except ConfigError:
            return "", 0.0
        known = pins.pin_of(tool.name) if pins else None
        return (known.text, pins.since) if pins and known else ("", 0.0)

    def blocked(self, tool: Tool, initiator: Initiator) -> str:
        """Why a call must not be sent whatever the rules say, or "". A person may call what is new to them."""
        standing = self.standing(tool)
        if standing is Standing.SAME or (standing is Standing.NEW and initiator is not Initiator.MODEL):
            return ""
        way = _WAYS.get(initiator, "").format(name=f"{tool.server}/{tool.name}")
        why = _WHY[standing].format(how=self.how_moved(tool.server))
        return "; ".join(filter(None, (why, way)))

    @property
    def trusts_new(self) -> bool:
        """Whether a server that is not known was never met. Not so once pins were lost."""
        return self._store.trusts_new

    async def accept(self, server: str, tools: Iterable[Tool]) -> None:
        """Models may read and call these tools as they are given here from now on."""
        async with self._accepting:
            try:
                pins = self.of(server)
            except ConfigError:
                pins = None
            pins = pins or Pins(*self._key(server), time.time(), entry=self._entry(server), issuer=self._issuer(server))
            await self._keep(await aside(pins.accepting, tools, time.time()))

    async def learn_issuer(self, server: str) -> None:
        """Who signs the person in counts from the first sign-in on, which they made themselves."""
        async with self._accepting:
            pins, issuer = self.of(server), self._issuer(server)
            if pins and issuer and not pins.issuer:
                await self._keep(replace(pins, entry=self._entry(server), issuer=issuer))

    def forget(self, server: str) -> None:
        """As if the server had never been met."""
        key = self._key(server)
        self._here.pop(key, None)
        try:
            if self.remembers:
                self._store.forget(*key)
        except ConfigError as error:
            self._bench.say(error.what, "warning")

    async def _keep(self, pins: Pins) -> None:
        """In the file, or until the program ends when that is not to be or cannot be written."""
        key = pins.server, pins.identity
        try:
            if self.remembers:
                await aside(self._store.put, pins)
                self._here.pop(key, None)
            else:
                self._here[key] = pins
        except ConfigError as error:
            self._here[key] = pins
            self._bench.say(f"{error.what}: what you accept holds until the program ends", "warning")
        self._bench.tell(ServerChanged(pins.server))

    def _known(self, server: str) -> Pins | None:
        key = self._key(server)
        return self._here.get(key) or self._store.of(*key)

    def _is_elsewhere(self, server: str, pins: Pins) -> bool:
        """What is not known is not another one: nobody signed in yet, or these pins were written before it counted."""
        issuer = self._issuer(server) if pins.issuer else ""
        return bool(issuer) and issuer.rstrip("/") != pins.issuer.rstrip("/")

    def _issuer(self, server: str) -> str:
        return self._bench.signing_in.issuer(self._bench.hub.spec(server))

    def _entry(self, server: str) -> str:
        return entry_text(self._bench.hub.spec(server), self._issuer(server))

    def identity(self, server: str) -> str:
        """A server's `ServerSpec.identity`, without making its hash anew each time."""
        spec = self._bench.hub.spec(server)
        kept = self._identities.get(server)
        if kept is None or kept[0] is not spec:
            kept = self._identities[server] = spec, spec.identity
        return kept[1]

    def _key(self, server: str) -> tuple[str, str]:
        return server, self.identity(server)
