"""A server is tried before it is saved, and what was learnt of it then is known when it starts."""

from __future__ import annotations

import asyncio
from pathlib import Path

from mcp_tui.domain.servers import ServerState
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home
from tests.broken.kinds import stdio


async def test_a_server_that_ignores_what_it_does_not_know_costs_its_time_only_in_the_trial(tmp_path: Path) -> None:
    paths = Paths(*(tmp_path / name for name in ("config", "data", "state", "cache")))
    bench = Workbench(Home(paths, {}, Settings()), [])
    spec = stdio("ignores-discover", timeout=3.0)
    try:
        assert [tool.name for tool in (await bench.try_server(spec)).tools] == ["echo"]
        bench.hub.add(spec)
        await asyncio.wait_for(bench.hub.wait_settled(), 15)
        assert bench.hub.status(spec.name).state is ServerState.READY
        assert "server/discover" not in [frame.method for frame in bench.trace]
    finally:
        await bench.aclose()
