"""What the program offers its servers: an era, folders, visits to addresses, a sign-in that takes its time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from functools import partial
from typing import Any

import httpx2
import pytest
from canned_http import Answer, canned, json_answer
from mcp.client.auth import OAuthFlowError
from servers_kit import Host, hosting, modern, raw, soon

from mcp_tui.domain.asks import Elicitation, ElicitReply, Root
from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import AuthNeeded, RequestFailed
from mcp_tui.domain.happenings import RootsTold
from mcp_tui.domain.servers import HttpSpec, ServerState
from tests.nobody import NobodyAnswers

HOME, WORK = Root("file:///home/ada", "home"), Root("file:///work")


def sent(host: Host) -> list[str]:
    return [frame.method for frame in host.trace if frame.outgoing]


# -- eras ----------------------------------------------------------------------------------------------


async def test_a_server_of_the_legacy_era_is_not_probed() -> None:
    async with hosting(raw(era="legacy")) as host:
        assert host.hub.status("raw").state is ServerState.READY
        assert sent(host)[0] == "initialize"


async def test_a_server_of_the_modern_era_is_never_sent_the_handshake() -> None:
    async with hosting(modern(era="2026-07-28"), raw(era="2026-07-28")) as host:
        info = host.hub.info("modern")
        assert info is not None and (info.era, info.version) == ("modern", "1.2.3")
        assert await host.call("echo", "modern", text="hi") == "hi"
        status = host.hub.status("raw")
        assert status.state is ServerState.FAILED and "no such method" in status.reason
        assert "initialize" not in sent(host)


# -- folders -------------------------------------------------------------------------------------------


async def test_a_server_hears_of_the_folders_and_of_their_change() -> None:
    async with hosting(raw(), roots=[HOME]) as host:
        assert json.loads(await host.call("roots")) == {"roots": [{"uri": HOME.uri, "name": "home"}]}
        assert RootsTold("raw", (HOME.uri,)) in host.happened
        await soon(host.hub.set_roots([HOME, WORK]))
        await host.until(lambda: "told of other roots" in host.hub.stderr("raw"))
        assert [root["uri"] for root in json.loads(await host.call("roots"))["roots"]] == [HOME.uri, WORK.uri]
        assert host.hub.roots == (HOME, WORK)


async def test_without_folders_nothing_is_said_of_them() -> None:
    async with hosting(raw()) as host:
        assert json.loads(await host.call("roots"))["code"] < 0
        hello = next(frame.body for frame in host.trace if frame.method == "initialize")
        assert hello["params"]["capabilities"] == {}


# -- addresses to go to first --------------------------------------------------------------------------


class Visitor(NobodyAnswers):
    def __init__(self, goes: bool) -> None:
        self.goes = goes
        self.asked: list[Elicitation] = []

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        self.asked.append(ask)
        return ElicitReply("accept" if self.goes else "decline")


async def test_a_call_is_sent_again_after_the_person_went_to_the_address_it_needs() -> None:
    visitor = Visitor(goes=True)
    async with hosting(raw(), asks=visitor) as host:
        assert await host.call("visit", n=1) == '{"n": 1}'
    assert visitor.asked == [Elicitation("raw", "Pay first", None, "https://example.org/pay", "e1", for_call=True)]


async def test_a_call_whose_address_nobody_goes_to_fails_with_the_servers_words() -> None:
    async with hosting(raw(), asks=Visitor(goes=False)) as host:
        with pytest.raises(RequestFailed, match="pay first") as caught:
            await host.call("visit")
        assert caught.value.code == -32042 and sent(host).count("tools/call") == 1


async def test_a_server_that_is_never_content_is_not_visited_for_ever() -> None:
    visitor = Visitor(goes=True)
    async with hosting(raw("pushy"), asks=visitor) as host:
        with pytest.raises(RequestFailed, match="pay first"):
            await host.call("visit", "pushy")
    assert len(visitor.asked) == 3


async def test_a_visit_ends_with_its_call() -> None:
    class Undecided(NobodyAnswers):
        began, ended = asyncio.Event(), asyncio.Event()

        async def elicit(self, ask: Elicitation) -> ElicitReply:
            self.began.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.ended.set()
            raise AssertionError

    async with hosting(raw(), asks=Undecided()) as host:
        call = asyncio.create_task(host.call("visit"))
        await soon(Undecided.began.wait())
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await soon(Undecided.ended.wait())


# -- over HTTP -----------------------------------------------------------------------------------------


class ModernOverHttp:
    """A server of the modern era with one good tool and one whose header no client may use."""

    def __init__(self, token: str = "") -> None:
        self.token = token
        self.headers: list[dict[str, str]] = []

    def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        if method != "POST":
            assert "x-mine" not in headers
            return 404, {}, b""
        self.headers.append(headers)
        if self.token and headers.get("authorization") != self.token:
            return 401, {"www-authenticate": "Bearer"}, b""
        message = json.loads(body)
        match message["method"]:
            case "server/discover":
                more = {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}}
            case "tools/list":
                more = {"tools": [_tool("good", "Place"), _tool("bad", "a b")]}
            case _:
                more = {"content": []}
        result = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private", **more}
        return json_answer(message, {"result": result})


def _tool(name: str, header: str) -> dict[str, Any]:
    place = {"type": "string", "x-mcp-header": header}
    return {"name": name, "inputSchema": {"type": "object", "properties": {"place": place}}}


async def test_a_tool_that_asks_for_an_impossible_header_is_left_out_and_the_reason_told() -> None:
    server = ModernOverHttp()
    async with canned(server) as url, hosting(HttpSpec("web", url)) as host:
        listing = host.hub.catalog("web")[Kind.TOOL]
        assert [item.key for item in listing.items] == ["good"]
        assert "bad: property 'place'" in listing.note
        await host.call("good", "web", place="Oslo")
    assert server.headers[-1]["mcp-param-place"] == "Oslo"


async def test_headers_of_the_entry_win_over_our_own() -> None:
    server = ModernOverHttp()
    async with canned(server) as url, hosting(HttpSpec("web", url, {"Accept": "application/json", "X-Mine": "1"})):
        pass
    assert {(each["accept"], each["x-mine"]) for each in server.headers} == {("application/json", "1")}


async def test_a_server_that_moved_on_the_same_host_gets_the_headers_and_is_heard() -> None:
    seen: list[str] = []

    def moved(method: str, headers: dict[str, str], body: bytes) -> Answer:
        if headers[":path"] == "/mcp":
            return 307, {"location": "/mcp/"}, b""
        seen.append(headers["accept"])
        return 401, {}, b""

    async with canned(moved) as url, hosting(HttpSpec("web", url, {"Accept": "application/json"})) as host:
        assert host.hub.status("web").short == "HTTP 401"
    assert set(seen) == {"application/json"}


class SlowSignIn(httpx2.Auth):
    """Somebody who needs a while in the browser."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.waiting = False
        self.made_for: list[str] = []

    def __call__(self, spec: HttpSpec) -> SlowSignIn:
        self.made_for.append(spec.name)
        return self

    def httpx_auth(self) -> httpx2.Auth:
        return self

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        response = yield request
        if response.status_code == 401:
            self.waiting = True
            await asyncio.sleep(self.seconds)
            self.waiting = False
            request.headers["Authorization"] = "Bearer mine"
            yield request


async def test_the_time_of_a_sign_in_is_not_the_servers_and_is_told() -> None:
    sign_in = SlowSignIn(2.2)
    spec = partial(HttpSpec, "web", connect_timeout=2.0)
    async with canned(ModernOverHttp("Bearer mine")) as url, hosting(spec(url), authorizer=sign_in) as host:
        assert host.hub.status("web").state is ServerState.READY
        assert "It waits for you to sign in." in host.reasons
    assert sign_in.made_for == ["web"]


class FailingSignIn(httpx2.Auth):
    """A sign-in that asks around, is answered 404 somewhere, and gives up."""

    waiting = False

    def __init__(self, error: Exception) -> None:
        self.error = error

    def httpx_auth(self) -> httpx2.Auth:
        return self

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        yield request
        answer = yield httpx2.Request("GET", request.url.join("/.well-known/somewhere"))
        assert answer.status_code == 404
        raise self.error


@pytest.mark.parametrize("error", [OAuthFlowError("no such issuer"), AuthNeeded("no such issuer", hint="ask Ada")])
async def test_a_failed_sign_in_is_told_as_one(error: Exception) -> None:
    server = ModernOverHttp("Bearer mine")
    spec = partial(HttpSpec, "web", headers={"X-Mine": "1"})
    async with canned(server) as url, hosting(spec(url), authorizer=lambda _: FailingSignIn(error)) as host:
        status = host.hub.status("web")
    assert (status.state, status.phase, status.short) == (ServerState.FAILED, "authorization", "sign-in")
    assert "no such issuer" in status.reason


async def test_credentials_that_do_not_suffice_are_the_reason_even_when_the_fallback_is_refused_otherwise() -> None:
    def narrow(method: str, headers: dict[str, str], body: bytes) -> Answer:
        return (403 if b"server/discover" in body else 400), {}, b""

    async with canned(narrow) as url, hosting(HttpSpec("web", url)) as host:
        assert host.hub.status("web").short == "HTTP 403"


async def test_credentials_of_the_entry_are_not_replaced_by_a_sign_in() -> None:
    sign_in = SlowSignIn(0)
    spec = partial(HttpSpec, "web", headers={"authorization": "Bearer stale"})
    async with canned(ModernOverHttp("Bearer mine")) as url, hosting(spec(url), authorizer=sign_in) as host:
        assert host.hub.status("web").phase == "authorization"
    assert sign_in.made_for == []
