"""What server-everything does by itself: its task with a question, changes of a resource, a log of a chosen level."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from real_kit import PATIENCE, Person, Session, served, session

from mcp_tui.domain.asks import Elicitation
from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.errors import ServerError
from mcp_tui.domain.happenings import Logged, WatchChanged
from mcp_tui.domain.servers import LOG_LEVELS, ServerSpec
from mcp_tui.domain.tasks import TaskSupport
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home
from mcp_tui.workbench.tasks import TaskRun
from tests.npm import needs_npm

pytestmark = needs_npm
GRAVE = LOG_LEVELS[LOG_LEVELS.index("error") :]


@pytest.fixture(params=["stdio", "streamableHttp"])
async def spec(request: pytest.FixtureRequest, program: str) -> AsyncGenerator[ServerSpec]:
    async with served(program, request.param) as entry:
        yield entry


@pytest.fixture
async def here(spec: ServerSpec) -> AsyncGenerator[Session]:
    async with session(spec) as connected:
        yield connected


class Desk:
    """A workbench with the server, and a person who answers its questions."""

    def __init__(self, folder: Path, spec: ServerSpec) -> None:
        home = Home(Paths(folder, folder, folder, folder), {}, Settings())
        self.person = Person()
        self.bench = Workbench(home, [spec], asks=self.person)
        self.said: list[str] = []

    @property
    def tool(self) -> Tool:
        tool = self.bench.find_tool("everything", "simulate-research-query")
        assert tool is not None
        return tool

    def research(self, topic: str, ambiguous: bool = False) -> asyncio.Task[ToolResult]:
        arguments = {"topic": topic, "ambiguous": ambiguous}
        tell = self.said.append
        call = self.bench.call_tool(self.tool, arguments, progress=lambda _done, _total, message: tell(message))
        return asyncio.create_task(asyncio.wait_for(call, PATIENCE))

    async def run(self, topic: str) -> TaskRun:
        """The task about this, once the server has taken it on."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for run in self.bench.tasks:
                    if run.arguments and run.arguments["topic"] == topic:
                        return run
                await asyncio.sleep(0.02)


@pytest.fixture
async def desk(tmp_path: Path, spec: ServerSpec) -> AsyncGenerator[Desk]:
    made = Desk(tmp_path, spec)
    made.bench.start()
    await asyncio.wait_for(made.bench.hub.wait_settled(), PATIENCE)
    yield made
    await made.bench.aclose()


async def test_its_task_asks_the_person_and_ends_while_another_is_cancelled(desk: Desk) -> None:
    tasks = desk.bench.tasks
    assert tasks.support(desk.tool) is TaskSupport.REQUIRED
    answered, stopped = desk.research("python", ambiguous=True), desk.research("bees")
    bees, python = await desk.run("bees"), await desk.run("python")
    assert (python.words, bees.words) == ("working", "working")
    await tasks.cancel(bees)
    with pytest.raises(ServerError, match="the task was cancelled"):
        await stopped
    result = await answered
    (asked,) = desk.person.asked
    assert isinstance(asked, Elicitation) and "multiple interpretations" in asked.message
    assert "Research Report: python (programming)" in result.text
    assert any("Requesting clarification" in words for words in desk.said)
    assert await tasks.refresh() == []
    assert {run.arguments and run.arguments["topic"]: run.words for run in tasks} == {
        "python": "completed",
        "bees": "cancelled",
    }


async def test_its_list_tells_of_a_task_that_nobody_follows(desk: Desk) -> None:
    started = await desk.bench.hub.start_task("everything", desk.tool.name, {"topic": "ants", "ambiguous": False})
    assert not isinstance(started, ToolResult)
    assert await desk.bench.tasks.refresh() == []
    (run,) = desk.bench.tasks
    assert (run.task.id, run.words, run.arguments) == (started.id, "working", None)
    await desk.bench.tasks.cancel(run)
    assert run.words == "cancelled"


async def test_a_watched_resource_is_told_to_have_changed_and_others_are_not(here: Session) -> None:
    watched, other = (each.uri for each in here.hub.catalog("everything").resources[:2])
    assert here.hub.can_watch("everything")
    await here.hub.subscribe("everything", watched)
    await here.said("toggle-subscriber-updates")
    await here.until(lambda: (watch := here.hub.watch("everything", watched)) and watch.times and not watch.trouble)
    told = {each.uri for each in here.news if isinstance(each, WatchChanged)}
    assert told == {watched} and here.hub.watch("everything", other) is None
    await here.hub.unsubscribe("everything", watched)
    assert here.hub.watch("everything", watched) is None


async def test_only_lines_of_the_chosen_level_and_above_arrive(here: Session) -> None:
    def levels() -> list[str]:
        return [each.level for each in here.news if isinstance(each, Logged) and each.level in LOG_LEVELS]

    async def provoke() -> None:
        """One line of a level that it throws dice for, and one of level info."""
        for _ in ("on", "off"):
            await here.said("toggle-simulated-logging")
        await here.hub.subscribe("everything", uri)
        await here.hub.unsubscribe("everything", uri)

    uri = here.hub.catalog("everything").resources[0].uri
    await here.hub.set_log_level("everything", "error")
    here.news.clear()
    async with asyncio.timeout(PATIENCE):
        while len(levels()) < 8:
            await provoke()
    assert set(levels()) <= set(GRAVE)
    await here.hub.set_log_level("everything", "debug")
    here.news.clear()
    await provoke()
    await here.until(lambda: levels().count("info") >= 2)
