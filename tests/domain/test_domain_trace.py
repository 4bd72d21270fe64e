"""The record of the wire: the last frames, whole where they fit, within bounds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.http_exchange import HttpExchange
from mcp_tui.domain.limits import FRAME_KEPT
from mcp_tui.domain.trace import Frame, Trace


def record(trace: Trace, message: Any) -> Frame:
    return trace.record(1.0, "git", True, json.dumps(message).encode(), message)


@given(st.lists(st.integers(0, 40)), st.integers(1, 6), st.integers(1, 60))
def test_it_never_keeps_more_than_its_bounds_and_drops_the_oldest(sizes: list[int], frames: int, size: int) -> None:
    trace = Trace(frames, size)
    for each in sizes:
        trace.record(0.0, "s", False, b"x" * each)
    kept = [frame.number for frame in trace]
    assert len(trace) == len(kept) <= frames
    assert sum(len(frame.raw) for frame in trace) <= size
    assert kept == list(range(len(sizes) - len(kept) + 1, len(sizes) + 1))
    assert trace.total == len(sizes)


def test_of_a_huge_frame_the_beginning_and_the_true_size_are_kept() -> None:
    frame = Trace().record(0.0, "s", False, b"7" * (FRAME_KEPT + 5))
    assert (len(frame.raw), frame.size, frame.is_whole, frame.body) == (FRAME_KEPT, FRAME_KEPT + 5, False, None)


@pytest.mark.parametrize(
    ("message", "method", "number", "what", "error", "is_reply"),
    [
        ({"id": 0, "method": "tools/call", "params": {"name": "add"}}, "tools/call", "0", "add", "", False),
        ({"id": "x", "method": "resources/read", "params": {"uri": "a:b"}}, "resources/read", "x", "a:b", "", False),
        ({"method": "note", "params": {"level": "info"}}, "note", "", "info", "", False),
        ({"id": 0, "result": {}}, "", "0", "", "", True),
        ({"id": 1, "error": {"code": 1, "message": "no"}}, "", "1", "", "no", True),
        ({"id": 1, "error": {}}, "", "1", "", "error", True),
        ({"id": 1, "method": 5, "params": [1], "error": "odd"}, "5", "1", "", "", False),
        ([1, 2], "", "", "", "", False),
    ],
)  # fmt: skip
def test_a_frame_says_what_it_is_about(
    message: Any, method: str, number: str, what: str, error: str, is_reply: bool
) -> None:
    frame = record(Trace(), message)
    assert (frame.method, frame.id, frame.what, frame.error) == (method, number, what, error)
    assert frame.is_reply is is_reply
    assert frame.body == message


def test_a_line_that_is_no_json_is_kept_with_its_fault() -> None:
    frame = Trace().record(0.0, "s", False, b"\xff oops", error="no JSON")
    assert (frame.raw, frame.error, frame.body) == (b"\xff oops", "no JSON", None)


def test_a_listener_hears_of_each_frame() -> None:
    trace = Trace()
    heard: list[Frame | HttpExchange] = []
    trace.listener = heard.append
    frame = record(trace, {"id": 1, "result": {}})
    assert heard == [frame]


def test_a_flood_of_one_server_displaces_nothing_of_the_others() -> None:
    trace = Trace(10, 1_000)
    for _ in range(3):
        trace.record(0.0, "quiet", False, b"1")
    for _ in range(50):
        trace.record(0.0, "loud", False, b"2")
    trace.record(0.0, "fat", False, b"3" * 999)
    assert [frame.server for frame in trace] == ["quiet"] * 3 + ["loud"] * 6
    assert trace.dropped == {"loud": 44, "fat": 1}
    assert [frame.number for frame in trace.since(50)] == [51, 52, 53]
