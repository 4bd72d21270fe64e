"""Tasks of 2025-11-25 over real pipes: started, looked at, asked back, fetched, cancelled, listed."""

from __future__ import annotations

import asyncio
import sys

import pytest
from servers_kit import HERE, Answers, Host, hosting, soon

from mcp_tui.domain.errors import RequestFailed, ServerLost
from mcp_tui.domain.happenings import TaskHeard
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.domain.tasks import Task, TaskStatus

SPEC = StdioSpec("tasks", sys.executable, (str(HERE / "task_server.py"),))


async def begun(host: Host, tool: str, **arguments: object) -> Task:
    task = await soon(host.hub.start_task("tasks", tool, arguments))
    assert isinstance(task, Task)
    return task


async def test_a_call_becomes_a_task_that_is_looked_at_and_fetched() -> None:
    async with hosting(SPEC) as host:
        task = await begun(host, "research", topic="bees")
        assert (task.server, task.tool, task.status, task.message) == (
            "tasks",
            "research",
            TaskStatus.WORKING,
            "taken on",
        )
        assert (task.ttl, task.poll, task.created) == (60.0, 0.1, 1767323045.0)
        frame = next(frame for frame in host.trace if frame.method == "tools/call")
        assert frame.body["params"]["task"] == {"ttl": 3_600_000}
        task = await soon(host.hub.task(task))
        assert (task.tool, task.message) == ("research", "half way")
        task = await soon(host.hub.task(task))
        assert task.status is TaskStatus.COMPLETED and task.status.is_over
        result = await soon(host.hub.task_result(task))
        assert result.text == '{"topic": "bees"}'
        assert result.raw["_meta"]["io.modelcontextprotocol/related-task"] == {"taskId": task.id}


async def test_the_question_of_a_task_comes_while_its_result_is_waited_for() -> None:
    answers = Answers()
    async with hosting(SPEC, asks=answers) as host:
        task = await soon(host.hub.task(await begun(host, "clarify")))
        assert (task.status, task.message) == (TaskStatus.INPUT_REQUIRED, "which one?")
        assert not answers.asked
        result = await soon(host.hub.task_result(task))
        assert [each.message for each in answers.asked] == ["Which one?"]
        assert '"Ada"' in result.text
        assert (await soon(host.hub.task(task))).status is TaskStatus.COMPLETED


async def test_a_failed_task_gives_its_result_or_its_error() -> None:
    async with hosting(SPEC) as host:
        spoilt = await soon(host.hub.task(await begun(host, "spoil")))
        assert (spoilt.status, spoilt.message) == (TaskStatus.FAILED, "it went wrong")
        result = await soon(host.hub.task_result(spoilt))
        assert result.is_error and result.text == "no such library"
        exploded = await soon(host.hub.task(await begun(host, "explode")))
        with pytest.raises(RequestFailed, match="burnt down"):
            await soon(host.hub.task_result(exploded))


async def test_a_task_is_cancelled_once() -> None:
    async with hosting(SPEC) as host:
        task = await soon(host.hub.cancel_task(await begun(host, "endless")))
        assert (task.status, task.message) == (TaskStatus.CANCELLED, "cancelled by request")
        with pytest.raises(RequestFailed, match="cancelled already"):
            await soon(host.hub.cancel_task(task))


async def test_a_server_that_dies_ends_the_wait_for_its_task() -> None:
    async with hosting(SPEC) as host:
        task = await soon(host.hub.task(await begun(host, "vanish")))
        with pytest.raises(ServerLost):
            await soon(host.hub.task(task))


async def test_a_server_may_tell_of_a_task_unasked() -> None:
    async with hosting(SPEC) as host:
        task = await begun(host, "announce")
        await host.until(lambda: any(isinstance(each, TaskHeard) for each in host.happened))
        heard = next(each.task for each in host.happened if isinstance(each, TaskHeard))
        assert (heard.id, heard.status, heard.message) == (task.id, TaskStatus.COMPLETED, "all done")


async def test_all_tasks_are_listed_page_by_page() -> None:
    async with hosting(SPEC) as host:
        begun_ = [await begun(host, "endless") for _ in range(5)]
        listed = await soon(host.hub.list_tasks("tasks"))
        assert [each.id for each in listed] == [each.id for each in begun_]


async def test_a_server_that_answers_at_once_gives_a_result_and_no_task() -> None:
    async with hosting(SPEC) as host:
        result = await soon(host.hub.start_task("tasks", "hasty", {}))
        assert not isinstance(result, Task) and result.text == "done already"


async def test_a_task_that_the_server_does_not_know_is_said_in_its_words() -> None:
    async with hosting(SPEC) as host:
        with pytest.raises(RequestFailed, match="there is no such task"):
            await soon(host.hub.task(Task("tasks", "nonsense")))


async def test_giving_up_the_wait_for_a_result_leaves_the_task_alone() -> None:
    answers = Answers()
    answers.go.clear()
    async with hosting(SPEC, asks=answers) as host:
        task = await soon(host.hub.task(await begun(host, "clarify")))
        waiting = asyncio.create_task(host.hub.task_result(task))
        await host.until(lambda: any(frame.method == "elicitation/create" for frame in host.trace))
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=5)
        assert waiting.cancelled()
        assert (await soon(host.hub.task(task))).status is TaskStatus.INPUT_REQUIRED
