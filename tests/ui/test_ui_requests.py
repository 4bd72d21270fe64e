"""The Requests tab: what waits stands first, what was answered stays to be read, and enter opens either."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from time import monotonic
from typing import Any

import pytest
from textual import events
from whole_app import Folder, Seat, pocket, seat

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling, SamplingMessage
from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.domain.content import TextBlock, ToolResult
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.happenings import RootsTold
from mcp_tui.domain.passing import Held
from mcp_tui.domain.permission import Answer, Initiator, Request
from mcp_tui.domain.review import Review
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.domain.signin import CAME_BACK, SignIn
from mcp_tui.ui.answered import KEPT, Answered, History, Told, elicitation, permission, sampling
from mcp_tui.ui.screens.answered import AnsweredDialog
from mcp_tui.ui.screens.approve import ApproveDialog
from mcp_tui.ui.screens.elicit import ElicitDialog
from mcp_tui.ui.widgets.requests import RequestsView

SIZES = [(80, 24), (140, 42)]
NAME = {"type": "object", "properties": {"name": {"type": "string"}}}
QUESTION = Elicitation("web", "What is your name?", NAME)
SAMPLING = Sampling("web", (SamplingMessage("user", (TextBlock("Why is the sky blue?"),)),))


def call(item: str = "add", **arguments: Any) -> Request:
    return Request(Initiator.MODEL, Kind.TOOL, "pocket", item, arguments, "d", "i", who="qwen3:14b")


def ask(what: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.create_task(what)


async def open_requests(me: Seat) -> None:
    await me.press("f6")
    await me.until(lambda: me.place == "drawer")
    await me.press("right", "right")
    await me.until(lambda: me.app.focused is me.find(RequestsView).home)


def lines(me: Seat) -> list[str]:
    """The lines of the table on the screen."""
    rows = me.screen.splitlines()
    head = next((number for number, row in enumerate(rows) if "outcome" in row), len(rows))
    return [row.strip() for row in rows[head + 1 :] if row.strip()[:1] in {"?", "✓", "⊘", "·"}]


@pytest.mark.parametrize("size", SIZES)
async def test_an_answered_permission_stays_with_its_outcome_and_its_arguments(
    folder: Folder, size: tuple[int, int]
) -> None:
    async with seat(folder, [pocket()], size=size) as me:
        allowed = ask(me.app.asking.ask(call(a=20, b=22)))
        await me.answer("a")
        denied = ask(me.app.asking.ask(call("forget", name="today")))
        await me.answer("d")
        assert (await allowed).answer is Answer.ONCE and (await denied).answer is Answer.DENY
        await open_requests(me)
        await me.sees("allowed once", "denied")
        first, second = lines(me)
        assert first.split()[:4] == ["⊘", "forget", "pocket", "denied"] and first.endswith("s")
        assert second.split()[:3] == ["✓", "add", "pocket"]
        await me.press("down", "enter")
        await me.sees("add on pocket", "allowed once", "asked by", "qwen3:14b", '"a": 20', '"b": 22')
        assert isinstance(me.app.screen, AnsweredDialog)
        await me.press("y")
        await me.until(lambda: '"a": 20' in me.app.clipboard)
        await me.press("escape")
        await me.until(lambda: me.place == "drawer")


async def test_what_waits_stands_first_and_enter_opens_the_one_under_the_cursor(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(140, 42)) as me:
        me.app.asking.happened(RootsTold("web", ("file:///home/me",)))
        await open_requests(me)
        await me.sees("sent 1 folder")
        me.app.asking.has_draft = lambda: True  # nothing opens by itself
        waiting = [ask(me.app.asking.ask(call(item))) for item in ("first", "second")]
        await me.until(lambda: len(lines(me)) == 3)
        assert [line[0] for line in lines(me)] == ["?", "?", "✓"] and "waits for you" in lines(me)[0]
        await me.press("ctrl+home", "down", "enter")
        await me.until(lambda: isinstance(me.app.screen, ApproveDialog))
        await me.sees("ƒ second")
        assert me.app.asking.waiting[0].item == "second"
        await me.answer("d")
        assert (await waiting[1]).answer is Answer.DENY and not waiting[0].done()
        await me.until(lambda: [line[0] for line in lines(me)] == ["?", "⊘", "✓"])
        await me.press("f8")
        await me.answer("a")
        assert (await waiting[0]).answer is Answer.ONCE


@pytest.mark.parametrize(
    ("key", "words", "mark"), [("ctrl+s", "sent", "✓"), ("ctrl+r", "declined", "⊘"), ("escape", "not now", "·")]
)
async def test_a_servers_question_stays_with_what_was_said_to_it(
    folder: Folder, key: str, words: str, mark: str
) -> None:
    async with seat(folder, [pocket()], size=(140, 42)) as me:
        asked = ask(me.app.asking.elicit(QUESTION))
        await me.until(lambda: isinstance(me.app.screen, ElicitDialog) and me.app.screen.drawn_at is not None)
        dialog = me.app.screen
        assert isinstance(dialog, ElicitDialog)
        dialog.drawn_at = monotonic() - 60
        dialog.go_in()
        await me.type("Ada")
        press = events.Key(key, None)
        press.time = monotonic() + 0.5
        me.app.post_message(press)
        await asyncio.wait_for(asked, 5)
        await open_requests(me)
        await me.sees(words)
        (line,) = lines(me)
        assert line.startswith(mark) and "asks you" in line and "web" in line
        await me.press("enter")
        await me.sees("web asked you", "What is your name?")
        assert ("Ada" in me.screen) is (key == "ctrl+s")


async def test_a_question_that_its_server_takes_back_is_ended_by_it(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(140, 42)) as me:
        me.app.asking.has_draft = lambda: True
        asking = me.app.asking
        asked = [ask(asking.elicit(QUESTION)), ask(asking.sample(SAMPLING)), ask(asking.ask(call()))]
        await open_requests(me)
        await me.until(lambda: len(lines(me)) == 3)
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        await me.until(lambda: not asking.waiting and all(line[0] == "·" for line in lines(me)))
        assert [over.told.outcome for over in asking.history] == [
            "stopped",
            "ended by the server",
            "ended by the server",
        ]


@pytest.mark.parametrize(("why", "words"), [(CAME_BACK, "answered in the browser"), (None, "ended by the server")])
async def test_a_sign_in_tells_how_it_ended_and_keeps_no_secret(folder: Folder, why: str | None, words: str) -> None:
    async with seat(folder, [pocket()], size=(140, 42)) as me:
        me.app.asking.has_draft = lambda: True
        asked = ask(me.app.asking.sign_in(SignIn("vault", "https://me:pw@as.example/authorize?state=s1&code=c1")))
        await me.until(lambda: me.app.asking.waiting)
        asked.cancel(why)
        await asyncio.gather(asked, return_exceptions=True)
        await open_requests(me)
        await me.sees("sign in", "vault", words)
        await me.press("enter")
        await me.sees("vault wanted you to sign in", "https://as.example/authorize")
        assert "pw@" not in me.screen and "s1" not in me.screen and "c1" not in me.screen


async def test_every_question_can_be_read_when_it_is_over(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(140, 42)) as me:
        me.app.asking.has_draft = lambda: True
        asking = me.app.asking
        asked = {
            "may be started": lambda: asking.consent(StdioSpec("shed", "sh"), ()),
            "The page of draw on web": lambda: asking.show_page(Tool("web", "draw"), 300),
            "Continue?": lambda: asking.go_on(10),
            "What web says to models": lambda: asking.review(Review("web", "It is new.", ())),
            "The result of draw on web": lambda: asking.read(Held("web", "draw", ToolResult())),
        }
        for question in asked.values():
            waits = ask(question())
            await me.until(lambda: asking.waiting)
            waits.cancel()
            await me.until(lambda: not asking.waiting and me.app.screen is me.app.workspace)
        await open_requests(me)
        await me.until(lambda: len(lines(me)) == len(asked))
        for title in reversed(asked):
            await me.press("enter")
            await me.sees(title, "stopped")
            await me.press("escape", "down")


async def test_folders_that_a_server_asks_for_again_and_again_are_one_line(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(140, 42)) as me:
        for _ in range(30):
            me.app.asking.happened(RootsTold("web", ("file:///home/me/a", "file:///home/me/b")))
        await open_requests(me)
        await me.until(lambda: len(lines(me)) == 1)
        await me.press("enter")
        await me.sees("web asked for your folders", "sent 2 folders", "file:///home/me/b", "as you had chosen")


def test_the_history_keeps_the_newest_within_its_bound() -> None:
    history = History()
    for number in range(KEPT + 50):
        history.add(Answered(number, "permission", "s", "t", 0.0, 1.0, Told("denied", "no")))
    assert len(history) == KEPT and [each.number for each in history][:2] == [KEPT + 49, KEPT + 48]


def test_an_edited_permission_tells_both_arguments() -> None:
    told = permission(call(a=1), Reply(Answer.SESSION, {"a": 1.0}))
    assert told.outcome == "allowed for session, edited"
    assert dict(told.texts)["asked with"] != dict(told.texts)["arguments, as sent"]


def test_what_was_typed_into_a_secret_field_is_not_kept() -> None:
    told = elicitation(QUESTION, ElicitReply("accept", {"name": "Ada", "api_key": "k-1234"}))
    assert "Ada" in dict(told.texts)["answer"] and "k-1234" not in dict(told.texts)["answer"]
    visit = elicitation(Elicitation("web", "Go", url="https://x.example"), ElicitReply("accept"))
    assert visit.outcome == "agreed to go there"


def test_a_models_answer_stays_with_who_wrote_it() -> None:
    told = sampling(SAMPLING, SampleReply("Because of Rayleigh.", "qwen3:14b"))
    assert told.outcome == "sent" and dict(told.texts) == {
        "question": "user: Why is the sky blue?",
        "answer": "Because of Rayleigh.",
        "written by": "qwen3:14b",
    }
    assert sampling(SAMPLING, None).outcome == "declined"
