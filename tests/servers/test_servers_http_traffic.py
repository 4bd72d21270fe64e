"""What HTTP says is recorded: real sockets that refuse, forget a session, or work, and what carried which frame."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncGenerator

import pytest
from canned_http import Answer, Handler, LegacySessions, canned, json_answer
from oauth_server import Browser, Memory, guarded
from old_sse_server import old_sse
from servers_kit import Host, hosting

from mcp_tui.domain.errors import ServerLost
from mcp_tui.domain.http_exchange import CHALLENGE, HttpExchange, value_of
from mcp_tui.domain.masking import MASK
from mcp_tui.domain.servers import HttpSpec, ServerState
from mcp_tui.servers.auth.authorizer import SignIns
from tests.broken.pace import now, pace_of

TOKEN = "tok-4711-do-not-show"
SIZE = 20_000_000
"""Characters of a large result."""
HELD = 3.3
"""How often it might be written and parsed while nothing else runs because of it."""


@contextlib.asynccontextmanager
async def web(handler: Handler, **entry: str) -> AsyncGenerator[Host]:
    """A host at a canned server, whose headers are `entry`."""
    async with canned(handler) as url, hosting(HttpSpec("web", url, entry, connect_timeout=5)) as host:
        yield host


def heard(host: Host, method: str = "POST") -> list[HttpExchange]:
    return [each for each in host.trace.http if each.method == method]


def kept(host: Host) -> str:
    """All that was kept of HTTP."""
    return "\n".join(map(repr, host.trace.http))


async def test_a_refusal_is_kept_with_its_status_and_its_challenge() -> None:
    challenge = 'Bearer realm="x", error="invalid_token"'
    async with web(lambda *_: (401, {"WWW-Authenticate": challenge}, b"")) as host:
        refused = heard(host)[0]
        assert (refused.target, refused.status, refused.server) == ("/mcp", 401, "web")
        assert value_of(refused.answered, CHALLENGE) == challenge
        assert refused.failed and 0 < refused.seconds < 5
        (frame,) = [each for each in host.trace if each.number == refused.frame]
        assert frame.outgoing and frame.method == refused.about


async def test_each_frame_knows_what_carried_it_and_the_session_is_seen() -> None:
    async with web(LegacySessions()) as host:
        assert await host.call("echo", "web") == "ok"
        carriers = {each.about: each for each in heard(host)}
        assert carriers["initialize"].session == ("", "1")
        call = carriers["tools/call"]
        assert call.session == ("1", "") and call.outcome == "200 X" and not call.stands_alone
        assert call.frame == next(each.number for each in host.trace if each.method == "tools/call")
        assert value_of(call.sent, "mcp-protocol-version") and value_of(call.answered, "content-type")
        await host.until(lambda: bool(heard(host, "GET")))
        stream = heard(host, "GET")[0]
        assert stream.status == 405 and stream.frame == 0 and stream.is_expected
    assert heard(host, "DELETE")


async def test_a_forgotten_session_is_kept_as_the_404_that_it_is() -> None:
    sessions = LegacySessions()
    async with web(sessions) as host:
        sessions.session = 2
        with pytest.raises(ServerLost):
            await host.call("echo", "web")
        lost = next(each for each in heard(host) if each.about == "tools/call")
        assert (lost.status, lost.session) == (404, ("1", "")) and lost.stands_alone and not lost.is_expected


async def test_no_secret_of_a_head_is_kept() -> None:
    def answer(method: str, headers: dict[str, str], body: bytes) -> Answer:
        if method != "POST" or "id" not in json.loads(body):
            return 405, {}, b""
        more = {"Set-Cookie": f"sid={TOKEN}; Path=/", "X-Api-Key": TOKEN, "Location": f"/mcp?api_key={TOKEN}&a=1"}
        return json_answer(json.loads(body), {"error": {"code": -32601, "message": "what?"}}, more)

    entry = {"Authorization": f"Bearer {TOKEN}", "Cookie": f"a={TOKEN}", "X-Auth-Token": TOKEN, "X-Mine": "plain"}
    async with web(answer, **entry) as host:
        first = heard(host)[0]
    assert TOKEN not in kept(host)
    assert value_of(first.sent, "authorization") == f"Bearer {MASK}"
    assert value_of(first.sent, "x-mine") == "plain"
    assert value_of(first.answered, "location") == f"/mcp?api_key={MASK}&a=1"


async def test_an_address_where_nobody_answers_is_kept_with_its_reason() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        async with hosting(HttpSpec("web", f"http://127.0.0.1:{deaf.getsockname()[1]}/mcp")) as host:
            failed = heard(host)[0]
    assert failed.status == 0 and failed.outcome == "no answer" and failed.error.startswith("ConnectError")


async def test_the_requests_of_a_sign_in_are_kept_without_what_they_hold() -> None:
    sign_ins = SignIns(Browser(), Memory())
    async with guarded() as (guard, server), hosting(HttpSpec("web", server.url), authorizer=sign_ins) as host:
        assert host.hub.status("web").state is ServerState.READY
    signing = [each for each in host.trace.http if each.about == "sign-in"]
    assert any(f"{guard.url}/.well-known/" in each.target for each in signing)
    assert any(each.method == "POST" and each.target.endswith("/token") for each in signing)
    assert not any(each.frame for each in signing)
    first = heard(host)[0].frame
    assert [each.status for each in host.trace.http if each.frame == first] == [401, 200]
    (form,) = guard.forms
    for secret in (*guard.tokens, form["code"], form["code_verifier"]):
        assert secret not in kept(host)


async def test_over_the_older_transport_the_stream_and_each_message_are_kept() -> None:
    async with old_sse(f"/messages?session_id=7&token={TOKEN}") as url:
        async with hosting(HttpSpec("web", url, sse=True)) as host:
            assert await host.call("echo", "web") == "ok"
        stream = heard(host, "GET")[0]
        assert (stream.target, stream.status, stream.frame) == ("/sse", 200, 0) and stream.stands_alone
        call = next(each for each in heard(host) if each.about == "tools/call")
        assert call.target == f"/messages?session_id=7&token={MASK}" and call.outcome == "202 Accepted"
        assert call.frame and not call.stands_alone and not call.may_have_session
        assert TOKEN not in kept(host)


async def test_a_reply_is_kept_byte_for_byte() -> None:
    sent: list[bytes] = []

    def answer(method: str, headers: dict[str, str], body: bytes) -> Answer:
        sent.append((found := sessions(method, headers, body))[2])
        return found

    sessions = LegacySessions()
    async with web(answer) as host:
        await host.call("echo", "web")
        assert list(host.trace)[-1].raw == next(each for each in reversed(sent) if each)
        await host.call("stream", "web")
        (event,) = (json.loads(each[21:]) for each in sent if each.startswith(b"event"))
        assert event in [frame.body for frame in host.trace if frame.is_reply]


async def test_a_large_result_holds_nothing_up() -> None:
    def answer(method: str, headers: dict[str, str], body: bytes) -> Answer:
        status, more, content = sessions(method, headers, body)
        return status, more, content.replace(b'"ok"', b'"' + b"x" * SIZE + b'"')

    sessions = LegacySessions()
    held: list[float] = []
    async with web(answer) as host:
        while len(held) < 3 and min(held, default=HELD) >= HELD:  # what is slow each time is ours
            async with pace_of(lambda: asyncio.sleep(0), pause=0.005) as pace:
                text = await host.call("stream", "web")
            began = now()
            assert len(json.loads(json.dumps(text))) == SIZE
            held.append(pace.slowest / (now() - began))
        assert min(held) < HELD
        assert max(frame.size for frame in host.trace) > SIZE
