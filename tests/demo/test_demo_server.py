"""The demo server as a program, over real pipes, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
import sys
import zlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import mcp
import mcp.types as wire
import pytest
from mcp.client.stdio import StdioServerParameters, stdio_client

from mcp_tui.demo.zones import UnknownZone, find_zone, tell_time

ERAS = ("auto", "legacy")
WAIT = 20.0
ZOE: dict[str, str | int | float | bool | list[str] | None] = {
    "name": "Zoë",
    "favourite_colour": "blue",
    "lucky_number": 3,
    "likes_terminals": False,
}


class Person:
    """Answers what the server asks, and keeps what it was asked."""

    def __init__(self, reply: wire.ElicitResult | None = None) -> None:
        self.reply = reply or wire.ElicitResult(action="accept", content=ZOE)
        self.forms: list[dict[str, Any]] = []

    async def elicit(self, context: Any, params: wire.ElicitRequestParams) -> wire.ElicitResult:
        assert isinstance(params, wire.ElicitRequestFormParams)
        self.forms.append(params.requested_schema)
        return self.reply

    async def sample(self, context: Any, params: wire.CreateMessageRequestParams) -> wire.CreateMessageResult:
        content = params.messages[0].content
        assert isinstance(content, wire.TextContent)
        said = wire.TextContent(type="text", text=f"about {content.text}")
        return wire.CreateMessageResult(role="assistant", content=said, model="tester")


@asynccontextmanager
async def demo(era: str = "auto", person: Person | None = None) -> AsyncGenerator[mcp.Client]:
    person = person or Person()
    program = StdioServerParameters(command=sys.executable, args=["-m", "mcp_tui.demo.server"])
    client = mcp.Client(
        stdio_client(program), mode=era, elicitation_callback=person.elicit, sampling_callback=person.sample
    )
    async with asyncio.timeout(WAIT), client:
        yield client


async def call(client: mcp.Client, tool: str, **arguments: Any) -> str:
    """The text of a result, with "ERROR " before it when the tool failed."""
    result = await client.call_tool(tool, arguments)
    (block,) = result.content
    assert isinstance(block, wire.TextContent)
    return f"ERROR {block.text}" if result.is_error else block.text


async def test_it_introduces_itself_and_describes_every_tool_and_parameter() -> None:
    async with demo() as client:
        assert client.server_info and client.server_info.name == "demo" and client.server_info.version
        assert client.instructions
        tools = (await client.list_tools()).tools
    for tool in tools:
        assert tool.title and tool.description and tool.annotations
        assert all(schema.get("description") for schema in tool.input_schema["properties"].values())
    destructive = [tool.name for tool in tools if tool.annotations and tool.annotations.destructive_hint]
    assert destructive == ["delete_note"]


async def test_the_plain_tools_do_what_they_say() -> None:
    async with demo() as client:
        assert await call(client, "add", a=17, b=25) == "42"
        assert await call(client, "add", a=0.1, b=0.2) == "0.3"
        assert await call(client, "add", a=-1.5, b=1.5) == "0"
        assert await call(client, "add", a=10**30, b=1) == str(10**30 + 1)
        assert await call(client, "reverse_text", text="héllo") == "olléh"
        assert "UTC" in await call(client, "get_current_time")
        assert "Europe/Paris" in await call(client, "get_current_time", timezone="paris")
        assert "Did you mean Europe/Paris?" in await call(client, "get_current_time", timezone="Pariss")
        assert (await call(client, "fail", message="boom")).endswith("fail: boom")


async def test_the_forecast_is_structured_deterministic_and_says_that_it_is_invented() -> None:
    async with demo() as client:
        arguments = {"city": "Reykjavik", "days": 2, "units": "fahrenheit"}
        first, second = [await client.call_tool("get_weather", arguments) for _ in range(2)]
    assert first.structured_content == second.structured_content
    forecast = first.structured_content
    assert forecast and "Invented" in forecast["note"]
    assert forecast["place"]["name"] == "Reykjavik" and forecast["units"] == "fahrenheit"
    assert [day["day"] for day in forecast["days"]] == [1, 2]
    assert all(day["low"] < day["high"] for day in forecast["days"])


async def test_counting_reports_progress_and_can_be_cancelled() -> None:
    seen: list[tuple[float, float | None, str | None]] = []
    counted = asyncio.Event()

    async def progressed(progress: float, total: float | None, message: str | None) -> None:
        seen.append((progress, total, message))
        counted.set()

    async with demo() as client:
        result = await client.call_tool("count_slowly", {"steps": 3, "pause": 0}, progress_callback=progressed)
        assert not result.is_error
        assert sorted(seen) == [(n, 3, f"counted to {n} of 3") for n in (1, 2, 3)]
        counted.clear()
        long = asyncio.create_task(
            client.call_tool("count_slowly", {"steps": 100, "pause": 10}, progress_callback=progressed)
        )
        await counted.wait()
        long.cancel()
        with pytest.raises(asyncio.CancelledError):
            await long
        assert await call(client, "add", a=1, b=1) == "2"


@pytest.mark.parametrize("era", ERAS)
async def test_it_asks_the_person_and_the_model_in_both_eras(era: str) -> None:
    person = Person()
    async with demo(era, person) as client:
        said = await call(client, "ask_me")
        assert await call(client, "ask_model", question="cats") == "tester says: about cats"
    assert said == "Zoë picks blue, trusts in 3 and does not like terminals."
    fields = person.forms[0]["properties"]
    assert [fields[name]["type"] for name in ZOE] == ["string", "string", "integer", "boolean"]
    assert "blue" in fields["favourite_colour"]["enum"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_declined_form_is_an_answer_too(era: str) -> None:
    async with demo(era, Person(wire.ElicitResult(action="decline"))) as client:
        assert await call(client, "ask_me") == "No answers: the form was declined."


async def test_a_deleted_note_is_gone_from_the_resources_until_a_restart() -> None:
    async with demo() as client:
        assert "Deleted" in await call(client, "delete_note", name="ideas")
        assert (await call(client, "delete_note", name="ideas")).startswith("ERROR")
        with pytest.raises(mcp.MCPError, match="no note 'ideas'"):
            await client.read_resource("demo://notes/ideas")
    async with demo() as client:
        assert (await client.read_resource("demo://notes/ideas")).contents


async def test_its_resources_have_the_types_they_claim() -> None:
    async with demo() as client:
        contents: dict[str, Any] = {}
        for resource in (await client.list_resources()).resources:
            (content,) = (await client.read_resource(resource.uri)).contents
            assert content.mime_type == resource.mime_type
            contents[resource.mime_type or ""] = content
        (template,) = (await client.list_resource_templates()).resource_templates
    assert template.uri_template == "demo://notes/{name}"
    assert contents["text/plain"].text and contents["text/markdown"].text.startswith("# ")
    assert "welcome" in json.loads(contents["application/json"].text)
    assert base64.b64decode(contents["application/octet-stream"].blob) == bytes(range(256))
    check_png(base64.b64decode(contents["image/png"].blob))


def check_png(data: bytes) -> None:
    """Signature, every chunk's checksum, and as many pixels as the header says."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    position, chunks = 8, dict[bytes, bytes]()
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        body = data[position + 8 : position + 8 + length]
        assert struct.unpack_from(">I", data, position + 8 + length)[0] == zlib.crc32(kind + body)
        chunks[kind] = body
        position += 12 + length
    width, height = struct.unpack_from(">2I", chunks[b"IHDR"])
    assert len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + 3 * width)


async def test_its_prompts_have_messages_and_its_arguments_complete() -> None:
    greet = wire.PromptReference(type="ref/prompt", name="greet")
    note = wire.ResourceTemplateReference(type="ref/resource", uri="demo://notes/{name}")
    async with demo() as client:
        greeting = (await client.get_prompt("greet", {"name": "Ada", "style": "pirate"})).messages
        review = (await client.get_prompt("review", {"code": "x = 1", "language": "go"})).messages
        styles = await client.complete(greet, {"name": "style", "value": "P"})
        names = await client.complete(note, {"name": "name", "value": ""})
        nothing = await client.complete(greet, {"name": "name", "value": "a"})
    assert isinstance(greeting[0].content, wire.TextContent) and "pirate greeting for Ada" in greeting[0].content.text
    assert [message.role for message in review] == ["user", "assistant", "user"]
    assert styles.completion.values == ["pirate"]
    assert names.completion.values == ["welcome", "shopping", "ideas"]
    assert nothing.completion.values == []


def test_a_zone_is_found_by_its_name_its_city_or_in_any_case() -> None:
    moment = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
    assert tell_time("Europe/Paris", moment) == "2026-01-02 13:00:00 in Europe/Paris (UTC+01:00)"
    assert [find_zone(name)[0] for name in ("utc", "new york", "europe/paris")] == [
        "UTC",
        "America/New_York",
        "Europe/Paris",
    ]


@pytest.mark.parametrize("name", ["Nowhere/Land", "../etc/passwd", "Europe", "\0"])
def test_a_name_that_is_no_zone_is_refused_with_advice(name: str) -> None:
    with pytest.raises(UnknownZone, match="There is no time zone"):
        find_zone(name)
