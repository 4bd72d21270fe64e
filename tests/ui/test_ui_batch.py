"""The calls of one answer are one dialog with a decision each, and a no can say why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from asking_app import DESTRUCTIVE, Asked, AskingApp, Field, asked, drawn, request, settle, told
from looking import screen_text, until
from scripted_endpoint import Endpoint, say
from textual.widgets import Input
from whole_app import Folder, pocket, seat

from mcp_tui.domain.gate import Reply
from mcp_tui.domain.permission import Answer, Request
from mcp_tui.domain.rules import Scope
from mcp_tui.ui.screens.approve import ApproveDialog


@asynccontextmanager
async def asked_together(
    *requests: Request, size: tuple[int, int] = (120, 40)
) -> AsyncGenerator[tuple[Asked, list[asyncio.Task[Reply]]]]:
    app = AskingApp()
    async with app.run_test(size=size) as pilot:
        replies = [asyncio.create_task(app.asking.ask(each)) for each in requests]
        await drawn(pilot)
        yield Asked(app, pilot, replies[0]), replies
        app.asking.close()
        await asyncio.gather(*replies)


def call(item: str, **changes: Any) -> Request:
    return request(item, batch="b1", **changes)


async def test_each_call_gets_its_own_decision_and_nothing_runs_before_the_last() -> None:
    async with asked_together(call("add"), call("echo"), call("sum")) as (dialog, replies):
        shown = screen_text(dialog.app)
        assert "call 1 of 3" in shown
        assert [word in shown for word in ("add", "echo", "sum")] == [True] * 3 and shown.count("to decide") == 3
        await dialog.alone("a")
        await dialog.ready()
        shown = screen_text(dialog.app)
        assert "call 2 of 3" in shown and "✓ allowed" in shown and shown.count("to decide") == 2
        assert not any(reply.done() for reply in replies)
        await dialog.alone("d")
        await dialog.ready()
        await dialog.alone("a")
        answers = [(await settle(reply)).answer for reply in replies]
        assert answers == [Answer.ONCE, Answer.DENY, Answer.ONCE]


async def test_a_decision_can_be_changed_while_another_is_open() -> None:
    async with asked_together(call("add"), call("echo")) as (dialog, replies):
        await dialog.alone("a")
        await dialog.ready()
        await dialog.alone("left")
        await dialog.ready()
        assert "call 1 of 2" in screen_text(dialog.app)
        await dialog.alone("d")
        await dialog.ready()
        assert "✗ denied" in screen_text(dialog.app)
        await dialog.alone("a")
        assert [(await settle(reply)).answer for reply in replies] == [Answer.DENY, Answer.ONCE]


async def test_an_answer_for_the_session_also_answers_the_others_of_that_tool() -> None:
    two = {"a": 1, "b": 2}
    async with asked_together(call("add"), call("echo"), call("add", arguments=two)) as (dialog, replies):
        await dialog.alone("s")
        await dialog.ready()
        await dialog.alone("d")
        assert [await settle(reply) for reply in replies] == [
            Reply(Answer.SESSION, {"a": 17, "b": 25}),
            Reply(Answer.DENY, {"a": 17, "b": 25}),
            Reply(Answer.ONCE, two),
        ]


async def test_a_rule_to_deny_answers_the_others_too_and_high_risk_is_asked_for_all_the_same() -> None:
    risky = call("add", hints=DESTRUCTIVE.hints)
    async with asked_together(risky, risky, size=(120, 50)) as (dialog, replies):
        await dialog.alone("s")
        await dialog.ready()
        assert "call 2 of 2" in screen_text(dialog.app)
        await dialog.alone("A")
        await dialog.ready()
        await dialog.alone("n")
        await dialog.ready()
        await dialog.alone("y")
        assert [(await settle(reply)).answer for reply in replies] == [Answer.SESSION, Answer.NEVER]
        assert (await settle(replies[1])).scope is Scope.TOOL


async def test_decisions_outlive_a_dialog_that_folds_away() -> None:
    async with asked_together(call("add"), call("echo")) as (dialog, replies):
        await dialog.alone("a")
        await dialog.ready()
        dialog.keys.type("typing goes on", gap=0.05)
        field = dialog.app.query_one(Field)
        await until(lambda: dialog.app.dialog is None and field.text == "typing goes on")
        assert not any(reply.done() for reply in replies)
        field.text = ""
        dialog.app.asking.open_now()
        await dialog.ready()
        assert "call 2 of 2" in screen_text(dialog.app) and "✓ allowed" in screen_text(dialog.app)
        await dialog.alone("d")
        assert [(await settle(reply)).answer for reply in replies] == [Answer.ONCE, Answer.DENY]


async def test_calls_that_are_stopped_take_their_dialog_with_them() -> None:
    async with asked_together(call("add"), call("echo")) as (dialog, replies):
        for reply in replies:
            reply.cancel()
        await until(lambda: dialog.app.dialog is None and not dialog.app.asking.waiting)
        await asyncio.gather(*replies, return_exceptions=True)
        replies.clear()


async def test_many_calls_on_a_small_screen_keep_question_and_answers_in_sight() -> None:
    async with asked_together(*(call(f"tool{number}") for number in range(20)), size=(80, 24)) as (dialog, _):
        shown = screen_text(dialog.app)
        assert "Allow once" in shown and "Deny" in shown and "call 1 of 20" in shown and "wants to call" in shown


async def test_other_questions_are_not_mixed_in() -> None:
    async with asked_together(call("add"), request("alone"), call("echo")) as (dialog, replies):
        assert "call 1 of 2" in screen_text(dialog.app)
        await dialog.alone("d")
        await dialog.ready()
        await dialog.alone("d")
        await until(lambda: replies[0].done() and replies[2].done())
        await dialog.ready()
        assert "alone" in await told(dialog.pilot) and not replies[1].done()


async def test_a_no_can_say_why() -> None:
    async with asked(request()) as dialog:
        await dialog.alone("r")
        await until(lambda: dialog.app.screen.query("#reason-text"))
        await dialog.pilot.press(*("space" if char == " " else char for char in "Ask me later"), "enter")
        assert await settle(dialog.reply) == Reply(Answer.DENY, {"a": 17, "b": 25}, reason="Ask me later")


async def test_leaving_the_reason_decides_nothing() -> None:
    async with asked(request()) as dialog:
        await dialog.alone("r")
        await until(lambda: dialog.app.screen.query("#reason-text"))
        await dialog.pilot.press(*"add", "escape")
        await dialog.ready()
        assert "Allow once" in screen_text(dialog.app) and not dialog.reply.done()
        assert not dialog.app.screen.query(Input)


def close(dialog: ApproveDialog) -> None:
    """Close it as its last decision does, from the app's own task."""
    dialog.dismiss(True)


async def test_the_model_gets_each_decision_and_the_chat_shows_them(folder: Folder, endpoint: Endpoint) -> None:
    calls: list[tuple[str, Any]] = [("pocket__add", {"a": 17, "b": 25}), ("pocket__book", {"city": "Oslo", "days": 2})]
    endpoint.script(say("", calls=calls), say("Fine."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("go")
        await me.until(lambda: len(me.app.asking.waiting) == 2)
        await me.until(lambda: isinstance(me.app.screen, ApproveDialog))
        dialog = me.app.screen
        assert isinstance(dialog, ApproveDialog)
        first, second = dialog._proposals  # pyright: ignore[reportPrivateUsage]
        first.edit({"a": 1, "b": 2})
        first.reply = Reply(Answer.ONCE, first.arguments)
        second.reply = Reply(Answer.DENY, second.arguments, reason="By train, please")
        me.app.call_later(close, dialog)
        await me.until(lambda: not me.app.asking.waiting)
        await me.idle()
        await me.sees("arguments edited by you", "you denied it", "By train, please", "Fine.")
    told = [message["content"] for message in endpoint.requests[1]["messages"] if message["role"] == "tool"]
    assert told == [
        'The user changed the arguments to {"a": 1, "b": 2}\n3',
        "Permission denied: the user said no. Their reason: By train, please",
    ]
