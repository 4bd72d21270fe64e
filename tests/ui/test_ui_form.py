"""A schema's form at the keyboard: fields, errors, JSON, small screens and hostile words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import screen_text, until
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mcp_tui.domain.completion import Completion
from mcp_tui.domain.schema import UNSET, fields_of, same
from mcp_tui.ui.themes import INK, with_roles
from mcp_tui.ui.widgets.form_choices import YesNo
from mcp_tui.ui.widgets.form_values import gather, spread
from mcp_tui.ui.widgets.schema_form import SchemaForm

FORECAST: dict[str, Any] = {
    "type": "object",
    "required": ["place"],
    "properties": {
        "days": {"type": "integer", "minimum": 1, "maximum": 14},
        "units": {"enum": ["celsius", "fahrenheit"]},
        "place": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
        "hourly": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
NOTE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}, "more": {"type": "string"}}}
HOSTILE = "[red]\x1b[31m[/b] \u202e\U000e0041 $x {y} [@click=app.bell]z"


class Bench(App[None]):
    """A form alone on the screen."""

    def __init__(self, schema: dict[str, Any], **options: Any) -> None:
        super().__init__()
        self.register_theme(INK)
        self.theme = "ink"
        self.make = lambda: SchemaForm(schema, **options)
        self.sent: list[dict[str, Any]] = []

    def get_css_variables(self) -> dict[str, str]:
        return with_roles(super().get_css_variables(), False)

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield self.make()

    def on_schema_form_submitted(self, event: SchemaForm.Submitted) -> None:
        self.sent.append(event.values)

    @property
    def form(self) -> SchemaForm:
        return self.query_one(SchemaForm)

    @property
    def words(self) -> str:
        return "\n".join(str(one.render()) for one in self.query(Static) if one.display)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_a_form_is_filled_from_top_to_bottom_with_the_keyboard_alone() -> None:
    app = Bench(FORECAST)
    async with app.run_test(size=(48, 40)) as pilot:
        await press(pilot, "3", "enter")
        await press(pilot, "down", "down", "enter", "tab")
        await press(pilot, *"Oslo", "enter")
        await press(pilot, "space", "enter")
        await press(pilot, *'["a"]', "tab")
        await press(pilot, "enter")

        assert app.sent == [{"days": 3, "units": "celsius", "place": {"city": "Oslo"}, "hourly": True, "tags": ["a"]}]


async def test_untouched_optional_fields_are_left_out() -> None:
    app = Bench(NOTE)
    async with app.run_test() as pilot:
        assert not app.form.has_draft
        await press(pilot, "a", "ctrl+s")

        assert app.sent == [{"text": "a"}]
        assert app.form.has_draft


async def test_empty_text_is_sent_only_when_it_is_asked_for() -> None:
    app = Bench(NOTE)
    async with app.run_test() as pilot:
        await press(pilot, "ctrl+s")
        assert app.sent == []
        await press(pilot, "ctrl+o", "ctrl+s")

        assert app.sent == [{"text": ""}]


async def test_null_is_neither_empty_text_nor_left_out() -> None:
    app = Bench({"properties": {"a": {"type": ["string", "null"]}}})
    async with app.run_test() as pilot:
        for _ in range(3):
            await press(pilot, "ctrl+s", "ctrl+o")

        assert app.sent == [{}, {"a": ""}, {"a": None}]


async def test_an_error_is_told_under_its_field_counted_and_gone_once_fixed() -> None:
    app = Bench(FORECAST, values={"place": {"city": "Oslo"}})
    async with app.run_test(size=(60, 40)) as pilot:
        await press(pilot, *"two", "ctrl+s")
        assert app.sent == []
        assert "✗ must be a whole number from 1 to 14" in app.words
        assert "1 field to fix, then" in app.words
        assert isinstance(app.focused, Input) and app.focused.value == "two"

        await press(pilot, "backspace", "backspace", "backspace", "2")
        assert "✗" not in app.words
        await press(pilot, "ctrl+s")
        assert app.sent == [{"days": 2, "place": {"city": "Oslo"}}]


async def test_a_missing_name_inside_an_object_is_told_there() -> None:
    app = Bench(FORECAST)
    async with app.run_test(size=(60, 40)) as pilot:
        await press(pilot, "ctrl+s")

        assert app.form.problems().keys() == {("place", "city")}
        assert "✗ is required" in app.words


async def test_what_does_not_parse_survives_the_way_to_json_and_stays_there_until_fixed() -> None:
    app = Bench(FORECAST, values={"place": {"city": "Oslo"}})
    async with app.run_test(size=(60, 40)) as pilot:
        await press(pilot, *"two")
        app.form.action_switch()
        await pilot.pause()
        assert app.form.as_json
        assert app.form.values() == {"days": "two", "place": {"city": "Oslo"}}

        app.form.action_switch()
        await pilot.pause()
        assert app.form.as_json
        assert "not yet a form: days is no whole number" in app.words


async def test_names_that_the_form_does_not_know_are_kept_as_json() -> None:
    app = Bench(NOTE, values={"text": "a", "extra": {"deep": [1]}})
    async with app.run_test() as pilot:
        assert app.form.as_json
        await press(pilot, "ctrl+s")

        assert app.sent == [{"text": "a", "extra": {"deep": [1]}}]


async def test_broken_json_says_where_and_keeps_the_text() -> None:
    app = Bench(NOTE)
    async with app.run_test() as pilot:
        app.form.action_switch()
        await press(pilot, "ctrl+a", "delete", *'{"a"', "ctrl+s")

        assert app.sent == []
        assert "must be JSON: line 1" in app.words


async def test_from_fields_to_json_and_back_nothing_changes() -> None:
    values = {"days": 3, "units": "fahrenheit", "place": {"city": "x\ny"}, "hourly": False, "tags": ["a", "b\u202e"]}
    app = Bench(FORECAST, values=values)
    async with app.run_test() as pilot:
        assert not app.form.as_json
        for _ in range(2):
            app.form.action_switch()
            await pilot.pause()
            assert app.form.values() == values
        assert not app.form.as_json


@pytest.mark.parametrize("text", ["two\nlines", "\x1b[31m", "a\r\nb\nc", "\u202e", "tab\there", "lone \ud800"])
async def test_text_that_one_line_cannot_hold_is_sent_as_it_is_and_never_drawn_raw(text: str) -> None:
    app = Bench(NOTE, values={"text": text})
    async with app.run_test() as pilot:
        await press(pilot, "ctrl+s")

        assert app.sent == [{"text": text}]
        assert not set("\x1b\u202e\ud800") & set(screen_text(app))


async def test_a_paste_of_several_lines_is_kept_whole() -> None:
    app = Bench(NOTE)
    async with app.run_test() as pilot:
        app.copy_to_clipboard("one\ntwo")
        await press(pilot, "a", "ctrl+v")
        await press(pilot, "ctrl+s")

        assert app.sent == [{"text": "aone\ntwo"}]


async def test_an_optional_yes_or_no_has_three_states_and_a_required_one_two() -> None:
    app = Bench({"properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}}, "required": ["b"]})
    async with app.run_test() as pilot:
        assert app.form.values() == {"b": False}
        await press(pilot, "space")
        assert app.form.values() == {"a": True, "b": False}
        await press(pilot, "space", "enter", "y")
        assert app.form.values() == {"a": False, "b": True}
        assert len(app.query(YesNo)) == 2


async def test_several_of_a_list_are_chosen_with_space() -> None:
    app = Bench({"properties": {"a": {"type": "array", "items": {"enum": ["x", "y", "z"]}}}})
    async with app.run_test() as pilot:
        assert app.form.values() == {}
        await press(pilot, "down", "space", "down", "space")

        assert app.form.values()["a"] in (["x", "y"], ["y", "z"])


@pytest.mark.parametrize("size", [(80, 24), (40, 24)])
async def test_every_field_can_be_reached_on_a_small_screen(size: tuple[int, int]) -> None:
    app = Bench(FORECAST)
    async with app.run_test(size=size) as pilot:
        seen: list[object] = []
        while app.focused not in seen:
            assert app.focused is not None
            region = app.focused.region
            assert region.right <= size[0] and 0 <= region.y < size[1]
            seen.append(app.focused)
            await press(pilot, "tab")
        assert len(seen) == 7


async def test_hostile_words_in_a_schema_are_drawn_as_marks() -> None:
    field = {"type": "string", "title": HOSTILE, "description": HOSTILE, "default": HOSTILE}
    schema = {
        "properties": {
            HOSTILE: field,
            "b": {"enum": [HOSTILE, "\n"]},
            "c": {"type": "array", "items": {"enum": [HOSTILE]}},
            "d": {"type": "object", "title": HOSTILE, "properties": {HOSTILE: {"type": HOSTILE}}},
        },
        "required": [HOSTILE, "b"],
    }
    app = Bench(schema, titles=True, fill_defaults=True, warn_secrets=True)
    async with app.run_test(size=(100, 50)) as pilot:
        await press(pilot, "tab", "down", "down", "enter", "ctrl+s")
        app.form.action_switch()
        await pilot.pause()

        assert not set("\x1b\u202e\U000e0041") & set(screen_text(app))
        assert app.form.values()[HOSTILE] == HOSTILE


async def test_suggestions_of_the_server_stand_under_the_field_and_right_takes_the_first() -> None:
    asked: list[tuple[str, str, dict[str, str]]] = []

    async def suggest(name: str, text: str, others: dict[str, str]) -> list[str]:
        asked.append((name, text, others))
        return [f"{text}slo", "Bergen\x1b"]

    app = Bench(NOTE, suggest=suggest)
    async with app.run_test() as pilot:
        await press(pilot, "O")
        await pilot.pause(0.3)
        assert ("text", "O", {}) in asked
        assert "Oslo · Bergen⟦U+001B⟧" in app.words
        await press(pilot, "right", "ctrl+s")

        assert app.sent == [{"text": "Oslo"}]


@pytest.mark.parametrize(("unnamed", "words"), [(116, "Oslo · 116 more"), (None, "Oslo · more")])
async def test_suggestions_say_how_many_more_the_server_knows(unnamed: int | None, words: str) -> None:
    async def suggest(name: str, text: str, others: dict[str, str]) -> list[str]:
        return Completion(["Oslo"], unnamed)

    app = Bench(NOTE, suggest=suggest)
    async with app.run_test() as pilot:
        await press(pilot, "O")
        await until(lambda: words in app.words)


async def test_up_and_down_choose_a_suggestion_and_beyond_the_ends_is_what_was_typed() -> None:
    async def suggest(name: str, text: str, others: dict[str, str]) -> list[str]:
        return [each for each in ("Oslo", "Odense", "Oulu") if each.startswith(text)]

    app = Bench(NOTE, suggest=suggest)
    async with app.run_test() as pilot:
        await press(pilot, "O")
        await pilot.pause(0.3)
        await press(pilot, "down", "down")
        assert "Oslo · ▸ Odense · Oulu" in app.words
        assert app.form.values() == {"text": "Odense"}
        await press(pilot, "down", "down")
        assert app.form.values() == {"text": "O"}
        await press(pilot, "up", "ctrl+s")
        assert app.sent == [{"text": "Oulu"}]


async def test_an_answer_to_what_is_typed_no_more_is_dropped() -> None:
    slow = asyncio.Event()

    async def suggest(name: str, text: str, others: dict[str, str]) -> list[str]:
        if text == "O":
            await slow.wait()
        return [f"{text}-answer"]

    app = Bench(NOTE, suggest=suggest)
    async with app.run_test() as pilot:
        await press(pilot, "O")
        await pilot.pause(0.2)
        await press(pilot, "s")
        await pilot.pause(0.3)
        slow.set()
        await pilot.pause()
        assert "Os-answer" in app.words and "O-answer" not in app.words


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {"place": st.fixed_dictionaries({"city": st.text()})},
        optional={
            "days": st.integers(),
            "units": st.sampled_from(["celsius", "fahrenheit"]),
            "hourly": st.booleans(),
            "tags": st.lists(st.text()),
        },
    )
)
def test_arguments_go_through_the_entries_and_come_back(values: dict[str, Any]) -> None:
    schema = {**FORECAST, "properties": {**FORECAST["properties"], "days": {"type": "integer"}}}
    fields = fields_of(schema)
    entries = spread(fields, values)

    back, wrong = gather(fields, lambda field: entries.get(field.path, UNSET))

    assert not wrong and same(back, values)
