"""The way a server is spoken to is found once, and found anew when the server has become another."""

from __future__ import annotations

import pytest
from servers_kit import hosting, raw

from mcp_tui.domain.servers import ServerState
from mcp_tui.servers import way


class Memory:
    """What was learnt, for one run."""

    def __init__(self, *legacy: bool) -> None:
        self.legacy = any(legacy)
        self.remembered: list[bool] = []

    def is_legacy(self, identity: str) -> bool:
        return self.legacy

    def remember(self, identity: str, legacy: bool) -> None:
        self.remembered.append(legacy)


async def test_a_server_that_was_slow_to_show_its_era_is_not_probed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way, "SLOW", 0.0)
    learning, knowing = Memory(), Memory(True)
    async with hosting(raw(), eras=learning) as host:
        assert "server/discover" in {frame.method for frame in host.trace}
    assert learning.remembered == [True]
    async with hosting(raw(), eras=knowing) as host:
        assert "server/discover" not in {frame.method for frame in host.trace}
        assert host.hub.status("raw").state is ServerState.READY


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
