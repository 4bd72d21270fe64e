"""What is kept of HTTP: bounded, without secrets, and beside the frames that it carried."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.exchanges import MAX_CARRIERS, Exchange, Exchanges
from mcp_tui.domain.http_exchange import HttpExchange, HttpLog
from mcp_tui.domain.limits import HEADER, HEADERS
from mcp_tui.domain.masking import MASK
from mcp_tui.domain.secrets import safe_address, safe_header
from mcp_tui.domain.trace import Frame, Trace


def http(status: int = 200, frame: int = 0, method: str = "POST", **more: object) -> HttpExchange:
    return HttpExchange(1.0, method, "/mcp", status=status, frame=frame, **more)  # pyright: ignore[reportArgumentType]


def frame(trace: Trace, outgoing: bool = True, **message: object) -> Frame:
    return trace.record(1.0, "web", outgoing, json.dumps(message).encode(), message)


@given(st.lists(st.integers(0, 300)), st.integers(1, 20), st.integers(1, 2_000))
def test_the_log_keeps_the_newest_within_its_bounds(sizes: list[int], limit: int, characters: int) -> None:
    log = HttpLog(limit, characters)
    for number, size in enumerate(sizes):
        log.add(number, http(answered=(("x", "y" * size),)))
    kept = list(log)
    assert len(kept) <= limit and sum(each.size for each in kept) <= characters
    assert [each.number for each in kept] == list(range(len(sizes) - len(kept), len(sizes)))


def test_a_flood_of_headers_is_cut() -> None:
    kept = HttpLog().add(1, http(answered=tuple((f"H{n}", "v" * 9_000) for n in range(500))))
    assert len(kept.answered) == HEADERS + 1 and kept.answered[-1] == ("…", f"{500 - HEADERS} more")
    assert all(len(value) <= HEADER for _, value in kept.answered) and kept.answered[0][0] == "h0"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer abc", f"Bearer {MASK}"),
        ("Proxy-Authorization", "basic YTpi", f"basic {MASK}"),
        ("authorization", "just-a-token", MASK),
        ("Authorization", "", ""),
        ("Cookie", "a=b", MASK),
        ("Set-Cookie", "sid=1; Path=/", MASK),
        ("X-Api-Key", "12345678", MASK),
        ("Access-Control-Allow-Credentials", "true", "true"),
        ("WWW-Authenticate", 'Bearer realm="x"', 'Bearer realm="x"'),
        ("Mcp-Session-Id", "7f3a", "7f3a"),
        ("Location", "https://me:pass@host/cb?access_token=a&b=c", f"https://host/cb?access_token={MASK}&b=c"),
    ],
)
def test_headers_are_kept_without_their_secrets(name: str, value: str, shown: str) -> None:
    assert safe_header(name, value) == shown


def test_an_address_keeps_all_but_what_looks_secret() -> None:
    assert safe_address("/mcp?api%5Fkey=abc&page=2#x") == f"/mcp?api%5Fkey={MASK}&page=2#x"
    assert safe_address("/messages/?session_id=1") == "/messages/?session_id=1"


def test_what_carried_a_frame_belongs_to_it_and_is_a_row_only_when_it_failed() -> None:
    trace, rows = Trace(), Exchanges(10)
    asked = frame(trace, id=1, method="tools/call")
    refused, worked = trace.record_http(http(401, asked.number)), trace.record_http(http(200, asked.number))
    stream = trace.record_http(http(200, method="GET"))
    for each in trace.since(0):
        rows.add(each)
    first, *others = rows
    assert isinstance(first, Exchange) and first.http == [refused, worked]
    assert others == [refused, stream]


def test_a_reply_of_ours_knows_what_carried_it() -> None:
    trace, rows = Trace(), Exchanges(10)
    for each in (frame(trace, False, id=7, method="roots/list"), frame(trace, True, id=7, result={})):
        rows.add(each)
    changed = rows.add(trace.record_http(http(202, trace.total)))
    assert [row.key for row in changed] == ["1"] and len(rows) == 1


def test_a_frame_sent_again_and_again_keeps_the_last_few_that_carried_it() -> None:
    trace, rows = Trace(), Exchanges(10)
    asked = frame(trace, id=1, method="ping")
    rows.add(asked)
    for _ in range(50):
        rows.add(trace.record_http(http(307, asked.number)))
    (row,) = rows
    assert isinstance(row, Exchange) and [each.number for each in row.http] == list(range(52 - MAX_CARRIERS, 52))


def test_a_refusal_for_want_of_credentials_does_not_tell_an_era() -> None:
    trace, rows = Trace(), Exchanges(10)
    asked = frame(trace, id=1, method="server/discover")
    rows.add(asked)
    (row,) = rows.add(frame(trace, False, id=1, error={"code": -32603, "message": "no"}))
    assert isinstance(row, Exchange) and row.tells_era
    rows.add(trace.record_http(http(401, asked.number, about="server/discover")))
    assert not row.tells_era


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (http(405, method="GET"), True),
        (http(405, method="DELETE"), True),
        (http(405), False),
        (http(404, method="GET"), False),
        (http(404, about="server/discover"), True),
        (http(401, about="server/discover"), False),
        (http(0, method="GET"), False),
    ],
)
def test_some_refusals_are_no_fault(exchange: HttpExchange, expected: bool) -> None:
    assert exchange.is_expected is expected and exchange.failed
