"""A thousand random streams of typing at the sieve itself, by a clock of the test: none answers by accident."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from textual import events

from mcp_tui.ui.key_sieve import Guarded, KeySieve
from mcp_tui.ui.lone_press import QUIET_AFTER, QUIET_BEFORE
from mcp_tui.ui.screens import answers, remember
from mcp_tui.ui.screens.consent import ConsentDialog
from mcp_tui.ui.screens.elicit import ElicitDialog
from mcp_tui.ui.screens.result import ResultDialog
from mcp_tui.ui.screens.review import ReviewDialog
from mcp_tui.ui.screens.sample import SampleDialog
from mcp_tui.ui.screens.sign_in import SignInDialog
from mcp_tui.ui.screens.two_ways import GoOn, ShowPage
from mcp_tui.ui.screens.visit import VisitDialog
from mcp_tui.ui.widgets.pieces import Choice

STREAMS = 1_000
Keys = Mapping[str, object]
RULE: Keys = {key: id_ for key, id_ in answers.KEYS.items() if id_ in {*remember.SCOPES, "turn", "keep"}}
CALL: Keys = {key: id_ for key, id_ in answers.KEYS.items() if key not in RULE}
KINDS: dict[str, tuple[Keys, ...]] = {
    "permission": (CALL,),
    "next call of a batch": (CALL, CALL),
    "rule to remember": (CALL, RULE),
    "form": (ElicitDialog.KEYS,),
    "address": (VisitDialog.KEYS,),
    "result": (ResultDialog.KEYS,),
    "review": (ReviewDialog.KEYS,),
    "consent": (ConsentDialog.KEYS,),
    "sampling": (SampleDialog.KEYS,),
    "sign-in": (SignInDialog.KEYS,),
    "rounds": (GoOn.KEYS,),
    "page": (ShowPage.KEYS,),
}
"""The keys that answer in each kind of dialog, and in its second step, which a lone press led to."""
OTHERS = [*"asdArecovp 123ny qxzé ", "enter", "tab", "left", "ctrl+s", "ctrl+r", "ctrl+l"]
REDRAWN = 0.05
"""Seconds until a step stands on the screen."""


class Question(Guarded):
    """A dialog without a screen. Each answer leads to its next step, and the last one stays."""

    def __init__(self, steps: tuple[Keys, ...], drawn: float, redraw: Callable[[Question], None]) -> None:
        self.drawn_at = drawn
        self.answers = 0
        self.typed: list[str] = []
        """What came into its own fields."""
        self._steps = steps
        self._redraw = redraw

    def choice_for(self, key: str) -> Choice | None:
        keys = self._steps[min(self.answers, len(self._steps) - 1)]
        return cast(Choice, key) if key in keys or key == "enter" else None

    def leads_in(self, choice: Choice) -> bool:
        return str(choice).endswith("tab")

    def choose(self, choice: Choice) -> None:
        if self.leads_in(choice):
            self.takes_text = True
            return
        self.answers += 1
        self.drawn_at = None
        self._redraw(self)

    def step_back(self) -> None:
        raise AssertionError("nobody pressed esc")

    def waiting_changed(self, count: int) -> None:
        pass


class Table:
    """A sieve, the question before it, and a clock. `typed` is what the app would handle, fields of a question too."""

    def __init__(self, steps: tuple[Keys, ...], monkeypatch: pytest.MonkeyPatch, has_field: bool = True) -> None:
        self.now = self.pressed = 1_000.0
        self.typed: list[str] = []
        self.question: Question | None = None
        self._steps = steps
        self._timers: list[tuple[float, Callable[[], object]]] = []
        monkeypatch.setattr("mcp_tui.ui.key_sieve.monotonic", lambda: self.now)
        monkeypatch.setattr("mcp_tui.ui.key_sieve.later", lambda _, seconds, act: self._at(seconds, act))
        self._sieve = KeySieve(cast(Any, self), self._guarded, self._fold, lambda: has_field)

    def call_later(self, act: Callable[..., object], *given: object) -> None:
        act(*given)

    def ask(self, drawn_ago: float) -> Question:
        self.question = Question(self._steps, self.now - drawn_ago, self._redraw)
        return self.question

    def press(self, key: str) -> None:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = self.pressed = self.now
        keys = [each.key for each in self._sieve.sift(event) if isinstance(each, events.Key)]
        self.typed += keys
        if self.question and self.question.takes_text:
            self.question.typed += keys

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [timer for timer in self._timers if timer[0] <= end]:
            timer = min(due, key=lambda each: each[0])
            self._timers.remove(timer)
            self.now = max(self.now, timer[0])
            timer[1]()
        self.now = end

    def _at(self, seconds: float, act: Callable[[], object]) -> None:
        self._timers.append((self.now + seconds, act))

    def _redraw(self, question: Question) -> None:
        def drawn() -> None:
            question.drawn_at = self.now

        self._at(REDRAWN, drawn)

    def _guarded(self) -> Question | None:
        return self.question if self.question and not self.question.takes_text else None

    def _fold(self) -> None:
        self.question = None


@pytest.mark.parametrize("has_field", [True, False], ids=["before a field", "before none"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_stream_of_a_thousand_answers_or_loses_a_character(
    kind: str, has_field: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question is there from the start, or comes at some key; keys are 0 to 0.24 s apart, as when somebody types.

    Where no field had the focus, a Tab with a character right behind it leads into the question's own fields: nothing
    else does, what sends them is never the first that they get, and the question knows how long the burst goes on.
    """
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    steps, last, led_in = KINDS[kind], KINDS[kind][-1], 0
    for number in range(STREAMS):
        table = Table(steps, monkeypatch, has_field)
        questions = [table.ask(chance.uniform(0, 60))] if chance.random() < 0.5 else []
        if len(steps) > 1:
            questions = [table.ask(60)]
            table.press("A")
            table.wait(QUIET_AFTER + 0.01)
        table.wait(chance.choice([0.0, 0.3, 3.0]))
        stream = [chance.choice([*OTHERS, *last]) for _ in range(chance.randint(2, 40))]
        arrives = chance.randrange(len(stream))
        for at, key in enumerate(stream):
            if at == arrives and table.question is None:
                questions.append(table.ask(chance.choice([0.0, 0.1, 9.0])))
            table.press(key)
            table.wait(chance.uniform(0, QUIET_AFTER - 0.01))
        table.wait(9)
        told = f"stream {number} of seed {seed}: {stream}"
        assert sum(each.answers for each in questions) == len(steps) - 1, told
        assert [key for key in table.typed if len(key) == 1] == [key for key in stream if len(key) == 1], told
        in_fields = [each for each in questions if each.takes_text]
        assert all(len(each.typed[0]) == 1 for each in in_fields), told
        assert all(each.burst_until == table.pressed for each in in_fields if len(each.typed) > 1), told
        led_in += len(in_fields)
    assert bool(led_in) == ("tab" in last and not has_field)


def test_the_sieve_of_the_streams_takes_a_lone_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never answers there would prove nothing."""
    table = Table(KINDS["permission"], monkeypatch)
    question = table.ask(QUIET_BEFORE + 0.1)
    table.press("a")
    table.wait(1)
    assert question.answers == 1 and table.typed == []
