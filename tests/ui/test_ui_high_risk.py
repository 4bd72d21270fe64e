"""What is of high risk is allowed only when all of it was seen, and never by Enter; what makes it so is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asking_app import DESTRUCTIVE, Asked, asked, request, settle, told
from looking import screen_text, until

from mcp_tui.domain.echoes import Echo
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Answer
from mcp_tui.ui.widgets.editors import Area

LONG = {"patterns": [f"build/{number}" for number in range(60)]}
SECRET = "sk-live-4711-4711"
WORDS = "the account is 4711-0815-99"


@pytest.fixture(autouse=True)
def secret() -> Iterator[None]:
    HIDDEN.add([SECRET])
    yield
    HIDDEN.forget()


def destructive(**changes: Any) -> Any:
    return request("delete_files", hints=DESTRUCTIVE.hints, **changes)


async def read_on(dialog: Asked) -> None:
    dialog.keys.wait(1)
    dialog.keys.press("pagedown")
    await dialog.pilot.pause()


async def test_nothing_allows_it_before_every_line_was_seen() -> None:
    async with asked(destructive(arguments=LONG), (90, 24)) as dialog:
        assert "first see every line" in screen_text(dialog.app)
        for key in ("a", "s", "A"):
            await dialog.alone(key)
            await dialog.ready()
            assert "build/0" in screen_text(dialog.app) and not dialog.reply.done()
        dialog.keys.wait(1)
        dialog.keys.press("end")  # what lies between was not seen
        await until(lambda: "build/59" in screen_text(dialog.app))
        assert "first see every line" in screen_text(dialog.app)
        dialog.keys.wait(1)
        dialog.keys.press("home")
        await until(lambda: "build/0" in screen_text(dialog.app))
        for _ in range(5):
            await read_on(dialog)
        await until(lambda: "first see every line" not in screen_text(dialog.app))
        await dialog.alone("a")
        assert await settle(dialog.reply) == Reply(Answer.ONCE, LONG)


async def test_what_fits_on_the_screen_is_allowed_by_its_own_key_and_never_by_enter() -> None:
    async with asked(destructive(), (120, 50)) as dialog:
        await until(lambda: "just this call" in screen_text(dialog.app))
        dialog.keys.wait(1)
        dialog.keys.press(*["up"] * 6, gap=0.01)
        await until(lambda: dialog.app.focused and dialog.app.focused.id == "once")
        await dialog.alone("enter")
        assert not dialog.reply.done() and dialog.app.dialog
        await dialog.alone("A")
        await dialog.ready()
        dialog.keys.wait(1)
        dialog.keys.press("up")
        await until(lambda: dialog.app.focused and dialog.app.focused.id == "keep")
        await dialog.alone("enter")
        assert not dialog.reply.done()
        await dialog.alone("y")
        assert (await settle(dialog.reply)).answer is Answer.ALWAYS


async def test_an_edit_has_to_be_seen_again() -> None:
    async with asked(destructive(arguments={"n": 1}), (90, 24)) as dialog:
        await dialog.alone("e")
        await until(lambda: dialog.app.screen.query(Area))
        dialog.app.screen.query_one(Area).text = str(LONG).replace("'", '"')
        await dialog.pilot.press("ctrl+s")
        await dialog.ready()
        assert "first see every line" in screen_text(dialog.app)
        await dialog.alone("a")
        assert not dialog.reply.done()


async def test_a_no_needs_nothing_seen() -> None:
    async with asked(destructive(arguments=LONG), (90, 24)) as dialog:
        await dialog.alone("d")
        assert (await settle(dialog.reply)).answer is Answer.DENY


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"arguments": {"body": f"key={SECRET}"}}, "contains a configured secret"),
        (
            {"arguments": {"body": WORDS}, "echoes": (Echo("body", WORDS, "mail"),)},
            f"body contains text that came from mail: “{WORDS}”",
        ),
    ],
)
async def test_what_carries_a_secret_or_another_servers_text_is_of_high_risk(what: dict[str, Any], words: str) -> None:
    async with asked(request(**what)) as dialog:
        assert "▲ high risk" in screen_text(dialog.app) and SECRET not in screen_text(dialog.app)
        assert words in " ".join((await told(dialog.pilot)).split())
        dialog.keys.wait(1)
        dialog.keys.press(*["up"] * 6, gap=0.01)
        await dialog.alone("enter")
        assert not dialog.reply.done()


async def test_it_says_why_it_asks_although_a_rule_allows_it_and_offers_no_rule_like_that_one() -> None:
    why = "a rule allows it, but its arguments carry text of mail"
    wants = request(despite=why, arguments={"body": WORDS}, echoes=(Echo("body", WORDS, "mail"),))
    async with asked(wants, (120, 50)) as dialog:
        assert f"△ Asked all the same: {why}." in await told(dialog.pilot)
        assert "Allow for session" not in screen_text(dialog.app)
        await dialog.alone("A")
        await dialog.ready()
        assert "are asked about all the same" in " ".join((await told(dialog.pilot)).split())


async def test_a_tools_own_words_are_told_of_but_are_no_high_risk() -> None:
    async with asked(request(arguments={"id": WORDS}, echoes=(Echo("id", WORDS, "everything"),))) as dialog:
        assert "id contains text that came from everything" in " ".join((await told(dialog.pilot)).split())
        assert "high risk" not in screen_text(dialog.app)


async def test_the_warning_goes_with_the_text_that_was_edited_out() -> None:
    async with asked(request(arguments={"body": WORDS}, echoes=(Echo("body", WORDS, "mail"),))) as dialog:
        await dialog.alone("e")
        await until(lambda: dialog.app.screen.query(Area))
        dialog.app.screen.query_one(Area).text = '{"body": "hello"}'
        await dialog.pilot.press("ctrl+s")
        await dialog.ready()
        assert "high risk" not in screen_text(dialog.app) and "came from mail" not in await told(dialog.pilot)


async def test_what_is_not_as_in_the_last_call_is_shown() -> None:
    before = {"path": "notes/today.md", "mode": "append", "old": 1}
    now = {"path": "notes/secret.md", "mode": "append", "new": True}
    async with asked(request(arguments=now, last=before), (120, 50)) as dialog:
        said = await told(dialog.pilot)
        assert "Since its last call" in said
        assert "notes/today.md  →  notes/secret.md" in said
        assert "1  →  not there" in said and "not there  →  true" in said
        assert "append  →" not in said
    async with asked(request(last={"a": 17, "b": 25})) as dialog:
        assert "The same arguments as in its last call" in await told(dialog.pilot)


async def test_sizes_are_said() -> None:
    async with asked(request(arguments={"text": "x" * 1000, "lines": "a\nb\nc"}), (120, 50)) as dialog:
        said = await told(dialog.pilot)
        assert "exactly what is sent · 1.0 KB" in said
        assert "1,002 characters" in said and "on 3 lines" in said
