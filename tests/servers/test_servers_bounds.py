"""What one server may ask of us at once: the rest is refused or left out, and said."""

from __future__ import annotations

import asyncio

from servers_kit import Answers, hosting, soon

from mcp_tui.domain.happenings import Happening, Logged
from mcp_tui.domain.limits import NOTE_EVERY, NOTICES, QUESTIONS, SAMPLES, SAMPLES_WITHIN
from mcp_tui.servers.bounds import Bounds
from tests.broken.kinds import stdio


async def test_only_so_many_questions_of_a_server_wait_at_once() -> None:
    answers = Answers()
    answers.go.clear()
    async with hosting(stdio("asks-a-lot"), asks=answers) as host:
        call = asyncio.create_task(host.hub.call_tool("asks-a-lot", "echo", {}))
        await host.until(lambda: host.hub.left_out("asks-a-lot") == {"questions": 30 - QUESTIONS})
        assert len(answers.asked) == QUESTIONS
        assert [f"while {QUESTIONS} of its questions waited" in line for line in host.logged("warning")] == [True]
        answers.go.set()
        assert (await soon(call)).text == f"{30 - QUESTIONS} refused"


def test_limits_are_over_a_span_of_time_and_said_once_a_minute() -> None:
    now, told = 1_000.0, list[Happening]()
    bounds = Bounds("srv", told.append, lambda: now)
    for takes, most, span in ((bounds.takes_sample, SAMPLES, SAMPLES_WITHIN), (bounds.takes_notice, NOTICES, 1.0)):
        told.clear()
        assert all(takes() for _ in range(most)) and not takes() and not takes()
        assert len(told) == 1
        now += span
        assert takes()
    now += NOTE_EVERY
    assert all(bounds.takes_notice() for _ in range(NOTICES)) and not bounds.takes_notice()
    last = told[-1]
    assert isinstance(last, Logged) and last.text.endswith("(3 so far)")
    assert bounds.left_out == {"requests to the model": 2, "notices": 3}
