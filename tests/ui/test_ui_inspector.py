"""The Inspector at the keyboard: tools, prompts, resources, servers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fakes import FakeBench, PaneApp
from looking import until
from textual.pilot import Pilot
from textual.widgets import Button

from mcp_tui.domain.catalog import Hints, Kind, Prompt, PromptArgument, Resource, Template, Tool
from mcp_tui.domain.content import (
    BlobBlock,
    LinkBlock,
    PromptMessage,
    PromptResult,
    ResourceBlock,
    ResourceResult,
    TextBlock,
    ToolResult,
    UnknownBlock,
)
from mcp_tui.domain.errors import PermissionDenied, RequestFailed
from mcp_tui.domain.happenings import CatalogChanged, ServerChanged, ServerRemoved
from mcp_tui.domain.servers import HttpSpec, ServerInfo, ServerState, ServerStatus, StdioSpec
from mcp_tui.ui.refs import Ref, ref_to
from mcp_tui.ui.widgets.inspector import InspectorPane
from mcp_tui.ui.widgets.messages import CopyRequested
from mcp_tui.ui.widgets.schema_form import SchemaForm

HOSTILE = "[/bold][@click=app.quit]x[/]\x1b]52;c;AA==\x07\u202eevil\u200b"
SUM = Tool(
    "everything",
    "get-sum",
    description="Adds two numbers.",
    input_schema={
        "type": "object",
        "properties": {"a": {"type": "integer", "description": "The first."}, "b": {"type": "integer", "default": 7}},
        "required": ["a"],
    },
    hints=Hints(read_only=True, idempotent=True, open_world=False),
    raw={"name": "get-sum"},
)
NOW = Tool("everything", "now", description="The time.", raw={"name": "now"})
GREET = Prompt("everything", "greet", description="Says hello.", arguments=(PromptArgument("who", "A name.", True),))
PLAIN = Prompt("everything", "plain")
NOTES = Resource("everything", "demo://notes", "notes.md", mime_type="text/markdown")
BY_ID = Template("everything", "demo://items/{id}", "item")


def a_bench() -> FakeBench:
    bench = FakeBench()
    bench.add("everything", SUM, NOW, GREET, PLAIN, NOTES, BY_ID)
    return bench


Shown = tuple[PaneApp, InspectorPane, Pilot[None]]


@asynccontextmanager
async def opened(bench: FakeBench, ref: Ref, size: tuple[int, int] = (60, 40)) -> AsyncGenerator[Shown]:
    """The Inspector with something opened by enter."""
    pane = InspectorPane(bench.as_workbench)
    app = PaneApp(pane)
    async with app.run_test(size=size) as pilot:
        pane.show(ref)
        pane.focus_body()
        await until(lambda: "Details" in app.shown() or "Preview" in app.shown() or "Content" in app.shown())
        await pilot.pause()
        yield app, pane, pilot


async def call(app: PaneApp, pilot: Pilot[None]) -> None:
    """Go to the form of the tool, and send it as it is."""
    await pilot.press("enter")
    await until(lambda: app.focused is not None and any(isinstance(each, SchemaForm) for each in app.focused.ancestors))
    await pilot.press("ctrl+s")


async def sees(app: PaneApp, pilot: Pilot[None], *words: str) -> None:
    try:
        await until(lambda: all(word in app.shown() for word in words))
    except TimeoutError:
        missing = [word for word in words if word not in app.shown()]
        pytest.fail(f"{missing} not in\n{app.shown()}")


def test_importing_the_pane_loads_nothing_heavy() -> None:
    code = (
        "import sys, mcp_tui.ui.widgets.inspector, mcp_tui.ui.widgets.explorer;"
        "print([name for name in ('markdown_it', 'pygments', 'jsonschema', 'mcp', 'openai') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout.strip() == "[]"


async def test_an_empty_inspector_says_how_to_fill_it() -> None:
    pane = InspectorPane(a_bench().as_workbench)
    app = PaneApp(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(app, pilot, "Inspector", "Pick something in the Explorer: enter opens it here.")
        assert pane.home.focusable


async def test_details_tell_what_a_tool_is() -> None:
    async with opened(a_bench(), ref_to(SUM)) as (app, _, pilot):
        await sees(app, pilot, "ƒ get-sum", "everything · tool", "Details  Call  History  Raw", "Adds two numbers.")
        await sees(app, pilot, "The server says", "not checked", "· read-only   · repeatable   · local")
        await sees(app, pilot, "Arguments", "2, 1 required", "a  whole number", "required", "The first.", "7")
        await sees(
            app, pilot, "Offered to the model", "■ yes", "When the model asks", "ask me first", " enter  call it"
        )


async def test_a_long_name_stays_whole_and_what_it_is_goes_below_it() -> None:
    bench = FakeBench()
    tool = Tool("everything", "trigger-elicitation-request-async", description="It asks.", raw={})
    bench.add("everything", tool)
    async with opened(bench, ref_to(tool), (48, 20)) as (app, _, pilot):
        await sees(app, pilot, "  ƒ trigger-elicitation-request-async\n  everything · tool\n")
        await pilot.resize_terminal(80, 20)
        await sees(app, pilot, f"  ƒ trigger-elicitation-request-async{'everything · tool':>41}\n")


async def test_the_arrows_and_digits_switch_tabs_and_esc_goes_back() -> None:
    async with opened(a_bench(), ref_to(NOW)) as (app, pane, pilot):
        await pilot.press("left")
        await sees(app, pilot, "Definition", '"name"')
        await pilot.press("3")
        await sees(app, pilot, "Nothing called yet")
        await pilot.press("escape")
        await sees(app, pilot, "The server says")
        assert pane.has_focus_within


async def test_a_tool_is_called_by_its_form_and_called_again() -> None:
    bench = a_bench()
    bench.result = ToolResult((TextBlock("**42** it is"),), {"sum": 42, "parts": [17, 25]}, conforms=True)
    async with opened(bench, ref_to(SUM)) as (app, pane, pilot):
        await pilot.press("enter")
        await sees(app, pilot, "ctrl+s")
        await until(lambda: type(app.focused).__name__ in ("Input", "Line"))
        await pilot.press(*"17")
        assert pane.has_draft
        await pilot.press("ctrl+s")
        await sees(
            app, pilot, "Result", "History 1", "fits its schema", "Data", "2 keys", "sum", "42", "2 items", "42 it is"
        )
        assert bench.called == [("get-sum", {"a": 17})]
        assert not pane.has_draft
        await pilot.press("r")
        await until(lambda: len(bench.called) == 2)
        await sees(app, pilot, "History 2")
        await pilot.press("y")
        await pilot.pause()
        assert '"sum": 42' in app.said(CopyRequested)[-1].text
        await pilot.press("4")
        await sees(app, pilot, "shows the result")
        await pilot.press("enter")
        await sees(app, pilot, "42 it is")


async def test_a_field_keeps_its_arrows_and_digits_and_a_draft_survives_another_page() -> None:
    async with opened(a_bench(), ref_to(SUM)) as (app, pane, pilot):
        await pilot.press("enter")
        await until(lambda: type(app.focused).__name__ in ("Input", "Line"))
        await pilot.press("1", "3", "left", "2")
        await sees(app, pilot, "123")
        pane.show(ref_to(NOW))
        await sees(app, pilot, "ƒ now")
        pane.show(ref_to(SUM))
        await sees(app, pilot, "ƒ get-sum", "123")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionDenied("Permission denied: tool now did not run", hint="you said no"), "you said no"),
        (RequestFailed("the server answered: boom [/b]", hint="look at the log"), "boom [/b]"),
    ],
)
async def test_what_went_wrong_is_said_with_what_to_try(error: Exception, words: str) -> None:
    bench = a_bench()
    bench.result = error
    async with opened(bench, ref_to(NOW)) as (app, _, pilot):
        await call(app, pilot)
        await sees(app, pilot, "✗", words)


async def test_a_result_that_is_an_error_says_so() -> None:
    bench = a_bench()
    bench.result = ToolResult((TextBlock("no such file"),), is_error=True)
    async with opened(bench, ref_to(NOW)) as (app, _, pilot):
        await call(app, pilot)
        await sees(app, pilot, "✗ the tool reports an error", "no such file")


async def test_esc_stops_a_running_call_and_progress_is_shown() -> None:
    bench = a_bench()
    bench.hold = asyncio.Event()
    bench.progress = (31, 50, "round 31")
    async with opened(bench, ref_to(NOW)) as (app, pane, pilot):
        await call(app, pilot)
        await sees(app, pilot, "calling", "esc  stops it", "31 of 50", "round 31")
        pane.show(ref_to(SUM))
        await sees(app, pilot, "ƒ get-sum")
        pane.show(ref_to(NOW))
        pane.focus_body()
        await sees(app, pilot, "calling")
        await pilot.press("escape")
        await sees(app, pilot, "stopped by you")
        assert bench.stopped == 1


@pytest.mark.parametrize("item", [PLAIN, NOTES], ids=["prompt", "resource"])
async def test_what_is_on_its_way_already_is_not_asked_for_again(item: Prompt | Resource) -> None:
    """As by `/prompt` and `/read`, which open its page first."""
    bench = a_bench()
    bench.hold = asyncio.Event()
    async with opened(bench, ref_to(item)) as (app, pane, pilot):
        await until(lambda: bench.called)
        pane.fetch(item, {}) if isinstance(item, Prompt) else pane.read(item, item.key)
        await pilot.pause()
        bench.hold.set()
        await until(lambda: "esc  stops it" not in app.shown())
        assert len(bench.called) == 1 and bench.stopped == 0


async def test_leaving_the_program_while_a_call_runs_stops_the_call() -> None:
    bench = a_bench()
    bench.hold = asyncio.Event()
    async with opened(bench, ref_to(NOW)) as (app, _, pilot):
        await call(app, pilot)
        await until(lambda: bench.called)
        app.exit()
    assert bench.stopped == 1


async def test_keys_on_a_forms_button_do_not_act_on_the_page() -> None:
    bench = a_bench()
    async with opened(bench, ref_to(NOW)) as (app, _, pilot):
        await call(app, pilot)
        await sees(app, pilot, "Result")
        await pilot.press("2")
        await until(lambda: isinstance(app.focused, Button))
        await pilot.press("r", "1", "c", "right")
        await pilot.pause()
        assert isinstance(app.focused, Button) and len(bench.called) == 1


async def test_every_kind_of_content_is_shown_by_type() -> None:
    bench = a_bench()
    blocks = (
        BlobBlock("image/png", b"\x89PNG\r\n" + bytes(2_000)),
        LinkBlock("demo://a", "a link", "text/plain"),
        ResourceBlock("demo://b", "text/plain", text="inside"),
        UnknownBlock({"type": "hologram"}),
    )
    bench.result = ToolResult(blocks)
    async with opened(bench, ref_to(NOW), (60, 80)) as (app, _, pilot):
        await call(app, pilot)
        await sees(app, pilot, "Image", "image/png · 2.0 KB", "89 50 4e 47", "a link", "demo://a", "inside", "hologram")


async def test_a_megabyte_of_text_is_cut_and_copied_whole() -> None:
    bench = a_bench()
    text = "\n".join(f"line {number}" for number in range(100_000))
    bench.result = ToolResult((TextBlock(text),))
    async with opened(bench, ref_to(NOW)) as (app, _, pilot):
        await call(app, pilot)
        await sees(app, pilot, "line 3")
        await pilot.press("end")
        await sees(app, pilot, "of 100,000 lines")
        await pilot.press("y")
        await pilot.pause()
        assert app.said(CopyRequested)[-1].text == text


async def test_withholding_in_the_inspector_is_shown_at_once() -> None:
    bench = a_bench()
    async with opened(bench, ref_to(SUM)) as (app, _, pilot):
        await pilot.press("space")
        await sees(app, pilot, "□ no, withheld")
        assert bench.withheld == {("everything", "get-sum")}


async def test_a_changed_definition_is_shown() -> None:
    bench = a_bench()
    async with opened(bench, ref_to(NOW)) as (app, pane, pilot):
        bench.hub.servers["everything"].items[1] = Tool("everything", "now", description="Another time.", raw={"n": 1})
        for _ in range(20):
            pane.update(CatalogChanged("everything"))
        await sees(app, pilot, "Another time.")
        pane.update(ServerRemoved("everything"))
        await sees(app, pilot, "everything is not there any more.")


async def test_a_prompt_with_arguments_is_filled_in_previewed_in_full_and_inserted() -> None:
    bench = a_bench()
    bench.hub.suggestions = ["Ada"]
    bench.prompt = PromptResult(
        (
            PromptMessage("user", TextBlock("Say **hello** to Ada.\n\n1. once\n2. twice")),
            PromptMessage("assistant", TextBlock("I will.")),
        )
    )
    async with opened(bench, ref_to(GREET)) as (app, _, pilot):
        await sees(app, pilot, "¶ greet", "everything · prompt", "Arguments 1", "who")
        await until(lambda: type(app.focused).__name__ in ("Input", "Line"))
        await pilot.press(*"Ada", "ctrl+s")
        await sees(app, pilot, "all set", "Ada", "What is sent", "2 messages · ~", "user", "Say hello to Ada.", "twice")
        await sees(app, pilot, "assistant", "I will.", "use in chat")
        assert bench.called == [("greet", {"who": "Ada"})]
        assert bench.hub.completed[-1]["prompt"] == "greet"
        await pilot.press("enter")
        await pilot.pause()
        assert app.said(InspectorPane.InsertIntoChat)[-1].text.endswith("2. twice\n\nI will.")


async def test_a_prompt_without_arguments_is_fetched_when_opened_not_when_passed_over() -> None:
    bench = a_bench()
    bench.prompt = PromptResult((PromptMessage("user", TextBlock("Plainly.")),))
    pane = InspectorPane(bench.as_workbench)
    app = PaneApp(pane)
    async with app.run_test(size=(60, 30)) as pilot:
        pane.show(ref_to(PLAIN))
        await sees(app, pilot, "Nothing fetched yet.")
        assert bench.called == []
        pane.focus_body()
        await sees(app, pilot, "Plainly.")


async def test_a_resource_is_read_when_opened_and_shown_by_type() -> None:
    bench = a_bench()
    bench.resource = ResourceResult(
        (
            ResourceBlock("demo://notes", "text/markdown", text="# Title\n\nSome *words*."),
            ResourceBlock("demo://data", "application/json", text='{"deep": {"er": 1}}'),
            ResourceBlock("demo://bytes", "application/octet-stream", data=b"\x00\x01binary"),
        )
    )
    async with opened(bench, ref_to(NOTES)) as (app, _, pilot):
        await sees(app, pilot, "◆ notes.md", "Title", "Some words.", "deep", "1 key", "00 01 62 69")
        await pilot.press("i")
        await pilot.pause()
        assert app.said(InspectorPane.InsertIntoChat)[-1].text.startswith("# Title")


async def test_a_template_gets_a_form_for_its_variables() -> None:
    bench = a_bench()
    bench.resource = ResourceResult((ResourceBlock("demo://items/4%2F2", "text/plain", text="found"),))
    async with opened(bench, ref_to(BY_ID)) as (app, _, pilot):
        await sees(app, pilot, "◇ item", "Variables", "id")
        await until(lambda: type(app.focused).__name__ in ("Input", "Line"))
        await pilot.press("4", "slash", "2", "ctrl+s")
        await sees(app, pilot, "found")
        assert bench.called == [("demo://items/4%2F2", {})]
        assert {each["template"] for each in bench.hub.completed} == {"demo://items/{id}"}


async def test_a_typed_prompt_and_a_typed_address_are_fetched_by_the_page() -> None:
    bench = a_bench()
    bench.prompt = PromptResult((PromptMessage("user", TextBlock("Hello Bob.")),))
    bench.resource = ResourceResult((ResourceBlock("demo://items/7", "text/plain", text="seven"),))
    async with opened(bench, ref_to(NOW)) as (app, pane, pilot):
        pane.fetch(GREET, {"who": "Bob"})
        await sees(app, pilot, "Hello Bob.")
        pane.read(BY_ID, "demo://items/7")
        await sees(app, pilot, "seven")
        assert bench.called == [("greet", {"who": "Bob"}), ("demo://items/7", {})]


async def test_a_failed_server_gets_a_card_with_what_to_try() -> None:
    bench = FakeBench()
    bench.add(
        "notes",
        spec=StdioSpec("notes", "uvx", ("notes-mcp", "--vault", "~/My Notes"), origin="servers.json, line 14"),
        status=ServerStatus(
            ServerState.FAILED,
            "The program ended before it answered.",
            "exited 1",
            "first handshake",
            1,
            attempts=3,
            lasted=0.8,
        ),
        stderr=[f"line {number}" for number in range(27)],
    )
    async with opened(bench, Ref("notes")) as (app, _, pilot):
        await sees(app, pilot, "✗ notes did not start", "3rd try", "The program ended before it answered.")
        await sees(app, pilot, "uvx notes-mcp --vault", "first handshake", "exit code 1 after 800 ms")
        await sees(app, pilot, "servers.json, line 14", "Last words", "4 of 27 lines", "line 26", "What to try")
        await pilot.press("enter", "down", "enter", "l", "x")
        await pilot.pause()
        acts = [(message.server, message.act) for message in app.said(InspectorPane.ServerAct)]
        assert acts == [("notes", act) for act in ("edit", "reconnect", "log", "switch")]


async def test_the_card_goes_when_the_server_comes_back() -> None:
    bench = FakeBench()
    server = bench.add("notes", status=ServerStatus(ServerState.LOST, "The program ended.", "exited 1"))
    async with opened(bench, Ref("notes")) as (app, pane, pilot):
        await sees(app, pilot, "○ notes was lost")
        server.status = ServerStatus(ServerState.READY)
        pane.update(ServerChanged("notes"))
        await sees(app, pilot, "● ready", "2025-11-25")


async def test_consent_shows_the_exact_command_and_leaving_off_has_the_focus() -> None:
    bench = FakeBench()
    spec = StdioSpec("proj", "sh", ("-c", "rm -rf 'a b'"), {"API_KEY": "sekret-value"}, "/srv/x", origin=".mcp.json")
    bench.add("proj", spec=spec, status=ServerStatus(ServerState.CONSENT), info=None)
    async with opened(bench, Ref("proj"), (100, 30)) as (app, _, pilot):
        await sees(app, pilot, "proj needs your consent", spec.address, "/srv/x", "API_KEY=•••set•••", ".mcp.json")
        assert "sekret" not in app.shown()
        await pilot.press("enter", "a")
        await pilot.pause()
        assert [message.act for message in app.said(InspectorPane.ServerAct)] == ["off", "consent"]


async def test_a_ready_server_tells_of_itself_and_keeps_its_secrets() -> None:
    bench = FakeBench()
    info = ServerInfo(
        "srv", "A Server", "1.2", "2026-07-28", "modern", "Be kind.", {"tools": {}}, {"name": "srv"}, 4711
    )
    spec = HttpSpec(
        "web", "https://host/mcp?key=sekret-value", {"Authorization": "sekret-value"}, origin="servers.json"
    )
    bench.add("web", spec=spec, info=info)
    async with opened(bench, Ref("web")) as (app, _, pilot):
        await sees(
            app, pilot, "A Server", "1.2", "2026-07-28 (modern)", "tools", "4711", "Be kind.", "Authorization set"
        )
        assert "sekret" not in app.shown()


@pytest.mark.parametrize("kind", list(Kind))
async def test_hostile_texts_are_shown_as_marks(kind: Kind) -> None:
    bench = FakeBench()
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {HOSTILE: {"type": "string", "title": HOSTILE, "description": HOSTILE, "enum": [HOSTILE, "b"]}},
    }
    raw = {"name": HOSTILE, "x": [HOSTILE]}
    item = {
        Kind.TOOL: Tool("evil", HOSTILE, HOSTILE, HOSTILE, schema, raw=raw),
        Kind.PROMPT: Prompt("evil", HOSTILE, HOSTILE, HOSTILE, (PromptArgument(HOSTILE, HOSTILE),), raw),
        Kind.RESOURCE: Resource("evil", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, raw=raw),
        Kind.TEMPLATE: Template("evil", "x://{a}" + HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, raw),
    }[kind]
    bench.add("evil", item, spec=StdioSpec("evil", HOSTILE))
    bench.result = ToolResult((TextBlock(HOSTILE), LinkBlock(HOSTILE, HOSTILE, HOSTILE)), {HOSTILE: [HOSTILE]})
    bench.prompt = PromptResult((PromptMessage(HOSTILE, TextBlock("# " + HOSTILE)),))
    bench.resource = ResourceResult((ResourceBlock(HOSTILE, HOSTILE, text=HOSTILE),))
    async with opened(bench, ref_to(item), (80, 24)) as (app, pane, pilot):
        for number in "12345":
            pane.home.focus()
            await pilot.press("escape", number)
            await pilot.pause()
            assert not {"\x1b", "\u202e", "\x07", "\u200b"} & set(app.shown())
        await pilot.press("escape", "2", "ctrl+s")
        await pilot.pause()
        await sees(app, pilot, "⟦U+")
        assert app.is_running


async def test_every_tab_is_reached_at_80_by_24() -> None:
    async with opened(a_bench(), ref_to(SUM), (80, 24)) as (app, _, pilot):
        for number, words in (("2", "whole number"), ("3", "Nothing called yet"), ("4", "Definition")):
            await pilot.press("escape", number)
            await sees(app, pilot, words)
