"""The chat view at the keyboard and under the mouse: what events, keys, clicks and sizes make of the screen."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from looking import until
from textual.app import App, ComposeResult
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from mcp_tui.chat.events import (
    Noted,
    ReasoningDelta,
    RoundStarted,
    TextDelta,
    ToolApproved,
    ToolAsked,
    ToolDenied,
    ToolFinished,
    ToolProgressed,
    TurnEvent,
    TurnFailed,
    TurnFinished,
)
from mcp_tui.domain.catalog import NOTHING_SAID, Hints, Kind
from mcp_tui.domain.chat import ToolCall
from mcp_tui.domain.content import TextBlock, ToolResult
from mcp_tui.domain.errors import ModelUnreachable
from mcp_tui.domain.permission import Answer, Decision, Initiator, Request
from mcp_tui.ui.themes import INK, PAPER, with_roles
from mcp_tui.ui.transcript import Transcript


class Demo(App[None]):
    """The transcript alone, with the themes and roles of the real app."""

    def __init__(self, theme: str = "ink") -> None:
        super().__init__()
        self.wanted = theme
        self.copied: list[str] = []
        self.retries = 0

    def get_css_variables(self) -> dict[str, str]:
        return with_roles(super().get_css_variables(), self.current_theme.ansi)

    def compose(self) -> ComposeResult:
        yield Transcript(empty_text=Content("Nothing said yet."))

    def on_mount(self) -> None:
        self.register_theme(INK)
        self.register_theme(PAPER)
        self.theme = self.wanted

    def on_transcript_copy_requested(self, event: Transcript.CopyRequested) -> None:
        self.copied.append(event.text)

    def on_transcript_retry_requested(self, event: Message) -> None:
        self.retries += 1

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)


def visible(app: Demo) -> list[str]:
    """The rows in view, as text."""
    app.transcript.flush()
    return drawn(app)


def drawn(app: Demo) -> list[str]:
    """The rows in view, as text, as they were drawn by themselves."""
    return [app.transcript.render_line(y).text.rstrip() for y in range(app.transcript.size.height)]


def shows(app: Demo, words: str) -> bool:
    return any(words in row for row in visible(app))


def request(item: str, arguments: dict[str, Any], hints: Hints = NOTHING_SAID) -> Request:
    return Request(Initiator.MODEL, Kind.TOOL, "git", item, arguments, "d", "i", hints=hints)


def asked(name: str, arguments: dict[str, Any] | None = None, hints: Hints = NOTHING_SAID) -> list[TurnEvent]:
    values = arguments or {}
    return [ToolAsked(ToolCall(name, name, "{}"), "git", name, values, request(name, values, hints))]


def ran(name: str, result: ToolResult, arguments: dict[str, Any] | None = None) -> list[TurnEvent]:
    call, values = ToolCall(name, name, "{}"), arguments or {}
    return [
        *asked(name, values),
        ToolApproved(call, Decision(True, values, "you said so")),
        ToolFinished(call, 0.038, result),
    ]


def text_result(text: str, **more: Any) -> ToolResult:
    return ToolResult((TextBlock(text),), **more)


def fold(app: Demo, *events: TurnEvent) -> None:
    for event in events:
        app.transcript.fold(event)


async def test_an_empty_conversation_shows_its_one_sentence() -> None:
    async with Demo().run_test(size=(60, 10)) as pilot:
        app = pilot.app
        assert isinstance(app, Demo)
        assert app.transcript.is_empty
        assert shows(app, "Nothing said yet.")
        app.transcript.add_user("hello")
        assert not shows(app, "Nothing said yet.")
        app.transcript.clear()
        assert shows(app, "Nothing said yet.")


class CountingContent(Content):
    """Words that count how often they are laid out."""

    laid = 0

    def render_strips(self, *args: Any, **kwargs: Any) -> list[Strip]:
        CountingContent.laid += 1
        return super().render_strips(*args, **kwargs)


async def test_the_words_of_an_empty_conversation_are_laid_out_once_for_a_width_and_a_theme() -> None:
    app = Demo()
    async with app.run_test(size=(60, 10)) as pilot:
        app.transcript.empty_text = CountingContent("Nothing said yet.\n" * 8)
        inks: list[object] = []
        for columns, theme in ((60, "ink"), (50, "ink"), (50, "paper")):
            app.theme = theme
            await pilot.resize_terminal(columns, 10)
            await pilot.pause()
            CountingContent.laid = 0
            assert drawn(app) == [" Nothing said yet."] * 8 + ["", ""]
            assert CountingContent.laid <= 1
            inks.append([segment.style for segment in app.transcript.render_line(0)])
        assert inks[1] != inks[2], "another theme, another ink"


async def test_a_turn_reads_from_top_to_bottom_as_it_happened() -> None:
    app = Demo()
    async with app.run_test(size=(70, 30)):
        app.transcript.add_user("Which commits?")
        fold(app, RoundStarted(1), ReasoningDelta("I should look."), *ran("git_log", text_result("5 commits")))
        fold(app, RoundStarted(2), TextDelta("There are **fi"), TextDelta("ve**."), Noted("retried"), TurnFinished())
        rows = [row for row in visible(app) if row]
        assert rows[0] == "▎  Which commits?"
        assert rows[1] == " ▸ thought for 1 s"
        assert rows[2].startswith("▎  ✓  git_log git") and rows[2].endswith("38 ms")
        assert rows[3:] == ["▎  5 commits", " There are five.", " · retried"]


async def test_cards_say_how_each_call_stands() -> None:
    app = Demo()
    async with app.run_test(size=(70, 40)):
        fold(app, *asked("delete_files", {"pattern": "build/**", "dry_run": False}, Hints(destructive=True)))
        assert shows(app, "?  delete_files git") and shows(app, "waits for you   F8")
        assert shows(app, 'pattern  "build/**"   dry_run  false') and shows(app, "▲ destructive")
        call = ToolCall("delete_files", "delete_files", "{}")
        fold(app, ToolDenied(call, Decision(False, {}, "", Answer.DENY)))
        assert shows(app, "⊘  delete_files git") and shows(app, "you denied it")
        fold(app, *ran("git_show", text_result("bad revision", is_error=True)))
        assert shows(app, "✗  git_show git") and shows(app, "bad revision")
        nonsense = ToolCall("n", "nonsense", "{")
        fold(app, ToolAsked(nonsense, "", "", {}), ToolFinished(nonsense, 0, error="no such tool"))
        assert shows(app, "✗  nonsense") and shows(app, "not sent") and shows(app, "no such tool")
        fold(
            app,
            *asked("auto"),
            ToolDenied(ToolCall("auto", "auto", ""), Decision(False, {}, "a rule of yours denies it")),
        )
        assert shows(app, "a rule of yours denies it")


async def test_a_running_call_shows_its_progress_and_a_turning_sign() -> None:
    app = Demo()
    async with app.run_test(size=(70, 12)):
        call = ToolCall("bench", "bench", "{}")
        fold(app, *asked("bench"), ToolApproved(call, Decision(True, {}, "")), ToolProgressed(call, 31, 50, "round 31"))
        assert shows(app, "62%") and shows(app, "round 31") and shows(app, "━━━") and shows(app, "◌  bench")
        await until(lambda: any(sign in visible(app)[0] for sign in "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"))
        await until(lambda: shows(app, "1 s   esc"))


async def test_nothing_turns_when_animations_are_off() -> None:
    app = Demo()
    async with app.run_test(size=(70, 12)):
        app.animation_level = "none"
        call = ToolCall("bench", "bench", "{}")
        fold(app, *asked("bench"), ToolApproved(call, Decision(True, {}, "")))
        await until(lambda: shows(app, "1 s   esc"))
        assert shows(app, "◌  bench")


async def test_stopping_closes_whatever_was_open() -> None:
    app = Demo()
    async with app.run_test(size=(70, 20)):
        fold(app, ReasoningDelta("hm"), *asked("slow"), ToolApproved(ToolCall("slow", "", ""), Decision(True, {}, "")))
        app.transcript.stopped()
        fold(app, ToolFinished(ToolCall("slow", "", ""), 1, stopped=True))
        assert shows(app, "·  slow git") and shows(app, "thought for") and shows(app, " · stopped by you")


async def test_a_failed_turn_can_be_tried_again_from_its_card() -> None:
    app = Demo()
    async with app.run_test(size=(70, 20)) as pilot:
        fold(app, TurnFailed(ModelUnreachable("No answer.", subject="http://localhost:1", hint="Start it.")))
        assert shows(app, "✗  No answer.") and shows(app, "http://localhost:1") and shows(app, "Start it.")
        app.transcript.focus()
        await pilot.press("r", "enter")
        assert app.retries == 2


async def test_a_call_typed_by_the_user_is_a_card_too() -> None:
    app = Demo()
    async with app.run_test(size=(70, 20)):
        call = app.transcript.add_user_call("git", "git_log", {"max_count": 5})
        fold(
            app, ToolApproved(call, Decision(True, {"max_count": 5}, "")), ToolFinished(call, 2.0, text_result("done"))
        )
        assert shows(app, "✓  git_log git") and shows(app, "max_count  5") and shows(app, "done")


async def test_enter_opens_the_focused_card_and_folds_it_again() -> None:
    app = Demo()
    async with app.run_test(size=(70, 40)) as pilot:
        result = text_result("\n".join(f"row {n}" for n in range(10)), structured={"ok": True})
        fold(app, ReasoningDelta("deep thought"), *ran("git_log", result, {"path": "a b"}), TextDelta("Done."))
        app.transcript.focus()
        assert shows(app, "… 7 more lines   enter") and not shows(app, "row 9")
        await pilot.press("up", "up", "enter")
        assert shows(app, "row 9") and shows(app, '"path": "a b"') and shows(app, '"ok": true')
        await pilot.press("enter")
        assert not shows(app, "row 9")
        await pilot.press("up", "enter")
        assert visible(app)[:2] == ["▌▾ thought for 1 s", "▌  deep thought"]


async def test_y_copies_the_focused_block_in_its_shown_form() -> None:
    app = Demo()
    async with app.run_test(size=(70, 20)) as pilot:
        app.transcript.add_user("first")
        fold(app, TextDelta("an **answer**\x1b[2J"))
        app.transcript.focus()
        await pilot.press("y", "up", "y")
        assert app.copied == ["an **answer**⟦U+001B⟧[2J", "first"]


async def test_a_click_chooses_a_block_and_opens_it_on_its_first_row() -> None:
    app = Demo()
    async with app.run_test(size=(70, 30)) as pilot:
        app.transcript.add_user("first")
        fold(app, *ran("git_log", text_result("a\nb\nc\nd\ne")))
        await until(lambda: shows(app, "2 more"))
        await pilot.click(Transcript, offset=(10, 3))
        await until(lambda: not shows(app, "▌  first") and shows(app, "▌  a"))
        assert not shows(app, "▎  d")
        await pilot.click(Transcript, offset=(10, 2))
        await until(lambda: shows(app, "▌  e"))


async def test_dragging_selects_text_without_bars_and_padding() -> None:
    app = Demo()
    async with app.run_test(size=(40, 20)) as pilot:
        app.transcript.add_user("日本語 one")
        fold(app, *ran("git_log", text_result("five commits")))
        await until(lambda: shows(app, "five"))
        await pilot.mouse_down(Transcript, offset=(5, 0))
        await pilot.hover(Transcript, offset=(7, 3))
        await pilot.mouse_up(Transcript, offset=(7, 3))
        selected = app.screen.get_selected_text()
        assert selected is not None
        assert selected.split("\n")[0] == "本語 one" and selected.split("\n")[-1].startswith("five"[:4])
        assert "▎" not in selected and visible(app)[0] == "▎  日本語 one"


async def test_the_view_follows_the_end_until_the_user_scrolls_up() -> None:
    app = Demo()
    async with app.run_test(size=(50, 10)) as pilot:
        view = app.transcript
        fold(app, *(TextDelta(f"para {n}\n\n") for n in range(50)))
        assert shows(app, "para 49")
        view.focus()
        await pilot.press("pageup")
        await until(lambda: not shows(app, "para 49"))
        top = visible(app)[0]
        fold(app, *(TextDelta(f"para {n}\n\n") for n in range(50, 90)))
        assert visible(app)[0] == top and visible(app)[-1].endswith("↓ more")
        await pilot.press("end")
        await until(lambda: shows(app, "para 89"))
        fold(app, TextDelta("the very end"))
        assert shows(app, "the very end")


async def test_a_new_width_wraps_everything_again_and_keeps_the_place() -> None:
    app = Demo()
    async with app.run_test(size=(80, 12)) as pilot:
        for n in range(30):
            app.transcript.add_user(f"message {n} " + "word " * 30)
        fold(app, TextDelta("the end"))
        view = app.transcript
        await until(lambda: shows(app, "the end") and view.show_vertical_scrollbar)
        view.scroll_to(y=28, animate=False, immediate=True)
        await until(lambda: visible(app)[0].startswith("▎  message 7"))
        await pilot.resize_terminal(40, 12)
        await until(lambda: view.size.width <= 40)
        assert visible(app)[0].startswith("▎  message 7")
        assert all(len(row) <= 40 for row in visible(app))


async def test_text_is_at_most_100_columns_wide() -> None:
    app = Demo()
    async with app.run_test(size=(160, 12)):
        fold(app, TextDelta("word " * 60))
        assert 90 < max(len(row) for row in visible(app)) <= 100


@pytest.mark.parametrize("theme", ["ink", "paper", "ansi-dark", "textual-light", "nord"])
async def test_every_theme_draws_and_a_change_of_theme_draws_again(theme: str) -> None:
    app = Demo(theme)
    async with app.run_test(size=(60, 20)) as pilot:
        fold(app, *ran("git_log", text_result("done")), TextDelta("`code`"))
        app.transcript.focus()
        await until(lambda: shows(app, "code"))
        before = app.transcript.render_line(1)
        app.theme = "dracula"
        await pilot.pause()
        assert app.transcript.render_line(1) != before


async def test_a_megabyte_of_result_opens_and_scrolls() -> None:
    app = Demo()
    async with app.run_test(size=(80, 20)) as pilot:
        rows = "\n".join(f"{n} " + "x" * 90 for n in range(11_000))
        fold(app, *ran("dump", text_result(rows, structured={"rows": ["y" * 50] * 5000})))
        app.transcript.focus()
        await pilot.press("enter")
        assert app.transcript.virtual_size.height > 27_000
        await pilot.press("end")
        await until(lambda: shows(app, "}"))
        await pilot.press("home")
        await until(lambda: shows(app, "✓  dump"))


async def test_a_machine_that_pauses_at_any_moment_never_stops_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = itertools.count()
    monkeypatch.setattr("textual._time.get_time", lambda: time.monotonic() + next(looks) * 0.002)
    app = Demo()
    async with app.run_test(size=(60, 12)) as pilot:
        for words in ("one", "two", "three"):
            app.transcript.add_note(words)
            await until(lambda words=words: any(words in row for row in drawn(app)))
            await pilot.pause(0.1)  # the next one is drawn at once
