"""The queue of questions: one at a time, never over typing, and no answer means no."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest
from asking_app import DESTRUCTIVE, AskingApp, Field, Keyboard, drawn, request, seen, settle
from looking import screen_text, until
from textual import events
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

from mcp_tui.domain.asks import Elicitation, ElicitReply, Sampling
from mcp_tui.domain.gate import Gate, Reply
from mcp_tui.domain.permission import Answer
from mcp_tui.domain.signin import SignIn
from mcp_tui.ui.widgets.banner import Banner


@asynccontextmanager
async def running(draft: str = "") -> AsyncGenerator[tuple[AskingApp, Pilot[None], Keyboard]]:
    app = AskingApp()
    async with app.run_test(size=(110, 34)) as pilot:
        field = app.query_one(Field)
        field.focus()
        field.text = draft
        field.move_cursor(field.document.end)
        await pilot.pause()
        yield app, pilot, Keyboard(app)
        app.asking.close()


def ask(app: AskingApp, item: str = "add") -> asyncio.Task[Reply]:
    return asyncio.create_task(app.asking.ask(request(item)))


def banner(app: AskingApp) -> str:
    shown = app.screen_stack[0].query_one(Banner)
    return " ".join(str(each.render()) for each in shown.query(Static)) if shown.display else ""


async def test_questions_are_asked_in_their_order_one_at_a_time() -> None:
    async with running() as (app, pilot, _):
        replies = [ask(app, name) for name in ("first", "second", "third")]
        for name, reply in zip(("first", "second", "third"), replies, strict=True):
            dialog = await drawn(pilot)
            assert app.asking.waiting[0].item == name
            assert sum(isinstance(each, type(dialog)) for each in app.screen_stack) == 1
            assert await pilot.click("#once")
            assert (await settle(reply)).answer is Answer.ONCE
        await until(lambda: app.dialog is None)
        assert app.asking.waiting == []


async def test_a_draft_keeps_a_question_in_the_banner_until_it_is_gone() -> None:
    async with running("and compare") as (app, pilot, _):
        reply = ask(app)
        await until(lambda: "? add on everything waits" in banner(app))
        assert "F8" in banner(app) and "look" in banner(app)
        await pilot.pause(0.9)
        assert app.dialog is None and app.focused is app.query_one(Field)
        app.query_one(Field).text = ""
        await drawn(pilot)
        assert banner(app) == "" and not reply.done()


async def test_a_question_waits_for_quiet_after_the_last_key() -> None:
    async with running() as (app, pilot, _):
        await pilot.press("x", "backspace")
        last = monotonic()
        ask(app)
        await until(lambda: banner(app))
        await drawn(pilot)
        assert monotonic() - last >= 0.65


async def test_a_modifier_alone_is_no_key() -> None:
    async with running() as (app, pilot, keys):
        keys.wait(60)  # a key of that time would keep the question waiting for a minute
        keys.press("left_shift", "shift+left_shift", "iso_level3_shift")
        await pilot.pause()
        ask(app)
        await drawn(pilot)
        keys.press("left_shift", gap=0.05)
        keys.press("A")
        await pilot.pause(0.4)
        assert app.dialog and app.dialog.query("#keep")


async def test_f8_opens_at_once_and_the_draft_stays() -> None:
    async with running("half a thought") as (app, pilot, _):
        ask(app)
        await until(lambda: banner(app))
        await pilot.press("f8")
        await drawn(pilot)
        assert app.text == "half a thought"


async def test_a_click_on_the_banner_opens_the_question() -> None:
    async with running("half a thought") as (app, pilot, _):
        ask(app)
        await until(lambda: "add on everything waits" in screen_text(app))  # a click needs a place
        assert await pilot.click(Banner)
        await drawn(pilot)


async def test_no_question_opens_over_another_dialog_but_when_that_closes() -> None:
    async with running() as (app, pilot, _):
        other = ModalScreen[None]()
        await app.push_screen(other)
        ask(app)
        await pilot.pause(0.9)
        assert app.screen is other
        other.dismiss(None)
        await drawn(pilot)


async def test_a_burst_folds_the_dialog_back_and_every_character_reaches_the_composer() -> None:
    async with running() as (app, pilot, keys):
        reply = ask(app)
        await drawn(pilot)
        keys.wait(2)
        keys.type("add seas", gap=0.05)
        keys.press("enter", gap=0.05)
        keys.type("d", gap=0.05)
        await until(lambda: app.text == "add seasd")
        assert app.dialog is None and banner(app) and not reply.done()


async def test_the_draft_that_f8_left_behind_is_continued_where_it_stood() -> None:
    async with running("one ") as (app, pilot, keys):
        ask(app)
        await until(lambda: banner(app))
        await pilot.press("f8")
        await drawn(pilot)
        keys.wait(2)
        keys.type("sad", gap=0.1)
        keys.press("backspace", gap=0.1)
        await until(lambda: app.text == "one sa")
        await pilot.pause(0.8)
        assert app.dialog is None


async def test_a_paste_is_typing_and_goes_whole_to_the_composer() -> None:
    async with running() as (app, pilot, keys):
        reply = ask(app)
        await drawn(pilot)
        keys.wait(2)
        keys.press("a")
        keys.wait(0.1)
        keys.paste("d\nenter\nq")
        await until(lambda: app.text == "ad\nenter\nq")
        assert app.dialog is None and not reply.done()


async def test_keys_that_were_queued_before_the_dialog_was_drawn_are_typing() -> None:
    async with running() as (app, pilot, keys):
        keys.now = monotonic() + 5
        reply = ask(app)
        await until(lambda: app.dialog is not None)
        assert app.dialog
        app.dialog.drawn_at = None
        keys.press("a")
        keys.press("enter")
        await until(lambda: app.text == "a")
        await pilot.pause(0.4)
        assert not reply.done()


async def test_a_busy_app_takes_no_late_key_for_a_lone_one() -> None:
    """Both keys were pressed 0.1 s apart; the second one is handled long after the first."""
    import time

    async with running() as (app, pilot, keys):
        reply = ask(app)
        await drawn(pilot)
        keys.wait(2)
        keys.press("a", gap=0.1)
        await pilot.pause(0.01)
        asyncio.get_running_loop().call_later(0.2, time.sleep, 0.3)
        asyncio.get_running_loop().call_later(0.52, keys.press, "d")
        await until(lambda: app.text == "ad")
        assert not reply.done()


async def test_cancelling_takes_the_question_off_the_screen_and_off_the_queue() -> None:
    async with running() as (app, pilot, _):
        shown, queued = ask(app, "shown"), ask(app, "queued")
        await drawn(pilot)
        queued.cancel()
        await until(lambda: [each.item for each in app.asking.waiting] == ["shown"])
        shown.cancel()
        await until(lambda: app.dialog is None and not app.asking.waiting)
        assert banner(app) == ""


async def test_a_cancelled_question_under_another_dialog_goes_when_that_closes() -> None:
    async with running() as (app, pilot, _):
        reply = ask(app)
        await drawn(pilot)
        other = ModalScreen[None]()
        await app.push_screen(other)
        reply.cancel()
        await until(lambda: not app.asking.waiting)
        assert app.screen is other
        other.dismiss(None)
        await until(lambda: len(app.screen_stack) == 1)


async def test_a_dialog_that_something_else_closes_is_a_no() -> None:
    async with running() as (app, pilot, _):
        reply = ask(app)
        await drawn(pilot)
        app.pop_screen()
        assert (await settle(reply)).answer is Answer.DENY


async def test_closing_the_app_denies_what_waits_and_what_comes_after() -> None:
    async with running() as (app, pilot, _):
        replies = [ask(app), ask(app)]
        await drawn(pilot)
        app.asking.close()
        assert [(await settle(each)).answer for each in replies] == [Answer.DENY, Answer.DENY]
        assert (await settle(ask(app))).answer is Answer.DENY


async def test_listeners_hear_of_every_change_and_nothing_ticks_when_nothing_waits() -> None:
    async with running("draft") as (app, _, _):
        seen: list[list[tuple[str, int, bool, bool]]] = []
        stop = app.asking.listen(
            lambda: seen.append(
                [(each.item, each.position, each.destructive, each.is_open) for each in app.asking.waiting]
            )
        )
        before = asyncio.all_tasks()
        one = ask(app)
        two = asyncio.create_task(app.asking.ask(DESTRUCTIVE))
        await until(lambda: seen and len(seen[-1]) == 2)
        assert seen[-1] == [("add", 1, False, False), ("delete_files", 2, True, False)]
        assert "and 1 more" in banner(app)
        one.cancel()
        await until(lambda: seen[-1] == [("delete_files", 1, True, False)])
        assert "▲ destructive" in banner(app)
        two.cancel()
        await until(lambda: seen[-1] == [])
        stop()
        await until(lambda: {each for each in asyncio.all_tasks() if not each.done()} <= before)


async def test_the_gate_sends_what_was_approved_and_a_cancelled_turn_sends_nothing() -> None:
    async with running() as (app, pilot, keys):
        gate = Gate(app.asking)
        check = asyncio.create_task(gate.check(request()))
        await drawn(pilot)
        keys.wait(2)
        keys.press("s")
        decision = await asyncio.wait_for(check, 5)
        assert decision.allowed and decision.arguments == {"a": 17, "b": 25}
        assert (await gate.check(request())).allowed
        other = asyncio.create_task(gate.check(request("other")))
        await until(lambda: app.asking.waiting)
        other.cancel()
        await until(lambda: not app.asking.waiting and app.dialog is None)
        assert other.cancelled()


async def test_edited_arguments_outlive_a_dialog_that_folds_away() -> None:
    async with running() as (app, pilot, keys):
        reply = ask(app)
        dialog = await drawn(pilot)
        dialog._proposal.arguments = {"a": 1}  # pyright: ignore[reportPrivateUsage]
        keys.wait(2)
        keys.type("x")
        await until(lambda: app.text == "x")
        app.query_one(Field).text = ""
        await until(lambda: app.dialog not in (None, dialog))
        await drawn(pilot)
        await pilot.click("#once")
        assert (await settle(reply)).arguments == {"a": 1}


async def test_a_terminal_that_loses_the_focus_while_a_question_opens_still_starts_on_deny() -> None:
    async with running() as (app, pilot, _):
        app.post_message(events.AppBlur())
        await pilot.pause()
        ask(app)
        await drawn(pilot)
        app.post_message(events.AppFocus())
        await pilot.pause()
        assert app.focused and app.focused.id == "deny"


FORM = {"properties": {"name": {"type": "string"}}}
QUESTIONS = {
    "elicitation": (lambda app: app.asking.elicit(Elicitation("srv", "Who?", FORM)), ElicitReply("cancel")),
    "sampling": (lambda app: app.asking.sample(Sampling("srv", ())), None),
    "sign-in": (lambda app: app.asking.sign_in(SignIn("srv", "https://as.example/", "http://127.0.0.1:1/")), None),
}
"""How each question of a server is asked, and the answer when there is none."""


def put(app: AskingApp, about: str) -> asyncio.Task[object]:
    question: Callable[[AskingApp], Coroutine[Any, Any, object]] = QUESTIONS[about][0]
    return asyncio.create_task(question(app))


async def test_servers_questions_wait_in_one_line_with_those_for_permission() -> None:
    async with running() as (app, pilot, _):
        order = ["sampling", "permission", "elicitation"]
        replies = [put(app, "sampling"), ask(app), put(app, "elicitation")]
        assert await until(lambda: len(app.asking.waiting) == 3) is None
        answers: list[object] = []
        for about, button, reply in zip(order, ("#refuse", "#once", "#decline"), replies, strict=True):
            await until(lambda about=about: app.asking.waiting[0].about == about and app.asking.waiting[0].is_open)
            await seen(pilot)
            assert await pilot.click(button)
            answers.append(await settle(reply))
        assert answers == [None, Reply(Answer.ONCE, {"a": 17, "b": 25}), ElicitReply("decline")]


async def test_a_servers_question_says_how_many_wait() -> None:
    async with running() as (app, pilot, _):
        put(app, "elicitation")
        await seen(pilot)
        ask(app)
        await until(lambda: "1 of 2" in screen_text(app))


@pytest.mark.parametrize("about", QUESTIONS)
async def test_cancelling_a_servers_question_takes_it_off_the_screen_and_off_the_queue(about: str) -> None:
    async with running() as (app, pilot, _):
        shown, queued = put(app, about), put(app, about)
        await seen(pilot)
        queued.cancel()
        await until(lambda: len(app.asking.waiting) == 1)
        assert app.asking.waiting[0].is_open
        shown.cancel()
        await until(lambda: len(app.screen_stack) == 1 and not app.asking.waiting)
        assert banner(app) == ""


@pytest.mark.parametrize("about", QUESTIONS)
async def test_closing_the_app_answers_no_to_servers_too(about: str) -> None:
    async with running() as (app, pilot, _):
        replies = [put(app, about), put(app, about)]
        await seen(pilot)
        app.asking.close()
        assert [await settle(each) for each in [*replies, put(app, about)]] == [QUESTIONS[about][1]] * 3


@pytest.mark.parametrize("about", QUESTIONS)
async def test_a_servers_dialog_that_something_else_closes_is_a_no(about: str) -> None:
    async with running() as (app, pilot, _):
        reply = put(app, about)
        await seen(pilot)
        app.pop_screen()
        assert await settle(reply) == QUESTIONS[about][1]
