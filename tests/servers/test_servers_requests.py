"""Calls, questions, lists and notices over real pipes, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from servers_kit import Answers, Host, hosting, modern, raw, soon

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling
from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.content import TextBlock, UnknownBlock
from mcp_tui.domain.errors import RequestFailed, RequestTimedOut, ServerLost
from mcp_tui.domain.servers import ServerState
from tests.nobody import NobodyAnswers


class Undecided(NobodyAnswers):
    """Somebody who never answers."""

    def __init__(self) -> None:
        self.began, self.ended = asyncio.Event(), asyncio.Event()

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        await self._wait()
        raise AssertionError

    async def sample(self, ask: Sampling) -> SampleReply | None:
        await self._wait()

    async def _wait(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


async def test_a_modern_server_is_listed_called_and_read_and_reports_progress() -> None:
    async with hosting(modern()) as host:
        hub, info = host.hub, host.hub.info("modern")
        assert info is not None
        assert (info.name, info.version, info.era, info.protocol) == ("modern", "1.2.3", "modern", "2026-07-28")
        assert info.instructions == "be kind" and "tools" in info.capabilities
        catalog = hub.catalog("modern")
        assert [len(catalog[kind].items) for kind in Kind] == [7, 1, 1, 1]
        assert await host.call("echo", "modern", text="hi") == "hi"
        prompt = await soon(hub.get_prompt("modern", "letter", {"to": "Ada"}))
        assert [(each.role, each.block) for each in prompt.messages] == [("user", TextBlock("Dear Ada"))]
        resource = await soon(hub.read_resource("modern", "demo://item/x"))
        assert [each.text for each in resource.contents] == ["item x"]
        assert await soon(hub.complete("modern", prompt="letter", argument="to", value="A")) == ["Ada", "Alan"]
        seen: list[tuple[float, float | None, str]] = []
        await soon(hub.call_tool("modern", "count", {"to": 2}, progress=lambda *step: seen.append(step)))
        assert sorted(seen) == [(1, 2, "at 1"), (2, 2, "at 2")]


async def test_a_legacy_server_is_listed_and_called_and_its_unknown_fields_are_kept() -> None:
    async with hosting(raw()) as host:
        info, catalog = host.hub.info("raw"), host.hub.catalog("raw")
        assert info is not None and (info.name, info.era, info.protocol) == ("raw", "legacy", "2025-11-25")
        assert info.raw["serverInfo"]["x-odd"] is True
        assert catalog.tools[0].raw["x-custom"] == 1
        assert [each.arguments[0].name for each in catalog.prompts] == ["who"]
        assert [each.size for each in catalog.resources] == [3]
        assert catalog[Kind.TEMPLATE].error == ""
        assert await host.call("echo", a=1) == '{"a": 1}'


@pytest.mark.parametrize(("server", "tool"), [("modern", "greet"), ("raw", "ask")])
async def test_a_server_may_ask_the_person_in_either_era(server: str, tool: str) -> None:
    answers = Answers()
    async with hosting(modern() if server == "modern" else raw(), asks=answers) as host:
        assert "Ada" in await host.call(tool, server)
    assert [(each.server, each.message) for each in answers.asked] == [(server, "Who are you?")]
    assert answers.asked[0].schema is not None and "name" in answers.asked[0].schema["properties"]


async def test_a_failing_question_is_declined_and_logged() -> None:
    class Broken(NobodyAnswers):
        async def elicit(self, ask: Elicitation) -> ElicitReply:
            raise ValueError("the screen is gone")

    async with hosting(raw(), asks=Broken()) as host:
        assert json.loads(await host.call("ask")) == {"action": "decline"}
        assert any("the screen is gone" in line for line in host.logged("error"))


async def test_a_server_may_ask_for_the_model_only_when_that_is_offered() -> None:
    async with hosting(raw(), asks=Answers(), sampling=True) as host:
        reply = json.loads(await host.call("sample"))
        assert reply["content"]["text"] == "an answer to: 2 + 2?" and reply["model"] == "test-model"
    async with hosting(raw(), asks=Answers()) as host:
        hello = next(frame.body for frame in host.trace if frame.method == "initialize")
        assert "sampling" not in hello["params"]["capabilities"]
        assert "not supported" in await host.call("sample")


async def test_log_messages_of_a_server_are_logged() -> None:
    async with hosting(raw()) as host:
        await host.call("log")
        await host.until(lambda: host.logged("info") == ["db: opened"])


async def test_without_anybody_to_ask_no_server_is_told_that_it_may() -> None:
    async with hosting(raw()) as host:
        hello = next(frame.body for frame in host.trace if frame.method == "initialize")
        assert "elicitation" not in hello["params"]["capabilities"]


async def test_a_changed_list_is_read_again_once_for_many_notices() -> None:
    async with hosting(raw()) as host:
        await host.call("change")
        await host.until(lambda: any(tool.name == "new4" for tool in host.hub.catalog("raw").tools))
        assert sum(frame.method == "tools/list" for frame in host.trace) == 2


async def test_a_changed_list_is_noticed_in_the_modern_era() -> None:
    async with hosting(modern()) as host:
        # The stream of changes opens right after the first listing.
        await host.until(lambda: "notifications/subscriptions/acknowledged" in [frame.method for frame in host.trace])
        await host.call("change", "modern")
        await host.until(lambda: any(tool.name == "grown" for tool in host.hub.catalog("modern").tools))


async def test_a_call_times_out_and_the_server_is_told_and_stays_usable() -> None:
    async with hosting(raw()) as host:
        with pytest.raises(RequestTimedOut):
            await host.hub.call_tool("raw", "never", {}, timeout=0.1)
        await host.until(lambda: any("told to stop" in line for line in host.hub.stderr("raw")))
        assert await host.call("echo") == "{}"


async def test_the_time_of_an_open_question_is_not_the_servers() -> None:
    answers = Answers()
    answers.go.clear()
    async with hosting(raw(), asks=answers) as host:
        call = asyncio.create_task(host.hub.call_tool("raw", "ask", {}, timeout=0.2))
        await asyncio.sleep(0.5)
        answers.go.set()
        assert "Ada" in (await soon(call)).text


async def test_cancelling_a_caller_tells_the_server() -> None:
    async with hosting(raw()) as host:
        call = asyncio.create_task(host.call("never"))
        await host.until(lambda: "tools/call" in [frame.method for frame in host.trace])
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await host.until(lambda: any("told to stop" in line for line in host.hub.stderr("raw")))


@pytest.mark.parametrize("tool", ["ask", "sample"])
async def test_a_question_ends_with_the_last_call_in_whose_time_it_was_asked(tool: str) -> None:
    async with hosting(raw(), asks=(person := Undecided()), sampling=True) as host:
        other = asyncio.create_task(host.call("never"))
        await host.until(lambda: "tools/call" in [frame.method for frame in host.trace])
        call = asyncio.create_task(host.call(tool))
        await soon(person.began.wait())
        call.cancel()
        await asyncio.wait({call})
        assert not person.ended.is_set(), "the other call may need the answer"
        other.cancel()
        await soon(person.ended.wait())
        await host.until(lambda: any(frame.outgoing and frame.is_reply for frame in host.trace))


async def test_a_question_that_no_call_brought_about_stays() -> None:
    async with hosting(raw("asks"), asks=(person := Undecided())) as host:
        await soon(person.began.wait())
        assert await host.call("echo", "asks") == "{}"
        assert not person.ended.is_set()


async def test_a_refusal_keeps_its_code_and_data() -> None:
    async with hosting(raw()) as host:
        with pytest.raises(RequestFailed, match="not today") as caught:
            await host.call("refuse")
        assert (caught.value.code, caught.value.data) == (-32000, {"until": "Monday"})


async def test_fifty_megabytes_arrive_in_time() -> None:
    async with hosting(raw()) as host:
        began = time.monotonic()
        assert len(await host.call("big")) == 50_000_000
        assert time.monotonic() - began < 3
        biggest = max(host.trace, key=lambda frame: frame.size)
        assert biggest.size > 50_000_000 and not biggest.is_whole


async def test_a_flood_on_standard_error_is_survived_and_bounded() -> None:
    async with hosting(raw("floods")) as host:
        assert await host.call("echo", "floods") == "{}"
        await host.until(lambda: "the end" in host.hub.stderr("floods"))
        assert len(host.hub.stderr("floods")) == 500
        assert len(host.logged("stderr")) < 5_000


async def test_bytes_that_are_no_utf8_and_stray_lines_do_no_harm() -> None:
    async with hosting(raw()) as host:
        assert await host.call("latin1") == "caf\ufffd"
        assert await host.call("stray") == "{}"
        strays = [frame for frame in host.trace if frame.error == "not JSON-RPC"]
        assert [frame.raw for frame in strays] == [b"a line of a print statement"]
        assert host.logged("warning") == ["Not a message: a line of a print statement"]
        assert any(b"caf\xe9" in frame.raw for frame in host.trace)


async def test_a_reply_too_deep_to_read_fails_its_call_alone() -> None:
    async with hosting(raw()) as host:
        with pytest.raises(RequestFailed, match="no readable JSON"):
            await host.call("deep")
        assert await host.call("echo") == "{}"


async def test_half_a_reply_is_a_lost_server() -> None:
    async with hosting(raw()) as host:
        with pytest.raises(ServerLost):
            await host.call("half")


async def test_blocks_of_unknown_types_are_kept() -> None:
    async with hosting(raw()) as host:
        result = await soon(host.hub.call_tool("raw", "hologram", {}))
        assert result.blocks == (UnknownBlock({"type": "hologram", "beam": 1}),)
        assert result.raw["x-unknown"] == 2


async def test_structured_content_that_breaks_its_promise_is_shown_with_a_complaint() -> None:
    async with hosting(raw()) as host:
        result = await soon(host.hub.call_tool("raw", "misfit", {}))
        assert result.structured == {"n": "three"} and result.text == "ok"
        assert result.conforms is False and result.complaint.startswith("n ")


async def test_every_page_is_read_and_a_repeated_cursor_ends_it() -> None:
    async with hosting(raw("pages"), raw("repeats")) as host:
        assert [tool.name for tool in host.hub.catalog("pages").tools] == ["t0", "t1", "t2"]
        listing = host.hub.catalog("repeats")[Kind.TOOL]
        assert len(listing.items) == 2 and "repeats its cursor" in listing.note


async def test_a_list_without_measure_is_cut_and_the_log_says_so_once() -> None:
    async with hosting(raw("many")) as host:
        listing = host.hub.catalog("many")[Kind.TOOL]
        assert len(listing.items) == 10_000 and listing.note == "more than 10,000 items: stopped there"
        assert host.logged("warning") == ["many: the list of tools: more than 10,000 items: stopped there"]


async def test_malformed_tools_are_left_out_and_counted() -> None:
    async with hosting(raw("malformed")) as host:
        listing = host.hub.catalog("malformed")[Kind.TOOL]
        assert [item.key for item in listing.items] == ["echo"]
        assert listing.note.startswith("2 left out") and not listing.error


async def test_a_server_that_cannot_complete_suggests_nothing() -> None:
    async with hosting(raw()) as host:
        assert await soon(host.hub.complete("raw", prompt="greet", argument="who", value="")) == []


async def test_a_list_that_fails_spoils_no_other_and_no_server() -> None:
    async with hosting(raw("no-tools-list")) as host:
        catalog, status = host.hub.catalog("no-tools-list"), host.hub.status("no-tools-list")
        assert catalog[Kind.TOOL].error == "the tools are on holiday"
        assert catalog.prompts and catalog.resources
        assert (status.state, status.short) == (ServerState.DEGRADED, "list failed")
        assert await host.call("echo", "no-tools-list") == "{}"


async def test_what_a_server_lacks_is_empty_and_not_asked_for() -> None:
    async with hosting(raw("bare")) as host:
        assert list(host.hub.catalog("bare")) == []
        assert {frame.method for frame in host.trace if frame.outgoing} == {
            "server/discover",
            "initialize",
            "notifications/initialized",
        }


async def test_every_frame_is_recorded_both_ways_byte_for_byte() -> None:
    async with hosting(raw()) as host:
        await host.call("echo", word="hé")
        asked, answered = (frame for frame in list(host.trace)[-2:])
        assert asked.outgoing and (asked.method, asked.what) == ("tools/call", "echo")
        assert asked.body["params"]["arguments"] == {"word": "hé"}
        assert not answered.outgoing and answered.is_reply and answered.id == asked.id
        assert b'"{\\"word\\": \\"h\\\\u00e9\\"}"' in answered.raw


async def test_refreshing_lists_again() -> None:
    async with hosting(raw()) as host:
        before = host.catalog_changes()
        await soon(host.hub.refresh("raw"))
        assert host.catalog_changes() == before + 1


async def test_the_sdk_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    host = Host()
    await host.ready(raw(), raw("exits"))
    await host.call("stray")
    with pytest.raises(ServerLost):
        await host.call("die")
    await host.hub.aclose()
    assert capfd.readouterr() == ("", "")
