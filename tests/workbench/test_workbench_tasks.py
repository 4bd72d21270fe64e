"""Tasks through the workbench: followed to their end whatever happens, over a real server process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from mcp_tui.domain.asks import Elicitation, ElicitReply
from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.errors import RequestTimedOut, ServerError, ServerLost
from mcp_tui.domain.happenings import Happening
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.servers import ServerState, StdioSpec
from mcp_tui.domain.tasks import TaskStatus, TaskSupport
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home
from mcp_tui.workbench.tasks import TaskRun
from tests.nobody import NobodyAnswers

T = TypeVar("T")
SCRIPT = str(Path(__file__).parents[1] / "servers" / "task_server.py")


class Desk(NobodyAnswers):
    """A workbench with the server of tasks, and somebody who answers its questions."""

    def __init__(self, folder: Path, mode: str = "") -> None:
        home = Home(Paths(folder, folder, folder, folder), {}, Settings())
        spec = StdioSpec("tasks", sys.executable, ("-I", "-S", SCRIPT, mode))
        self.bench = Workbench(home, [spec], asks=self)
        self.bench.subscribe(self._hear)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.answers = asyncio.Event()
        """Set: whoever answers does so at once."""
        self.answers.set()
        self._news = asyncio.Event()

    def _hear(self, happening: Happening) -> None:
        self._news.set()

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        self.asked.append(ask.message)
        self._news.set()
        try:
            await self.answers.wait()
        except asyncio.CancelledError:
            self.asked.remove(ask.message)
            self._news.set()
            raise
        return ElicitReply("accept", {"name": "Ada"})

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not true():
                self._news.clear()
                await self._news.wait()

    def tool(self, name: str) -> Tool:
        tool = self.bench.find_tool("tasks", name)
        assert tool is not None
        return tool

    def call(self, name: str, as_task: bool = False) -> asyncio.Task[ToolResult]:
        def tell(done: float, total: float | None, message: str) -> None:
            self.said.append(message)

        call = self.bench.call_tool(self.tool(name), {"topic": "bees"}, progress=tell, as_task=as_task)
        return asyncio.create_task(call)

    @property
    def run(self) -> TaskRun:
        """The one task there is."""
        (run,) = self.bench.tasks
        return run


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    made = Desk(tmp_path)
    made.bench.start()
    await made.bench.hub.wait_settled()
    yield made
    await made.bench.aclose()


async def end(call: Awaitable[T]) -> T:
    return await asyncio.wait_for(call, 10)


async def test_a_tool_may_be_called_as_a_task_and_its_messages_are_told(desk: Desk) -> None:
    assert desk.bench.tasks.support(desk.tool("research")) is TaskSupport.OPTIONAL
    result = await end(desk.call("research", as_task=True))
    assert result.text == '{"topic": "bees"}'
    assert desk.said == ["taken on", "half way"]
    run = desk.run
    assert (run.words, run.result, run.error) == ("completed", result, "")
    assert [record.result for record in desk.bench.calls.of("tasks", "research")] == [result]


async def test_a_task_that_takes_too_long_is_cancelled(desk: Desk) -> None:
    call = desk.bench.call_tool(desk.tool("endless"), {"topic": "bees"}, patience=Patience(0.1))
    with pytest.raises(RequestTimedOut, match="the task did not end within 100 ms"):
        await end(call)
    await desk.until(lambda: desk.run.task.status is TaskStatus.CANCELLED)


async def test_without_a_wish_only_a_tool_that_needs_it_becomes_a_task(desk: Desk) -> None:
    assert (await end(desk.call("research"))).text == "research at once"
    assert (await end(desk.call("plain"))).text == "plain at once"
    assert not len(desk.bench.tasks)
    assert (await end(desk.call("clarify"))).text.startswith('{"action": "accept"')
    assert desk.run.words == "completed"


async def test_a_task_that_needs_input_asks_the_person_and_goes_on(desk: Desk) -> None:
    result = await end(desk.call("clarify"))
    assert desk.asked == ["Which one?"] and '"Ada"' in result.text
    assert desk.said == ["taken on", "which one?"]


async def test_a_task_that_is_over_before_its_result_comes_asks_nothing_twice(desk: Desk) -> None:
    result = await end(desk.call("dither"))
    assert result.text.startswith('{"action": "accept"')
    assert desk.asked == ["Which one?"]


async def test_a_question_goes_with_the_task_that_asked_it(desk: Desk) -> None:
    desk.answers.clear()
    call = desk.call("clarify")
    await desk.until(lambda: desk.asked)
    await end(desk.bench.tasks.cancel(desk.run))
    await desk.until(lambda: not desk.asked)
    with pytest.raises(ServerError, match="the task was cancelled"):
        await end(call)


async def test_a_failed_task_gives_its_result_or_says_what_went_wrong(desk: Desk) -> None:
    result = await end(desk.call("spoil"))
    assert result.is_error and desk.run.words == "failed"
    with pytest.raises(ServerError, match=r"the task failed: it went wrong \(the library burnt down\)"):
        await end(desk.call("explode"))


async def test_a_notice_of_the_end_is_enough_however_rarely_the_server_wants_to_be_asked(desk: Desk) -> None:
    assert (await end(desk.call("announce"))).text == '{"topic": "bees"}'
    assert not [frame for frame in desk.bench.trace if frame.method == "tasks/get"]


async def test_a_task_cancelled_here_ends_for_whoever_waits(desk: Desk) -> None:
    call = desk.call("endless")
    await desk.until(lambda: len(desk.bench.tasks) == 1)
    await desk.bench.tasks.cancel(desk.run)
    with pytest.raises(ServerError, match="the task was cancelled: cancelled by request"):
        await end(call)
    assert desk.run.words == "cancelled"


async def test_whoever_stops_waiting_cancels_the_task(desk: Desk) -> None:
    call = desk.call("endless")
    await desk.until(lambda: len(desk.bench.tasks) == 1)
    call.cancel()
    await desk.until(lambda: desk.run.task.status is TaskStatus.CANCELLED)
    assert desk.run.error == "stopped by you"


def is_again(desk: Desk, before: int | None) -> bool:
    """Whether the server is ready as another process; the state alone may not have followed its death yet."""
    info = desk.bench.hub.info("tasks")
    is_ready = desk.bench.hub.status("tasks").state is ServerState.READY
    return is_ready and info is not None and info.pid not in (None, before)


async def test_a_server_that_dies_leaves_the_task_lost_and_says_so_at_once(desk: Desk) -> None:
    call = desk.call("endless")  # the next look at it is a minute away
    await desk.until(lambda: len(desk.bench.tasks) == 1)
    info = desk.bench.hub.info("tasks")
    assert info is not None and info.pid is not None
    os.kill(info.pid, signal.SIGKILL)
    with pytest.raises(ServerLost, match="tasks went away while the task ran"):
        await end(call)
    run = desk.run
    assert run.words == "lost" and "r in Tasks" in run.hint
    await desk.until(lambda: is_again(desk, info.pid))
    assert await desk.bench.tasks.refresh() == []
    assert run.words == "lost", "the new program knows nothing of it"


async def test_a_server_that_dies_when_it_is_asked_is_a_lost_task_too(desk: Desk) -> None:
    with pytest.raises(ServerLost):
        await end(desk.call("vanish"))
    assert desk.run.words == "lost"


async def test_tasks_that_nobody_here_started_are_listed_and_their_results_fetched(desk: Desk) -> None:
    started = await desk.bench.hub.start_task("tasks", "research", {"topic": "ants"})
    assert not isinstance(started, ToolResult)
    assert await desk.bench.tasks.refresh() == []
    run = desk.run
    assert (run.words, run.arguments, await desk.bench.tasks.result(run)) == ("working", None, None)
    for _ in range(2):
        await desk.bench.hub.task(started)
    await desk.bench.tasks.refresh()
    result = await desk.bench.tasks.result(run)
    assert result is not None and result.text == '{"topic": "ants"}' and len(desk.bench.tasks) == 1


@pytest.mark.parametrize("mode", ["bare", "newer"])
async def test_no_call_becomes_a_task_when_the_server_does_not_offer_them(tmp_path: Path, mode: str) -> None:
    desk = Desk(tmp_path, mode)
    desk.bench.start()
    await desk.bench.hub.wait_settled()
    try:
        assert desk.bench.tasks.support(desk.tool("clarify")) is TaskSupport.NEVER
        assert desk.bench.tasks.abilities("tasks").newer_form is (mode == "newer")
        assert (await end(desk.call("clarify"))).text == "clarify at once"
        assert await desk.bench.tasks.refresh() == []
        hello = next(frame.body for frame in desk.bench.trace if frame.method == "initialize")
        assert "tasks" not in str(hello["params"]["capabilities"])
    finally:
        await desk.bench.aclose()
