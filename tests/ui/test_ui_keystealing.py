"""Typing never answers a question, whatever is typed and whenever the question comes.

Some streams are typed in an app (`MCP_TUI_STREAMS`, 50 of each family), a thousand of each kind at the sieve that
all keys pass (test_ui_key_sieve.py), and one in a terminal (test_terminal_typing.py).
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from asking_app import DESTRUCTIVE, AskingApp, Field, Keyboard, request, seen, settle
from looking import until
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling, SamplingMessage
from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import TextBlock, ToolResult
from mcp_tui.domain.passing import Held
from mcp_tui.domain.signin import SignIn

STREAMS = int(os.environ.get("MCP_TUI_STREAMS", "50"))
LETTERS = "asAedyrn asAedyrn qxé opc"
FORM = {
    "properties": {
        "name": {"type": "string"},
        "size": {"enum": ["S", "M"], "default": "S"},
        "gift": {"type": "boolean"},
    }
}
TEXT = (SamplingMessage("user", (TextBlock("Why?"),)),)
SIGN_IN = SignIn("srv", "https://as.example/authorize?state=s1", "http://127.0.0.1:4711/callback")


async def ask_together(app: AskingApp) -> object:
    """Two calls of one answer, one of high risk."""
    calls = (request(batch="b"), request("delete", batch="b", hints=DESTRUCTIVE.hints))
    return await asyncio.gather(*(app.asking.ask(each) for each in calls))


ASKS: dict[str, Callable[[AskingApp], Coroutine[Any, Any, object]]] = {
    "permission": lambda app: app.asking.ask(request()),
    "high risk": lambda app: app.asking.ask(DESTRUCTIVE),
    "batch": ask_together,
    "result": lambda app: app.asking.read(Held("srv", "fetch", ToolResult((TextBlock("All of it"),)))),
    "form": lambda app: app.asking.elicit(Elicitation("srv", "Who?", FORM)),
    "address": lambda app: app.asking.elicit(Elicitation("srv", "Go", url="https://example.org")),
    "sampling": lambda app: app.asking.sample(Sampling("srv", TEXT)),
    "sign-in": lambda app: app.asking.sign_in(SIGN_IN),
    "rounds": lambda app: app.asking.go_on(10),
    "page": lambda app: app.asking.show_page(Tool("srv", "draw"), 300),
}
"""Every kind of question."""


async def type_a_stream(app: AskingApp, pilot: Pilot[None], chance: random.Random, kinds: list[str]) -> None:
    """One stream: a question is open, or comes at some key, by itself or by F8; keys come 0 to 0.2 s apart."""
    keys = Keyboard(app)
    open_first = chance.random() < 0.6
    replies: list[asyncio.Task[object]] = []
    if open_first:
        replies.append(asyncio.create_task(ASKS[chance.choice(kinds)](app)))
        await seen(pilot)
    keys.wait(chance.choice([0.1, 0.5, 3.0]))
    stream = [chance.choice([*LETTERS, "enter"]) for _ in range(chance.randint(2, 14))]
    arrives, looks = chance.randrange(len(stream)), chance.randrange(len(stream))
    expected = ""
    for index, char in enumerate(stream):
        if index == arrives:
            replies.append(asyncio.create_task(ASKS[chance.choice(kinds)](app)))
        if index == looks and not open_first:
            app.call_later(app.asking.open_now)
        if char == "enter":
            # Without a dialog, Enter is the composer's: only while one is open, or folds, must it vanish.
            if open_first and index < 3:
                keys.press(char)
        else:
            keys.type(char)
            expected += char
        keys.wait(chance.uniform(0, 0.2))
        if chance.random() < 0.3:
            await asyncio.sleep(chance.choice([0, 0, 0.005]))
    keys.type("zz", gap=0.1)  # no stream is one lone key
    await until(lambda: app.text.endswith("zz"))
    assert app.text == f"{expected}zz", stream
    await asyncio.sleep(0)
    assert not any(each.done() for each in replies), stream
    for each in replies:
        each.cancel()
    await until(lambda: not app.asking.waiting and len(app.screen_stack) == 1)
    assert app.clipboard == "", "nothing was copied"
    app.query_one(Field).text = ""


@pytest.mark.parametrize(
    "kinds",
    [["permission", "high risk", "batch", "result"], ["form", "address", "sampling", "sign-in", "rounds", "page"]],
    ids=lambda kinds: kinds[0],
)
async def test_random_typing_never_answers_and_never_loses_a_character(kinds: list[str]) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    app = AskingApp()
    async with app.run_test(size=(100, 30)) as pilot:
        app.query_one(Field).focus()
        await pilot.pause()
        for number in range(STREAMS):
            app.asking._sieve._presses.last = 0.0  # pyright: ignore[reportPrivateUsage]
            try:
                await type_a_stream(app, pilot, chance, kinds)
            except (AssertionError, TimeoutError) as error:
                raise AssertionError(f"stream {number} of seed {seed}: {error!r}") from error
        app.asking.close()


@pytest.mark.parametrize("kind", ["form", "sampling"])
async def test_a_lone_tab_goes_into_the_fields_and_from_then_on_keys_are_theirs(kind: str) -> None:
    app = AskingApp()
    async with app.run_test(size=(100, 40)) as pilot:
        reply = asyncio.create_task(ASKS[kind](app))
        await seen(pilot)
        keys = Keyboard(app)
        keys.wait(1)
        keys.press("tab")
        await until(lambda: isinstance(app.focused, (Input, TextArea)))
        await pilot.press(*"asd", "ctrl+s")
        done = await settle(reply)
        assert done == ElicitReply("accept", {"name": "asd", "size": "S"}) or done == SampleReply("asd", "human")


@pytest.mark.parametrize("kind", ["form", "sampling"])
async def test_a_tab_leads_what_is_typed_behind_it_at_once_into_the_fields_where_nothing_else_takes_text(
    kind: str,
) -> None:
    """Such as the line that says that a call runs: it asked, and has the focus."""
    app = AskingApp()
    async with app.run_test(size=(100, 40)) as pilot:
        app.screen.set_focus(None)
        reply = asyncio.create_task(ASKS[kind](app))
        await seen(pilot)
        keys = Keyboard(app)
        keys.wait(1)
        keys.press("tab", gap=0.05)
        keys.type("asd")
        keys.wait(0.05)
        keys.press("ctrl+s")
        done = await settle(reply)
        assert done == ElicitReply("accept", {"name": "asd", "size": "S"}) or done == SampleReply("asd", "human")


async def test_no_enter_of_a_burst_that_a_tab_led_into_the_fields_sends_them() -> None:
    app = AskingApp()
    async with app.run_test(size=(100, 40)) as pilot:
        app.screen.set_focus(None)
        reply = asyncio.create_task(ASKS["sampling"](app))
        dialog = await seen(pilot)
        keys = Keyboard(app)
        keys.wait(1)
        keys.press("tab", "a", gap=0.2)
        for key in ("tab", "tab", "enter"):
            await pilot.pause()
            keys.press(key, gap=0.2)
        await pilot.pause()
        assert dialog.choice_for("enter") is dialog.choice_for("ctrl+s")
        assert not reply.done()
        keys.wait(0.1)
        keys.press("enter")
        assert await settle(reply) == SampleReply("a", "human")


@pytest.mark.parametrize("focus", [True, False], ids=["in the composer", "nowhere"])
async def test_a_tab_with_more_behind_it_folds_where_there_is_a_field_and_in_any_case_sends_nothing(
    focus: bool,
) -> None:
    app = AskingApp()
    async with app.run_test(size=(100, 40)) as pilot:
        app.screen.set_focus(app.query_one(Field) if focus else None)
        reply = asyncio.create_task(ASKS["form"](app))
        await seen(pilot)
        keys = Keyboard(app)
        keys.wait(1)
        keys.press("tab", "ctrl+s" if not focus else "a", "b", gap=0.05)
        await until(lambda: len(app.screen_stack) == 1)
        await pilot.pause()
        assert not reply.done() and (not focus or app.text.endswith("ab"))
        reply.cancel()
        await until(lambda: not app.asking.waiting)


@pytest.mark.parametrize(
    ("kind", "key", "expected"),
    [
        ("form", "ctrl+r", ElicitReply("decline")),
        ("form", "escape", ElicitReply("cancel")),
        ("address", "ctrl+s", ElicitReply("accept")),
        ("sampling", "escape", None),
        ("sign-in", "escape", None),
    ],
)
async def test_a_lone_press_answers_a_server(kind: str, key: str, expected: object) -> None:
    app = AskingApp()
    async with app.run_test(size=(100, 40)) as pilot:
        reply = asyncio.create_task(ASKS[kind](app))
        await seen(pilot)
        keys = Keyboard(app)
        keys.wait(1)
        keys.press(key)
        assert await settle(reply) == expected


@pytest.mark.parametrize("kind", ["form", "address", "sampling"])
async def test_an_answering_key_among_others_sends_nothing_and_folds_the_question(kind: str) -> None:
    app = AskingApp()
    async with app.run_test(size=(100, 40)) as pilot:
        app.query_one(Field).focus()
        reply = asyncio.create_task(ASKS[kind](app))
        await seen(pilot)
        keys = Keyboard(app)
        keys.wait(1)
        keys.press("ctrl+s", gap=0.2)
        keys.type("and so on", gap=0.2)
        await until(lambda: app.text == "and so on")
        assert not reply.done() and len(app.asking.waiting) == 1 and len(app.screen_stack) == 1
        reply.cancel()
        await until(lambda: not app.asking.waiting)


async def test_a_paste_that_is_not_the_way_back_goes_to_the_composer() -> None:
    app = AskingApp()
    async with app.run_test(size=(100, 40)) as pilot:
        app.query_one(Field).focus()
        reply = asyncio.create_task(app.asking.sign_in(SIGN_IN))
        await seen(pilot)
        keys = Keyboard(app)
        keys.paste("http://elsewhere.example/?code=1")
        await until(lambda: app.text.endswith("?code=1"))
        assert not reply.done() and len(app.screen_stack) == 1
        reply.cancel()
        await until(lambda: not app.asking.waiting)
