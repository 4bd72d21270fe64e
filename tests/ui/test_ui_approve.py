"""The permission dialog at the keyboard: what it says, what each answer does, and what is sent."""

from __future__ import annotations

import json
from time import monotonic

import pytest
from asking_app import DESTRUCTIVE, SILENT, asked, request, settle, told
from looking import screen_text, until
from textual.containers import VerticalScroll

from mcp_tui.domain.catalog import Hints, Kind
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.permission import Answer, Initiator
from mcp_tui.ui.screens.edit_arguments import read_arguments
from mcp_tui.ui.screens.sent_view import value_text
from mcp_tui.ui.widgets.editors import Area
from mcp_tui.ui.widgets.pieces import Choice

HOSTILE = "[/b][@click=app.exit]x[/] $quiet [red]\x1b[2J\u202e\U000e0041 \ud800 {0} %s\n\t"


@pytest.mark.parametrize(
    ("key", "answer"),
    [("a", Answer.ONCE), ("s", Answer.SESSION), ("d", Answer.DENY), ("escape", Answer.DENY), ("enter", Answer.DENY)],
)
async def test_a_lone_key_gives_its_answer(key: str, answer: Answer) -> None:
    async with asked(request()) as dialog:
        await dialog.alone(key)
        assert await settle(dialog.reply) == Reply(answer, {"a": 17, "b": 25})


@pytest.mark.parametrize("key", ["A", "shift+a"])
async def test_always_shows_the_rule_first_and_remembers_on_a_second_lone_key(key: str) -> None:
    async with asked(request()) as dialog:
        await dialog.alone(key)
        await dialog.ready()
        said = await told(dialog.pilot)
        rule = "The model may call the tool add on everything with any arguments without being asked about, until you"
        ends = "It ends by itself when the tool or its server changes."
        assert rule in said and ends in said and "everything · local program" in said
        assert not dialog.reply.done()
        await dialog.alone("y")
        assert (await settle(dialog.reply)).answer is Answer.ALWAYS


async def test_enter_and_escape_lead_back_from_the_rule_and_nothing_is_remembered() -> None:
    async with asked(request()) as dialog:
        for back in ("enter", "escape"):
            await dialog.alone("A")
            await dialog.ready()
            await dialog.alone(back)
            await dialog.ready()
            assert "Allow once" in screen_text(dialog.app) and not dialog.reply.done()


async def test_enter_allows_only_after_the_focus_was_moved_to_an_allowing_answer() -> None:
    async with asked(request()) as dialog:
        dialog.keys.wait(1)
        dialog.keys.press("up", "up", "up", "up", "up", gap=0.01)
        await dialog.alone("enter")
        assert (await settle(dialog.reply)).answer is Answer.ONCE


async def test_a_click_counts_once_the_answers_have_been_seen_for_a_moment() -> None:
    async with asked(request()) as dialog:
        assert dialog.app.dialog
        dialog.app.dialog.drawn_at = monotonic() + 60
        await dialog.pilot.click("#once")
        assert not dialog.reply.done() and dialog.app.dialog
        await dialog.ready()
        await dialog.pilot.click("#once")
        assert (await settle(dialog.reply)).answer is Answer.ONCE


async def test_a_click_outside_and_the_terminals_focus_answer_nothing() -> None:
    from textual import events

    async with asked(request()) as dialog:
        await dialog.pilot.click(offset=(0, 0))
        for event in (events.AppBlur(), events.AppFocus()):
            dialog.app.post_message(event)
            await dialog.pilot.pause()
        assert dialog.app.dialog and not dialog.reply.done()
        focused = dialog.app.focused
        assert isinstance(focused, Choice) and focused.id == "deny"


async def test_edited_arguments_are_exactly_what_is_returned() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    async with asked(request(schema=schema)) as dialog:
        await dialog.alone("e")
        await until(lambda: dialog.app.screen.query(Area))
        area = dialog.app.screen.query_one(Area)
        for wrong, words in (("{", "must be JSON"), ("[1]", "must be an object"), ('{"a": "x"}', "a: ")):
            area.text = wrong
            await dialog.pilot.press("ctrl+s")
            assert words in await told(dialog.pilot)
        area.text = ""
        await dialog.pilot.press(*'{"a":1,"note":"a', "A", *'d"}')
        await dialog.pilot.press("ctrl+s")
        await dialog.ready()
        assert "edited by you" in screen_text(dialog.app)
        await dialog.alone("a")
        assert await settle(dialog.reply) == Reply(Answer.ONCE, {"a": 1, "note": "aAd"})


async def test_leaving_the_editor_with_escape_changes_nothing_and_answers_nothing() -> None:
    async with asked(request()) as dialog:
        await dialog.alone("e")
        await until(lambda: dialog.app.screen.query(Area))
        dialog.app.screen.query_one(Area).text = "{}"
        await dialog.pilot.press("escape")
        await dialog.ready()
        assert "edited by you" not in screen_text(dialog.app) and not dialog.reply.done()


async def test_hidden_characters_survive_the_editor_unchanged() -> None:
    async with asked(DESTRUCTIVE) as dialog:
        await dialog.alone("e")
        await until(lambda: dialog.app.screen.query(Area))
        text = dialog.app.screen.query_one(Area).text
        assert "\\u202e" in text and "\u202e" not in text
        assert read_arguments(text, None) == (DESTRUCTIVE.arguments, [])


async def test_it_tells_who_asks_for_what_with_which_arguments_and_what_the_server_claims() -> None:
    async with asked(request()) as dialog:
        said = screen_text(dialog.app)
    for words in (
        "Permission required",
        "qwen3:14b wants to call",
        "ƒ add",
        "everything · local program",
        "Add two numbers.",
        "exactly what is sent",
        "· read-only   · repeatable",
        "a claim, not checked",
        "the model hears that you said no",
    ):
        assert words in said


async def test_a_destructive_tool_is_marked_with_shape_and_word() -> None:
    async with asked(DESTRUCTIVE) as dialog:
        said = screen_text(dialog.app)
    assert "▲ destructive" in said and "▲ The server says this can destroy data." in said
    assert "⟦U+202E⟧" in said and "△ 1 hidden character" in said


@pytest.mark.parametrize(
    ("hints", "words"),
    [
        (SILENT, "nothing about what it may change"),
        (Hints(read_only=False), "△ changes data"),
        (Hints(open_world=False, destructive=False), "destroys nothing   · local"),
    ],
)
async def test_what_the_server_claims_is_put_in_words(hints: Hints, words: str) -> None:
    async with asked(request(hints=hints)) as dialog:
        assert words in screen_text(dialog.app)


@pytest.mark.parametrize(
    ("kind", "initiator", "words"),
    [
        (Kind.PROMPT, Initiator.USER, "You want to read the prompt"),
        (Kind.RESOURCE, Initiator.USER, "You want to read the resource"),
        (Kind.RESOURCE, Initiator.MODEL, "qwen3:14b wants to read the resource"),
        (Kind.TOOL, Initiator.USER, "You want to call"),
    ],
)
async def test_each_kind_is_named_and_only_tools_can_be_edited(kind: Kind, initiator: Initiator, words: str) -> None:
    async with asked(request(kind=kind, initiator=initiator)) as dialog:
        said = screen_text(dialog.app)
        assert words in said
        assert ("Edit arguments" in said) is (kind is Kind.TOOL)
        if kind is not Kind.TOOL and initiator is Initiator.USER:
            assert "until you quit" in said and "Always" not in said


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (140, 14), (140, 42)])
async def test_long_arguments_scroll_to_their_last_line_and_the_answers_stay(size: tuple[int, int]) -> None:
    arguments = {f"name{n}": {"deep": [" ".join(f"{n}.{part}" for part in range(30)), n]} for n in range(9)}
    async with asked(
        request(arguments=arguments, description="\n".join(f"line {n}" for n in range(30))), size
    ) as dialog:
        said = await told(dialog.pilot)
        for number, name in enumerate(arguments):
            assert name in said and f" {number}.29" in said
        scroll = dialog.app.screen.query_one(VerticalScroll)
        assert scroll.max_scroll_x == 0, "lines wrap, so that scrolling down shows all of them"
        while scroll.scroll_y < scroll.max_scroll_y:
            before = scroll.scroll_y
            dialog.keys.press("pagedown")
            await until(lambda before=before: scroll.scroll_y > before)
            assert scroll.scroll_y - before < scroll.size.height, "no line is jumped over"
            shown = screen_text(dialog.app)
            assert "Deny" in shown and "Allow once" in shown and "Permission required" in shown
        await until(lambda: "line 29" in screen_text(dialog.app))
        dialog.keys.press("home")
        await until(lambda: "qwen3:14b wants to call" in screen_text(dialog.app))
        dialog.keys.press("ctrl+down")
        await until(lambda: scroll.scroll_y == 1)
        assert not dialog.reply.done()


@pytest.mark.parametrize("theme", ["ink", "paper", "ansi-dark"])
async def test_hostile_words_are_drawn_as_words_everywhere(theme: str) -> None:
    hostile = request(
        HOSTILE,
        server=HOSTILE,
        who=HOSTILE,
        server_kind=HOSTILE,
        description=HOSTILE * 9,
        arguments={HOSTILE: HOSTILE, "deep": {HOSTILE: [HOSTILE]}, "del": "\x7f\x9b"},
    )
    async with asked(hostile, (100, 50), theme) as dialog:
        said = await told(dialog.pilot)
        assert "[@click=app.exit]x[/]" in said and "⟦U+202E⟧" in said
        assert not {"\x1b", "\x7f", "\x9b", "\u202e"} & set(screen_text(dialog.app))
        await dialog.alone("A")
        await dialog.ready()
        assert "[@click=app.exit]" in await told(dialog.pilot)
        await dialog.alone("escape")
        await dialog.ready()
        await dialog.alone("e")
        await until(lambda: dialog.app.screen.query(Area))
        await dialog.pilot.press("ctrl+s")
        await dialog.ready()
        await dialog.alone("a")
        assert (await settle(dialog.reply)).arguments == hostile.arguments


async def test_many_arguments_do_not_become_many_rows() -> None:
    arguments = {f"n{n}": n for n in range(3000)}
    async with asked(request(arguments=arguments)) as dialog:
        assert '"n2999": 2999' in await told(dialog.pilot)
        assert len(dialog.app.screen.query("*")) < 60


def test_a_text_of_several_lines_is_readable_and_still_exact() -> None:
    shown = value_text("one\ntwo \\n\ttab")
    assert shown.splitlines() == ['"one\\n', 'two \\\\n\\ttab"']
    assert json.loads(shown.replace("\\n\n", "\\n")) == "one\ntwo \\n\ttab"
