"""Questions of servers: accept, decline and cancel are three things, and nothing leaves unseen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from asking_app import AskingApp, seen, settle
from looking import screen_text, until
from textual.app import App
from textual.widgets import Input, Static

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling, SamplingMessage
from mcp_tui.domain.chat import OfferedTool, ToolCall
from mcp_tui.domain.content import TextBlock
from mcp_tui.domain.errors import ModelUnreachable
from mcp_tui.domain.links import host_in_letters, host_of
from mcp_tui.ui.screens.elicit import ElicitDialog
from mcp_tui.ui.screens.sample import SampleDialog
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.themes import INK, with_roles
from mcp_tui.ui.widgets.editors import Area

BADGE: dict[str, Any] = {
    "type": "object",
    "required": ["name", "email"],
    "properties": {
        "name": {"type": "string", "title": "Name"},
        "email": {"type": "string", "title": "E-mail", "format": "email"},
        "size": {"type": "string", "title": "Badge size", "enum": ["S", "M"], "default": "M"},
    },
}
ASK = Elicitation("everything", "To print your badge I need [b]a few[/] details.\x1b[31m", BADGE)
QUESTION = Sampling("srv", (SamplingMessage("user", (TextBlock("Why [red]so[/]?\x1b"),)),), "Be kind.", 100)


class Bench(App[None]):
    """A page with one dialog over it, whose fields the person is in. How one gets there: test_ui_keystealing.py."""

    def __init__(self, dialog: ServerQuestion[Any]) -> None:
        super().__init__()
        self.register_theme(INK)
        self.theme = "ink"
        self.dialog = dialog
        self.replies: list[Any] = []

    def get_css_variables(self) -> dict[str, str]:
        return with_roles(super().get_css_variables(), False)

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.replies.append)
        self.dialog.call_after_refresh(self.dialog.go_in)

    @property
    def words(self) -> str:
        return "\n".join(str(one.render()) for one in self.screen.query(Static) if one.display)


@pytest.mark.parametrize(("key", "reply"), [("ctrl+r", ElicitReply("decline")), ("escape", ElicitReply("cancel"))])
async def test_declining_and_closing_are_told_apart(key: str, reply: ElicitReply) -> None:
    app = Bench(ElicitDialog(ASK))
    async with app.run_test() as pilot:
        await pilot.press("A", key)
        await pilot.pause()

        assert app.replies == [reply]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_filled_form_is_sent_with_its_defaults(size: tuple[int, int]) -> None:
    app = Bench(ElicitDialog(ASK))
    async with app.run_test(size=size) as pilot:
        assert isinstance(app.focused, Input)
        await pilot.press(*"Ada", "enter", *"me@")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.replies == []
        assert "not an e-mail address yet: something is missing after @" in app.words
        assert "1 field to fix" in app.words

        await pilot.press("end", *"x.org", "ctrl+s")
        await pilot.pause()
        assert app.replies == [ElicitReply("accept", {"name": "Ada", "email": "me@x.org", "size": "M"})]


async def test_the_question_says_who_asks_and_where_the_answer_goes() -> None:
    app = Bench(ElicitDialog(ASK))
    async with app.run_test(size=(120, 40)):
        app.dialog.waiting_changed(2)
        assert "everything asks you" in app.words
        assert "[b]a few[/] details.⟦U+001B⟧[31m" in app.words
        assert "Your answer goes to the server everything, not to the model." in app.words
        assert "1 of 2" in app.words


async def test_a_field_that_sounds_like_a_secret_is_marked() -> None:
    app = Bench(ElicitDialog(Elicitation("s", "", {"properties": {"api_key": {"type": "string"}}})))
    async with app.run_test():
        assert "sounds like a secret" in app.words


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_answers_stay_on_the_screen_and_can_be_clicked(size: tuple[int, int]) -> None:
    app = Bench(ElicitDialog(Elicitation("s", "long\n" * 60, BADGE)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.click("#decline")
        await pilot.pause()

        assert app.replies == [ElicitReply("decline")]


async def test_where_the_answer_goes_and_what_is_to_fix_stay_in_sight_in_a_long_form() -> None:
    many = {"properties": {f"field_{at}": {"type": "integer"} for at in range(20)}}
    app = AskingApp()
    async with app.run_test(size=(140, 42)) as pilot:
        asked = asyncio.create_task(app.asking.elicit(Elicitation("everything", "All of it.", many)))
        dialog = await seen(pilot)
        assert isinstance(dialog, ElicitDialog)
        dialog.go_in()
        await pilot.press(*["tab"] * 19, "x", "ctrl+s")
        for size in ((80, 24), (100, 24), (140, 42)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            shown = screen_text(app)
            assert "not to the model" in shown and "1 field to fix first" in shown and "Not now" in shown
            await until(lambda: "field_19" in screen_text(app))  # the field that is typed into stays in sight
        app.asking.close()
        assert await settle(asked) == ElicitReply("cancel")


@pytest.mark.parametrize(
    ("url", "host", "care"),
    [
        ("https://example.org/a", "example.org", ""),
        ("http://example.org", "example.org", "not https"),
        ("https://bank.example@evil.example/", "evil.example", "user name"),
        ("https://аpple.com/", "xn--pple-43d.com", "other scripts"),
        ("https://[broken", "", "cannot be read"),
    ],
)
def test_the_host_of_an_address_is_told_in_clear(url: str, host: str, care: str) -> None:
    found, warnings = host_of(url)

    assert found == host
    assert any(care in words for words in warnings) if care else not warnings
    assert not host.startswith("xn--") or host_in_letters(host) == "аpple.com"


async def test_an_answer_typed_by_hand_is_sent_as_a_persons() -> None:
    app = Bench(SampleDialog(QUESTION))
    async with app.run_test() as pilot:
        assert "Why [red]so[/]?⟦U+001B⟧" in app.words and "Be kind." in app.words
        await pilot.press("ctrl+s")
        assert app.replies == []
        await pilot.press(*"Because", "ctrl+s")
        await pilot.pause()

        assert app.replies == [SampleReply("Because", "human")]


async def test_the_models_answer_is_seen_before_it_leaves() -> None:
    async def draft(ask: Sampling) -> SampleReply:
        return SampleReply(f"An answer to {ask.server}", "qwen")

    app = Bench(SampleDialog(QUESTION, draft, "qwen"))
    async with app.run_test() as pilot:
        await pilot.press("ctrl+l")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.replies == []
        await pilot.press("ctrl+s")
        await pilot.pause()

        assert app.replies == [SampleReply("An answer to srv", "qwen")]


async def test_a_model_out_of_reach_is_told_and_what_was_typed_stays() -> None:
    async def draft(ask: Sampling) -> SampleReply:
        raise ModelUnreachable("no connection")

    app = Bench(SampleDialog(QUESTION, draft))
    async with app.run_test() as pilot:
        await pilot.press("a", "ctrl+l")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "✗ no connection" in app.words
        await pilot.press("ctrl+s")
        await pilot.pause()

        assert app.replies == [SampleReply("a", "human")]


WEATHER = OfferedTool("weather", "srv", "weather", "Look out of the window", {"type": "object"})
WITH_TOOLS = replace(QUESTION, tools=(WEATHER,), hints=("qwen",), temperature=0.2)


async def test_a_models_calls_are_shown_and_may_be_changed() -> None:
    async def draft(ask: Sampling) -> SampleReply:
        return SampleReply("", "qwen", (ToolCall("c1", "weather", '{"city": "Oslo"}'),))

    app = Bench(SampleDialog(WITH_TOOLS, draft, "qwen"))
    async with app.run_test(size=(100, 40)) as pilot:
        assert "weather: Look out of the window" in app.words and "would like\nqwen" in app.words
        await pilot.press("ctrl+l")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert '"Oslo"' in app.dialog.query_one("#calls", Area).text
        app.dialog.query_one("#calls", Area).text = '[{"id": "c1", "name": "weather", "arguments": {"city": "Rome"}}]'
        await pilot.press("ctrl+s")
        await pilot.pause()

        (reply,) = app.replies
        assert reply == SampleReply("", "human", (ToolCall("c1", "weather", '{"city": "Rome"}'),))


@pytest.mark.parametrize("typed", ["{", '[{"name": "rm"}]', '[{"name": "weather", "arguments": 1}]'])
async def test_a_call_that_is_none_is_said_and_stays(typed: str) -> None:
    app = Bench(SampleDialog(WITH_TOOLS))
    async with app.run_test(size=(100, 40)) as pilot:
        app.dialog.query_one("#calls", Area).text = typed
        await pilot.press("ctrl+s")
        await pilot.pause()

        assert app.replies == [] and "✗" in app.words
        assert app.dialog.query_one("#calls", Area).text == typed


async def test_hidden_characters_in_a_pasted_answer_become_marks() -> None:
    app = Bench(SampleDialog(QUESTION))
    async with app.run_test() as pilot:
        app.copy_to_clipboard("a\u202eb")
        await pilot.press("ctrl+v")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause()

        assert app.replies == [SampleReply("a⟦U+202E⟧b", "human")]


async def test_refusing_sends_nothing() -> None:
    app = Bench(SampleDialog(QUESTION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a", "escape")
        await pilot.pause()

        assert app.replies == [None]
