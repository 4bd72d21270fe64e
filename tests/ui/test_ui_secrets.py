"""Secrets of the configuration are on no screen and in no copy, and yet are what is sent."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from urllib.parse import quote

from scripted_endpoint import Endpoint, say
from whole_app import Folder, Seat, seat

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.masking import HIDDEN, MASK
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.screens.approve import ApproveDialog
from mcp_tui.ui.screens.server_form import ServerForm
from mcp_tui.ui.transcript.growing import GrowingText
from mcp_tui.ui.transcript.lines import Line
from mcp_tui.ui.widgets.inspector.page import Page
from mcp_tui.ui.widgets.traffic import TrafficView

CANARY = "canary-tok/en-12345"
FORMS = (CANARY.encode(), json.dumps(CANARY).encode(), quote(CANARY, safe="").encode())
LEAKY = str(Path(__file__).parents[1] / "leaky_server.py")


def leaky(name: str, *mode: str) -> StdioSpec:
    return StdioSpec(name, sys.executable, ("-I", "-S", LEAKY, *mode), env={"CANARY_TOKEN": CANARY})


async def safe(me: Seat, *words: str) -> None:
    """The words and the mask are seen, and the secret is not, not even its beginning."""
    await me.sees(MASK, *words)
    assert "canary" not in me.screen


async def test_no_screen_shows_a_secret(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(
        say(f"I think {CANARY} is it.", calls=[("leaky__leak", {"word": CANARY})], split=3),
        say("word " * 18 + CANARY + f"\n\n```\n{CANARY}\n```\n", split=7),
    )
    async with seat(folder, [leaky("leaky"), leaky("dead", "fails")], model=endpoint.url, size=(150, 44)) as me:
        await me.send(f"use {CANARY}")
        await me.until(lambda: me.app.asking.waiting)
        await me.press("f8")
        await me.until(lambda: isinstance(me.app.screen, ApproveDialog))
        await safe(me, "contains a configured secret")
        await me.alone("A")
        await me.sees("this rule will be written")
        await me.answer("y")
        await me.idle()
        await safe(me, "have CANARY_TOKEN")
        sent = endpoint.requests[-1]["messages"]
        assert CANARY in sent[-1]["content"], "the model gets what the tool said"
        assert any(CANARY in str(message) for message in sent[:-1])

        for ref, pages in (
            (Ref("leaky", Kind.TOOL, "leak"), ("details", "call", "history", "raw")),
            (Ref("leaky", Kind.PROMPT, "hint"), ("details",)),
            (Ref("leaky", Kind.RESOURCE, "leak://it"), ("details",)),
            (Ref("leaky"), ("details", "log", "raw")),
            (Ref("dead"), ("details", "log")),
        ):
            me.app.workspace.open(ref)
            await me.until(lambda ref=ref: [page for page in me.app.workspace.query(Page) if page.ref == ref])
            if ref.kind in (Kind.PROMPT, Kind.RESOURCE):  # what needs no arguments is asked for at once
                await me.asked()
                await safe(me)
                await me.answer("d")
            for page in pages:
                me.find(Page).open(page)
                await me.pilot.pause()
                await safe(me)
        await me.press("f6")
        await me.until(lambda: me.find(TrafficView).table.row_count)
        await safe(me)
        await me.press("y")
        assert CANARY not in me.app.clipboard
        await me.app.workspace.show_log("leaky")
        await safe(me, "my token is")

        me.app.tell(f"notified of {CANARY}")
        await safe(me, "notified of")
        log = me.app.bench.home.write_failure(ValueError(CANARY))
        assert MASK in log.read_text() and CANARY not in log.read_text()
        me.app.copy(CANARY)
        assert me.app.clipboard == MASK
    kept = [file for name in ("config", "data", "state", "cache") for file in (folder.root / name).rglob("*")]
    left = {file.name for file in kept}
    assert {"mcp-tui.db", "pins.json", "audit.jsonl", "mcp-tui.log"} <= left, "the run left something behind"
    for file in kept:
        assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600), file
        assert file.is_dir() or not any(form in file.read_bytes() for form in FORMS), file


async def test_what_is_typed_is_shown_as_typed_and_copied_as_typed(folder: Folder) -> None:
    async with seat(folder, [leaky("leaky")]) as me:
        await me.press("f3")
        me.app.workspace.chat.composer.text = CANARY
        await me.sees(CANARY)
        me.app.workspace.chat.composer.select_all()
        await me.press("ctrl+c")
        assert me.app.clipboard == CANARY


async def test_a_server_added_while_the_program_runs_brings_its_secret_under_the_mask(folder: Folder) -> None:
    async with seat(folder, []) as me:
        me.app.tell(f"before: {CANARY}")
        await me.sees(CANARY)
        spec = leaky("late")
        me.app.bench.home.save_server("late", {"command": spec.command, "env": dict(spec.env)})
        me.app.tell(f"after: {CANARY}")
        await me.sees(f"after: {MASK}")


async def test_editing_a_server_shows_that_its_secret_is_set_and_keeps_it(folder: Folder) -> None:
    spec = leaky("leaky")
    entry = {"command": spec.command, "args": list(spec.args), "env": {**spec.env, "LEVEL": "loud"}}
    folder.write_servers(leaky=entry)
    async with seat(folder) as me:
        me.app.workspace.act_on_server("leaky", "edit")
        await me.until(lambda: isinstance(me.app.screen, ServerForm))
        await safe(me, "LEVEL=loud")
        await me.press("ctrl+o")
        await me.until(lambda: not isinstance(me.app.screen, ServerForm))
        assert folder.servers["leaky"]["env"] == entry["env"]


def test_a_growing_text_holds_back_what_may_become_a_secret() -> None:
    hidden = "hunter2hunter2"
    HIDDEN.add([hidden])
    text: GrowingText[str] = GrowingText(
        lambda raw: raw.count("\n"), lambda raw: raw, lambda raw, _: [Line([(raw, "")])]
    )

    def seen() -> str:
        return "".join(line.text for line in text.lines(80))

    for char in f"a {hidden[:-1]}":
        text.append(char)
        assert hidden[0] not in seen().removeprefix("a ")
    text.append(f"{hidden[-1]} z {hidden[:5]}")
    assert seen() == f"a {MASK} z "
    assert text.raw == f"a {MASK} z "
    text.finish()
    assert seen() == f"a {MASK} z {hidden[:5]}", "the end of the text was no secret after all"
