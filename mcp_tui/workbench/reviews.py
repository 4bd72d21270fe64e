"""What models may read of the servers: pinned when a server is met, looked at by a person when there is a reason."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.happenings import CatalogChanged, Happening, Noticed
from mcp_tui.domain.look_alikes import LookAlikes
from mcp_tui.domain.permission import Mode
from mcp_tui.domain.pins import Pins, Standing
from mcp_tui.domain.review import Neighbours, NobodyReviews, Review, Reviewed, Reviewer, all_said, instructions_said
from mcp_tui.domain.servers import ABLE
from mcp_tui.domain.text import counted

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

ALWAYS = "always"
"""The value of `permissions.review` that has every server looked at."""
SLICE = 0.005
"""Seconds of scanning at once, and then as long for everything else: a server may have thousands of texts."""
PATIENCE = 10.0
"""A server that changes its tools faster than they can be read is not waited for: what is new of it is asked about."""


class Reviews:
    """Pins servers, finds what has to be looked at, and has it looked at before a turn would send it.

    A server that is met for the first time is pinned as it is, unless something in its texts is suspicious, a
    project's folder brought it, or the settings want every review. From then on what is new or changed waits.
    Texts are scanned bit by bit, for there may be thousands: until that is done a new tool reaches no model.
    """

    def __init__(self, bench: Workbench) -> None:
        self.reviewer: Reviewer = NobodyReviews()
        """Who looks; the face that has a person sets it."""
        self._bench = bench
        self._pinned = bench.pinned
        self._unmet: set[str] = set()
        """Servers whose list was read anew."""
        self._meeting: asyncio.Task[None] | None = None
        self._met: set[str] = set()
        """Servers that were pinned in this session without a look."""
        self._whys: dict[str, str] = {}
        """Why a newly met server has to be looked at, in a sentence."""
        self._told: dict[str, str] = {}
        self._left_out: dict[str, object] = {}
        """By server: what the person left out of this turn."""

    async def look(self, server: str) -> Review:
        """All that a server says to models, for whoever wants to read it."""
        return await self._review(server, self._bench.hub.catalog(server).tools, "", with_instructions=True)

    async def waiting(self, server: str) -> Review | None:
        """What of a server waits for a look; None when all that is offered was accepted."""
        await self.met()
        tools = self._bench.hub.catalog(server).tools
        wanted = [tool for tool in tools if not self._bench.is_withheld(tool)]
        standings = zip(wanted, self._pinned.standings(server, wanted), strict=True)
        waits = [tool for tool, standing in standings if standing is not Standing.SAME]
        if not waits:
            return None
        if self._is_first(server):
            why = self._why(server) or self._whys.get(server, "It is new.")
            return await self._review(server, tools, why, with_instructions=True)
        return await self._review(server, waits, "")

    async def accept(self, server: str, tools: Iterable[Tool]) -> None:
        """A person looked at these tools as they are given here: models may read and call them from now on."""
        tools = list(tools)
        self._bench.audit.noted("review", server, "", "accepted", tools=_named(tools))
        await self._accept(server, tools)

    def begin_turn(self) -> None:
        """What was left out is asked for again."""
        self._left_out.clear()

    async def settle(self) -> None:
        """Have looked at what the next request to the model would carry for the first time."""
        if self._bench.gate.mode is Mode.MANUAL:
            return
        for server in self._bench.hub.names:
            if self._bench.hub.status(server).state not in ABLE or (review := await self.waiting(server)) is None:
                continue
            what = [(each.tool.name, each.tool.definition) for each in review.tools]
            if self._left_out.get(server) != what:
                if await self._is_accepted(review):
                    await self._accept(server, [each.tool for each in review.tools])
                else:
                    self._left_out[server] = what

    async def _is_accepted(self, review: Review) -> bool:
        named = _named(each.tool for each in review.tools)
        with self._bench.audit.asking("review", review.server, tools=named) as answer:
            try:
                accepted = await self.reviewer.review(review)
            except Exception as error:  # whatever goes wrong while asking, nothing is sent
                self._bench.say(f"what {review.server} says could not be shown: {error}", "error")
                accepted = False
            answer.outcome = "accepted" if accepted else "left out"
            return accepted

    async def _accept(self, server: str, tools: Iterable[Tool]) -> None:
        self._met.discard(server)
        await self._pinned.accept(server, tools)

    def happened(self, happening: Happening) -> None:
        """Pin a server that is met, and say what changed. Its tools may also be those that another's texts name."""
        if isinstance(happening, CatalogChanged):
            self._unmet |= {happening.server, *self._met}
            if self._meeting is None or self._meeting.done():
                self._meeting = asyncio.create_task(self._meet_all())

    async def met(self) -> None:
        """Wait until every server whose list was read is pinned, or known to need a look; PATIENCE seconds at most."""
        if self._meeting is not None:
            await asyncio.wait([self._meeting], timeout=PATIENCE)

    async def aclose(self) -> None:
        """What was not met yet is met the next time."""
        if self._meeting is not None:
            self._meeting.cancel()
            await self.met()

    async def _meet_all(self) -> None:
        while self._unmet:
            server = min(self._unmet)
            self._unmet.discard(server)
            if server in self._bench.hub.names:
                try:
                    await self._meet(server)
                except Exception as error:  # nothing of it is pinned, so nothing of it reaches a model
                    self._bench.say(f"what {server} says could not be judged: {error}", "error")

    async def _meet(self, server: str) -> None:
        catalog = self._bench.hub.catalog(server)
        if catalog[Kind.TOOL].error:
            return
        try:
            pins = self._pinned.of(server)
        except ConfigError as error:
            self._tell(server, f"{error.what}: no tool of {server} is trusted until you review it")
            return
        if pins is not None and server not in self._met:
            await self._pinned.learn_issuer(server)
            self._tell_changes(server, pins, catalog.tools)
            return
        # Pinned without a look, if at all: another server may have come meanwhile.
        why = self._why(server) or await self._suspicion(server)
        if server not in self._bench.hub.names or self._bench.hub.catalog(server) is not catalog:
            return  # it is met again
        if why:
            self._whys[server] = why
            self._met.discard(server)
            if pins is not None:
                self._pinned.forget(server)
            if how := self._pinned.how_moved(server):
                words = f"{how} than when you accepted it. Nobody calls its tools until you review it"
            else:
                words = f"is new. {why} It is reviewed before a model reads it"
            self._tell(server, f"{server} {words}")
        elif pins is not None:
            self._tell_changes(server, pins, catalog.tools)
        else:
            self._met.add(server)
            is_what = "started otherwise than before" if self._pinned.other(server) else "new"
            await self._pinned.accept(server, catalog.tools)
            count = counted(len(catalog.tools), "tool")
            self._tell(server, f"{server} is {is_what}: {count} pinned. t on it shows all it says to models")

    def _why(self, server: str) -> str:
        """Why a newly met server has to be looked at whatever it says; "" when it need not."""
        home = self._bench.home
        if not self._pinned.trusts_new:
            return "What was accepted before is lost."
        if how := self._pinned.how_moved(server):
            return f"It {how} than when you accepted it."
        if server in home.consent_hashes:
            return "It comes from a project's folder."
        return "Your settings want every server reviewed." if home.settings.review == ALWAYS else ""

    async def _suspicion(self, server: str) -> str:
        review = await self.look(server)
        suspicious = review.findings or LookAlikes(self._bench.hub.names).of(server)
        return "Some of what it says looks suspicious." if suspicious else ""

    async def _review(self, server: str, tools: Sequence[Tool], why: str, *, with_instructions: bool = False) -> Review:
        began, hub = time.perf_counter(), self._bench.hub
        own = {tool.name for tool in hub.catalog(server).tools}
        others = {tool.name for name in hub.names if name != server for tool in hub.catalog(name).tools}
        info = hub.info(server)
        text = info.instructions if info and with_instructions else ""
        neighbours = Neighbours(own, others)
        rows: list[Reviewed] = []
        for tool, standing in zip(tools, self._pinned.standings(server, tools), strict=True):
            before = self._pinned.before(tool)[0] if standing is Standing.CHANGED else ""
            rows.append(Reviewed(tool, standing, before, all_said(tool, neighbours)))
            if time.perf_counter() - began > SLICE:
                await asyncio.sleep(SLICE)
                began = time.perf_counter()
        entries = self._pinned.entries(server) if with_instructions else ("", "")
        return Review(server, why, tuple(rows), instructions_said(text, neighbours), entries)

    def _is_first(self, server: str) -> bool:
        try:
            return self._pinned.of(server) is None
        except ConfigError:
            return True

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


def _named(tools: Iterable[Tool]) -> str:
    """Tools as they were looked at: each by its name, and the beginning of its definition's hash."""
    return ", ".join(f"{tool.name} {tool.definition[:12]}" for tool in tools)
