"""What servers tell unasked: changes of watched resources, log lines from a level on, questions they take back."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import pytest
from servers_kit import HERE, Answers, hosting, modern, soon

from mcp_tui.domain.asks import Root
from mcp_tui.domain.errors import RequestFailed, RequestTimedOut
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.servers import ServerState, StdioSpec


def telling(**more: Any) -> StdioSpec:
    """The server that tells much."""
    import sys

    return StdioSpec("telling", sys.executable, (str(HERE / "telling_server.py"),), **more)


async def test_a_watched_resource_tells_of_changes_until_it_is_watched_no_more() -> None:
    async with hosting(telling()) as host:
        hub, call = host.hub, partial(host.call, server="telling")
        assert hub.can_watch("telling")
        await soon(hub.subscribe("telling", "note://a"))
        await call("touch")
        await call("touch", uri="note://other")
        await call("touch", uri="note://a/page")
        watch = hub.watch("telling", "note://a")
        assert watch is not None and watch.times == 2 and watch.updated > 0
        assert json.loads(await call("told"))["subscribed"] == ["note://a"]
        await soon(hub.unsubscribe("telling", "note://a"))
        await call("touch")
        assert hub.watch("telling", "note://a") is None
        assert json.loads(await call("told"))["subscribed"] == []


async def test_a_server_of_the_new_era_tells_over_a_stream_of_changes() -> None:
    async with hosting(modern()) as host:
        hub = host.hub
        assert hub.can_watch("modern")
        await soon(hub.subscribe("modern", "demo://note"))
        await host.call("touch", "modern")
        await host.until(lambda: (hub.watch("modern", "demo://note") or pytest.fail("not watched")).times == 1)
        await soon(hub.unsubscribe("modern", "demo://note"))
        assert hub.watch("modern", "demo://note") is None
        await soon(hub.subscribe("modern", "demo://note"))
        await host.call("touch", "modern")
        await host.until(lambda: (hub.watch("modern", "demo://note") or pytest.fail("not watched")).times == 1)


async def test_what_is_watched_is_watched_again_after_a_reconnect() -> None:
    async with hosting(telling()) as host:
        hub, call = host.hub, partial(host.call, server="telling")
        await soon(hub.subscribe("telling", "note://a"))
        with pytest.raises(Exception, match="went away"):
            await call("leave")
        await host.comes_back("telling")
        watch = hub.watch("telling", "note://a")
        assert watch is not None and watch.gaps == 1
        await host.until(lambda: (hub.watch("telling", "note://a") or watch).trouble == "")
        await call("touch")
        assert (hub.watch("telling", "note://a") or watch).times == 1


async def test_what_is_watched_is_watched_again_when_the_entry_of_its_server_was_edited() -> None:
    async with hosting(telling()) as host:
        hub, call = host.hub, partial(host.call, server="telling")
        await soon(hub.subscribe("telling", "note://a"))
        await soon(hub.replace(telling(connect_timeout=19.0)))
        await host.until(lambda: hub.status("telling").state is ServerState.READY)
        watch = hub.watch("telling", "note://a")
        assert watch is not None and watch.gaps == 1
        await host.until(lambda: (hub.watch("telling", "note://a") or watch).trouble == "")
        await call("touch")
        assert (hub.watch("telling", "note://a") or watch).times == 1


async def test_a_resource_that_the_server_will_not_tell_of_is_not_watched() -> None:
    async with hosting(telling()) as host:
        with pytest.raises(RequestFailed, match="not that one"):
            await soon(host.hub.subscribe("telling", "note://secret"))
        assert host.hub.watch("telling", "note://secret") is None


async def test_a_log_level_is_told_at_once_and_again_after_a_reconnect() -> None:
    async with hosting(telling(log_level="error")) as host:
        hub, call = host.hub, partial(host.call, server="telling")
        assert json.loads(await call("told"))["level"] == "error"
        await soon(hub.set_log_level("telling", "debug"))
        assert json.loads(await call("told"))["level"] == "debug"
        await hub.reconnect("telling")
        await soon(hub.wait_settled())
        assert hub.status("telling").state is ServerState.READY
        assert json.loads(await call("told"))["level"] == "debug"
        await call("speak")
        assert host.logged("emergency") == ['db: {"said":"emergency"}']


async def test_a_server_of_the_new_era_logs_only_when_a_request_wishes_it() -> None:
    async with hosting(modern()) as host:
        await host.call("touch", "modern")
        assert host.logged("info") == []
        await soon(host.hub.set_log_level("modern", "info"))
        await host.call("touch", "modern")
        await host.until(lambda: host.logged("info") == ["touched"])


async def test_a_question_that_the_server_takes_back_is_asked_no_more() -> None:
    answers = Answers()
    answers.go.clear()
    async with hosting(telling(), asks=answers, roots=()) as host:
        calling = asyncio.create_task(host.call("withdraw", "telling"))
        await soon(answers.first_open.wait())
        await host.hub.set_roots([Root("file:///tmp")])
        assert await soon(calling) == "withdrawn"
        assert answers.open == 0


async def test_a_call_ends_when_the_entry_gives_it_no_longer() -> None:
    async with hosting(telling(call_timeout=0.1)) as host:
        with pytest.raises(RequestTimedOut, match="within 100 ms"):
            await host.call("never", "telling")
        assert await host.call("told", "telling")


async def test_more_time_can_be_granted_while_a_call_runs() -> None:
    async with hosting(telling()) as host:
        patience = Patience(0.1)
        calling = asyncio.create_task(host.hub.call_tool("telling", "never", {}, timeout=patience))
        patience.grant(0.2)
        done, _ = await asyncio.wait({calling}, timeout=0.2)
        assert not done
        with pytest.raises(RequestTimedOut):
            await soon(calling)


async def test_a_call_without_a_time_of_its_own_is_given_one_while_it_runs() -> None:
    async with hosting(telling()) as host:
        patience = Patience()
        calling = asyncio.create_task(host.hub.call_tool("telling", "never", {}, timeout=patience))
        await host.until(lambda: host.trace.total > 0 and list(host.trace)[-1].what == "never")
        patience.grant(0.1)
        with pytest.raises(RequestTimedOut):
            await soon(calling)


@pytest.mark.parametrize("ref", [{"prompt": "trip"}, {"template": "trip://{country}/{city}"}])
async def test_suggestions_know_the_other_values(ref: dict[str, str]) -> None:
    async with hosting(telling()) as host:
        ask = partial(host.hub.complete, "telling", argument="city", value="P", **ref)
        assert await soon(ask()) == ["Paris"]
        assert await soon(ask(context={"country": "fr"})) == ["Paris", "Pau"]
        found = await soon(ask(value="B"))
        assert (found, found.unnamed) == (["Berlin"], 116)
