"""server-everything over each transport: every tool, and everything it asks of its host."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from real_kit import Session, served, session

from mcp_tui.domain.asks import Elicitation, Root, Sampling
from mcp_tui.domain.content import BlobBlock, LinkBlock, ResourceBlock
from mcp_tui.domain.schema import sample
from tests.npm import needs_npm

pytestmark = needs_npm
ROOT = Root("file:///srv/project", "project")
CALLED_OTHERWISE = {
    "gzip-file-as-resource": {"data": "data:text/plain,hello"},
    "trigger-long-running-operation": {"duration": 0.4, "steps": 2},
    "trigger-url-elicitation": {"url": "https://example.com/sign-in", "message": "Please sign in"},
}
AS_A_TASK_ONLY = {"simulate-research-query"}


@pytest.fixture(params=["stdio", "streamableHttp", "sse"])
async def here(request: pytest.FixtureRequest, program: str) -> AsyncGenerator[Session]:
    async with served(program, request.param) as spec, session(spec, roots=(ROOT,)) as connected:
        yield connected


async def test_every_tool_is_called_and_every_question_answered(here: Session) -> None:
    await here.until(lambda: here.hub.catalog("everything").tools[-1].name != "get-sum")
    tools = here.hub.catalog("everything").tools
    assert len(tools) >= 15
    failed = {}
    for tool in tools:
        if tool.name not in AS_A_TASK_ONLY:
            result = await here.call(tool.name, **CALLED_OTHERWISE.get(tool.name, sample(tool.input_schema)))
            if result.is_error:
                failed[tool.name] = str(result.blocks)
    assert not failed
    asked = here.person.asked
    assert any(isinstance(ask, Elicitation) and ask.schema for ask in asked)
    assert any(isinstance(ask, Elicitation) and ask.url == "https://example.com/sign-in" for ask in asked)
    assert any(isinstance(ask, Sampling) for ask in asked)


async def test_what_it_returns_keeps_its_type(here: Session) -> None:
    image = (await here.call("get-tiny-image")).blocks[1]
    assert isinstance(image, BlobBlock) and image.data.startswith(b"\x89PNG")
    links = (await here.call("get-resource-links", count=2)).blocks
    assert [type(block) for block in links[1:]] == [LinkBlock, LinkBlock]
    embedded = (await here.call("get-resource-reference", resourceType="Text", resourceId=1)).blocks[1]
    assert isinstance(embedded, ResourceBlock) and embedded.text
    assert (await here.call("get-structured-content", location="Chicago")).structured


async def test_progress_roots_and_the_persons_answers_arrive(here: Session) -> None:
    steps: list[tuple[float, float | None]] = []
    await here.hub.call_tool(
        "everything",
        "trigger-long-running-operation",
        {"duration": 0.6, "steps": 3},
        progress=lambda done, total, _message: steps.append((done, total)),
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]
    await here.until(lambda: any(tool.name == "get-roots-list" for tool in here.hub.catalog("everything").tools))
    assert ROOT.uri in await here.said("get-roots-list")
    assert "forty-two" in await here.said("trigger-sampling-request", prompt="what is it")
    assert "provided the requested information" in await here.said("trigger-elicitation-request")


async def test_a_refusal_reaches_it_as_such(program: str) -> None:
    async with served(program, "stdio") as spec, session(spec, willing=False) as here:
        await here.until(lambda: len(here.hub.catalog("everything").tools) >= 15)
        assert "declined" in await here.said("trigger-elicitation-request")
        refused = await here.call("trigger-sampling-request", prompt="what is it")
        assert refused.is_error and "rejected" in str(refused.blocks)


async def test_its_prompts_resources_and_completions_are_read(here: Session) -> None:
    catalog = here.hub.catalog("everything")
    prompt = await here.hub.get_prompt("everything", "args-prompt", {"city": "Paris"})
    assert "Paris" in str(prompt.messages)
    found = await here.hub.complete("everything", prompt="completable-prompt", argument="department", value="E")
    assert found == ["Engineering"]
    for resource in catalog.resources:
        assert (await here.hub.read_resource("everything", resource.uri)).contents
    dynamic = await here.hub.read_resource("everything", "demo://resource/dynamic/text/7")
    assert "Resource 7" in str(dynamic.contents)


async def test_its_log_lines_arrive(here: Session) -> None:
    before = len(here.news)
    await here.said("toggle-simulated-logging")
    await here.until(lambda: any("evel" in line for line in here.log.splitlines()) and len(here.news) > before)
