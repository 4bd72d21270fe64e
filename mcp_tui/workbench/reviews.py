"""What models may read of the servers: pinned when a server is met, looked at by a person when there is a reason."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mcp_tui.domain.catalog import Catalog, Kind, Tool
from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.happenings import CatalogChanged, Happening, Noticed, ServerChanged
from mcp_tui.domain.look_alikes import LookAlikes
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Initiator, Mode
from mcp_tui.domain.pins import Pins, Standing
from mcp_tui.domain.review import NobodyReviews, Review, Reviewed, Reviewer, Said, all_said
from mcp_tui.domain.scan import scan
from mcp_tui.workbench.offer import ABLE

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

_WHY = {
    Standing.CHANGED: "this tool changed since it was accepted",
    Standing.NEW: "this tool is new, and nobody has accepted it",
    Standing.UNKNOWN: "what was accepted before cannot be read",
}
_WAYS = {
    Initiator.USER: "a on its page accepts it",
    Initiator.COMMAND_LINE: "mcp-tui permissions accept {name} accepts it",
}
ALWAYS = "always"
"""The value of `permissions.review` that has every server looked at."""


class Reviews:
    """Pins servers, finds what has to be looked at, and has it looked at before a turn would send it.

    A server that is met for the first time is pinned as it is, unless something in its texts is suspicious, a
    project's folder brought it, or the settings want every review. From then on what is new or changed waits.
    """

    def __init__(self, bench: Workbench) -> None:
        self.reviewer: Reviewer = NobodyReviews()
        """Who looks; the face that has a person sets it."""
        self.remembers = not bench.home.demo
        """Whether what is pinned outlives this run."""
        self._bench = bench
        self._store = bench.home.pins
        self._here: dict[tuple[str, str], Pins] = {}
        """What could not be written, or is not to be."""
        self._met: set[str] = set()
        """Servers that were pinned in this session without a look."""
        self._standings: dict[str, tuple[Catalog, Pins | None, dict[int, Standing]]] = {}
        self._told: dict[str, str] = {}
        self._left_out: dict[str, object] = {}
        """By server: what the person left out of this turn."""

    # -- how things stand -----------------------------------------------------------------------------

    def standing(self, tool: Tool) -> Standing:
        """Whether a tool is what was accepted. Cheap: hashes are kept as long as the list is the same."""
        try:
            pins, known = self._known(tool.server)
        except ConfigError:
            return Standing.UNKNOWN
        return known.get(id(tool)) or _standing(pins, tool)

    def readable(self, server: str) -> list[Tool]:
        """The tools of a server that are as they were accepted."""
        try:
            _, known = self._known(server)
        except ConfigError:
            return []
        return [tool for tool in self._bench.hub.catalog(server).tools if known[id(tool)] is Standing.SAME]

    def accepted(self, tool: Tool) -> tuple[str, float]:
        """The definition that was accepted under this name, as JSON, and when; ("", 0.0) for none."""
        try:
            pins = self._pins(tool.server)
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
        return "; ".join(filter(None, (_WHY[standing], way)))

    def look(self, server: str) -> Review:
        """All that a server says to models, for whoever wants to read it."""
        catalog = self._bench.hub.catalog(server)
        return self._review(server, catalog.tools, "", with_instructions=True)

    def waiting(self, server: str) -> Review | None:
        """What of a server waits for a look; None when all that is offered was accepted."""
        tools = self._bench.hub.catalog(server).tools
        wanted = [tool for tool in tools if not self._bench.is_withheld(tool)]
        if all(self.standing(tool) is Standing.SAME for tool in wanted):
            return None
        try:
            is_first = self._pins(server) is None
        except ConfigError:
            is_first = True
        if is_first:
            why = self._why(server, self._review(server, tools, "", with_instructions=True))
            return self._review(server, tools, why or "It is new.", with_instructions=True)
        return self._review(server, [tool for tool in wanted if self.standing(tool) is not Standing.SAME], "")

    # -- deciding -------------------------------------------------------------------------------------

    def accept(self, server: str, tools: Iterable[Tool]) -> None:
        """A person looked at these tools as they are given here: models may read and call them from now on."""
        try:
            pins = self._pins(server)
        except ConfigError:
            pins = None
        self._met.discard(server)
        self._keep((pins or self._nothing(server)).accepting(tools, time.time()))

    def begin_turn(self) -> None:
        """What was left out is asked for again."""
        self._left_out.clear()

    async def settle(self) -> None:
        """Have looked at what the next request to the model would carry for the first time."""
        if self._bench.gate.mode is Mode.MANUAL:
            return
        for server in self._bench.hub.names:
            if self._bench.hub.status(server).state not in ABLE or (review := self.waiting(server)) is None:
                continue
            what = [(each.tool.name, each.tool.definition) for each in review.tools]
            if self._left_out.get(server) != what:
                if await self._is_accepted(review):
                    self.accept(server, [each.tool for each in review.tools])
                else:
                    self._left_out[server] = what

    async def _is_accepted(self, review: Review) -> bool:
        try:
            return await self.reviewer.review(review)
        except Exception as error:  # whatever goes wrong while asking, nothing is sent
            self._bench.say(f"what {review.server} says could not be shown: {error}", "error")
            return False

    # -- meeting --------------------------------------------------------------------------------------

    def happened(self, happening: Happening) -> None:
        """Pin a server that is met, and say what changed. Its tools may also be those that another's texts name."""
        if isinstance(happening, CatalogChanged):
            for server in sorted({happening.server, *self._met} & set(self._bench.hub.names)):
                self._meet(server)

    def _meet(self, server: str) -> None:
        listing = self._bench.hub.catalog(server)[Kind.TOOL]
        if listing.error:
            return
        try:
            pins = self._pins(server)
        except ConfigError as error:
            self._tell(server, f"{error.what}: no tool of {server} is trusted until you review it")
            return
        tools = self._bench.hub.catalog(server).tools
        judged = pins is None or server in self._met  # without a look: another server may have come meanwhile
        why = self._why(server, self._review(server, tools, "", with_instructions=True)) if judged else ""
        if why and pins is not None:
            self._met.discard(server)
            self._forget(pins)
        if why:
            self._tell(server, f"{server} is new. {why} It is reviewed before a model reads it")
        elif pins is None:
            self._met.add(server)
            self._keep(self._nothing(server).accepting(tools, time.time()))
            count = f"{len(tools)} tool{'' if len(tools) == 1 else 's'}"
            self._tell(server, f"{server} is new: {count} pinned. t on it shows all it says to models")
        else:
            self._tell_changes(server, pins, tools)

    def _why(self, server: str, review: Review) -> str:
        """Why a newly met server has to be looked at, in a sentence; "" when it need not."""
        home = self._bench.home
        if not self._store.trusts_new:
            return "What was accepted before is lost."
        if server in home.consent_hashes:
            return "It comes from a project's folder."
        if review.findings or self._server_alike(server):
            return "Some of what it says looks suspicious."
        return "Your settings want every server reviewed." if home.settings.review == ALWAYS else ""

    def _server_alike(self, server: str) -> str:
        return LookAlikes(self._bench.hub.names).of(server)

    def _review(self, server: str, tools: Iterable[Tool], why: str, *, with_instructions: bool = False) -> Review:
        hub = self._bench.hub
        mine = hub.catalog(server).tools
        own = {tool.name for tool in mine}
        others = {tool.name for name in hub.names if name != server for tool in hub.catalog(name).tools}
        foreign, names = frozenset(others - own), LookAlikes([*own, *others])
        reviewed = tuple(
            Reviewed(tool, self.standing(tool), self._before(tool), all_said(tool, foreign, names)) for tool in tools
        )
        info = hub.info(server)
        text = info.instructions if info and with_instructions else ""
        text = HIDDEN.mask(text)
        said = Said("instructions", text, tuple(scan(text, foreign))) if text else None
        return Review(server, why, reviewed, said)

    def _before(self, tool: Tool) -> str:
        return self.accepted(tool)[0] if self.standing(tool) is Standing.CHANGED else ""

    def _known(self, server: str) -> tuple[Pins | None, dict[int, Standing]]:
        """The pins of a server, and the standing of each tool of its catalogue by the tool's id()."""
        pins, catalog = self._pins(server), self._bench.hub.catalog(server)
        kept = self._standings.get(server)
        if kept is None or kept[0] is not catalog or kept[1] is not pins:
            kept = catalog, pins, {id(tool): _standing(pins, tool) for tool in catalog.tools}
            self._standings[server] = kept
        return kept[1], kept[2]

    # -- the pins -------------------------------------------------------------------------------------

    def _pins(self, server: str) -> Pins | None:
        """Raises ConfigError when they cannot be read."""
        key = server, self._bench.hub.spec(server).identity
        return self._here.get(key) or self._store.of(*key)

    def _nothing(self, server: str) -> Pins:
        return Pins(server, self._bench.hub.spec(server).identity, time.time())

    def _keep(self, pins: Pins) -> None:
        """In the file, or until the program ends when that is not to be or cannot be written."""
        key = pins.server, pins.identity
        try:
            if self.remembers:
                self._store.put(pins)
                self._here.pop(key, None)
            else:
                self._here[key] = pins
        except ConfigError as error:
            self._here[key] = pins
            self._bench.say(f"{error.what}: what you accept holds until the program ends", "warning")
        self._bench.tell(ServerChanged(pins.server))

    def _forget(self, pins: Pins) -> None:
        self._here.pop((pins.server, pins.identity), None)
        try:
            if self.remembers:
                self._store.forget(pins.server, pins.identity)
        except ConfigError as error:
            self._bench.say(error.what, "warning")

    def _tell_changes(self, server: str, pins: Pins, tools: Iterable[Tool]) -> None:
        standings = [pins.standing(tool) for tool in tools]
        counts = [(standings.count(each), each.value) for each in (Standing.CHANGED, Standing.NEW)]
        words = ", ".join(f"{count} {word}" for count, word in counts if count)
        if words:
            self._tell(server, f"{server}: tools {words} since you accepted them. Models do not get them until you do")
        else:
            self._told.pop(server, None)

    def _tell(self, server: str, text: str) -> None:
        if self._told.get(server) != text and not self._bench.home.demo:
            self._told[server] = text
            self._bench.tell(Noticed(text))


def _standing(pins: Pins | None, tool: Tool) -> Standing:
    return pins.standing(tool) if pins else Standing.NEW
