"""The way a server is spoken to is found once, and found anew when the server has become another."""

from __future__ import annotations

import asyncio

from canned_http import Answer, LegacySessions, canned
from servers_kit import hosting, raw

from mcp_tui.domain.servers import HttpSpec, ServerState


class Memory:
    """What was learnt, for one run."""

    def __init__(self, *legacy: bool) -> None:
        self.legacy = any(legacy)
        self.remembered: list[bool] = []

    def is_legacy(self, identity: str) -> bool:
        return self.legacy

    def remember(self, identity: str, legacy: bool) -> None:
        self.remembered.append(legacy)


async def test_a_server_that_never_answers_the_probe_is_ready_within_its_time_and_is_not_probed_again() -> None:
    learning, knowing = Memory(), Memory(True)
    async with hosting(raw("deaf", connect_timeout=2.0), eras=learning) as host:
        assert "server/discover" in {frame.method for frame in host.trace}
        assert host.hub.status("deaf").state is ServerState.READY
        assert host.states.count(("deaf", ServerState.CONNECTING)) == 1, "the program is not started again for it"
    assert learning.remembered == [True]
    async with hosting(raw("deaf", connect_timeout=2.0), eras=knowing) as host:
        assert "server/discover" not in {frame.method for frame in host.trace}
        assert host.hub.status("deaf").state is ServerState.READY


async def test_a_server_that_was_only_slow_to_answer_the_probe_is_probed_again() -> None:
    memory = Memory()
    async with hosting(raw("slow", connect_timeout=2.0), eras=memory) as host:
        assert host.hub.status("slow").state is ServerState.READY
    assert memory.remembered == []


async def test_an_address_that_never_answers_the_probe_is_ready_within_its_time() -> None:
    sessions, memory = LegacySessions(), Memory()

    async def deaf(method: str, headers: dict[str, str], body: bytes) -> Answer:
        while b"server/discover" in body:
            await asyncio.Event().wait()
        return sessions(method, headers, body)

    async with canned(deaf) as url, hosting(HttpSpec("web", url, connect_timeout=1.0), eras=memory) as host:
        assert host.hub.status("web").state is ServerState.READY
    assert memory.remembered == [True]


async def test_a_quick_server_is_probed_each_time() -> None:
    memory = Memory()
    async with hosting(raw(), eras=memory) as host:
        assert host.hub.status("raw").state is ServerState.READY
    assert memory.remembered == []


async def test_a_remembered_server_that_became_another_is_asked_anew() -> None:
    memory = Memory(True)
    async with hosting(raw("ancient"), eras=memory) as host:
        assert host.hub.status("ancient").state is ServerState.FAILED
        methods = [frame.method for frame in host.trace if frame.outgoing]
    assert methods[0] == "initialize" and "server/discover" in methods
    assert memory.remembered == [False]
