"""A thousand random streams of typing at the sieve itself, by a clock of the test: none answers by accident."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from textual import events

from mcp_tui.ui.key_sieve import Guarded, KeySieve
from mcp_tui.ui.lone_press import QUIET_AFTER, QUIET_BEFORE
from mcp_tui.ui.screens import answers
from mcp_tui.ui.screens.elicit import ElicitDialog
from mcp_tui.ui.screens.result import ResultDialog
from mcp_tui.ui.screens.review import ReviewDialog
from mcp_tui.ui.screens.sample import SampleDialog
from mcp_tui.ui.screens.sign_in import SignInDialog
from mcp_tui.ui.widgets.pieces import Choice

STREAMS = 1_000
KINDS: dict[str, Mapping[str, object]] = {
    "permission": answers.KEYS,
    "form or address": ElicitDialog.KEYS,
    "result": ResultDialog.KEYS,
    "review": ReviewDialog.KEYS,
    "sampling": SampleDialog.KEYS,
    "sign-in": SignInDialog.KEYS,
}
"""The keys that answer in each kind of dialog."""
OTHERS = [*"asdArecovp qxzé ", "enter", "tab", "ctrl+s"]


class Question(Guarded):
    """A dialog without a screen."""

    def __init__(self, keys: Mapping[str, object], drawn: float) -> None:
        self.drawn_at = drawn
        self._keys = keys
        self.answers = 0

    def choice_for(self, key: str) -> Choice | None:
        return cast(Choice, key) if key in self._keys or key == "enter" else None

    def choose(self, choice: Choice) -> None:
        self.answers += 1

    def step_back(self) -> None:
        raise AssertionError("nobody pressed esc")

    def waiting_changed(self, count: int) -> None:
        pass


class Table:
    """A sieve, the question before it, and a clock. What the app would handle is `typed`."""

    def __init__(self, keys: Mapping[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        self.typed: list[str] = []
        self.question: Question | None = None
        self._keys = keys
        self._timers: list[tuple[float, Callable[[], object]]] = []
        monkeypatch.setattr("mcp_tui.ui.key_sieve.monotonic", lambda: self.now)
        monkeypatch.setattr("mcp_tui.ui.key_sieve.later", lambda _, seconds, act: self._at(seconds, act))
        self._sieve = KeySieve(cast(Any, self), lambda: self.question, self._fold, lambda: True)

    def call_later(self, act: Callable[..., object], *given: object) -> None:
        act(*given)

    def ask(self, drawn_ago: float) -> Question:
        self.question = Question(self._keys, self.now - drawn_ago)
        return self.question

    def press(self, key: str) -> None:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = self.now
        self.typed += [each.key for each in self._sieve.sift(event) if isinstance(each, events.Key)]

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

    def _fold(self) -> None:
        self.question = None


@pytest.mark.parametrize("kind", KINDS)
def test_no_stream_of_a_thousand_answers_or_loses_a_character(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question is there from the start, or comes at some key; keys are 0 to 0.24 s apart, as when somebody types."""
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    for number in range(STREAMS):
        table = Table(KINDS[kind], monkeypatch)
        questions = [table.ask(chance.uniform(0, 60))] if chance.random() < 0.5 else []
        table.wait(chance.choice([0.0, 0.3, 3.0]))
        stream = [chance.choice(OTHERS) for _ in range(chance.randint(2, 40))] + ["z", "z"]
        arrives = chance.randrange(len(stream))
        for at, key in enumerate(stream):
            if at == arrives and table.question is None:
                questions.append(table.ask(chance.choice([0.0, 0.1, 9.0])))
            table.press(key)
            table.wait(chance.uniform(0, QUIET_AFTER - 0.01))
        table.wait(9)
        told = f"stream {number} of seed {seed}: {stream}"
        assert not any(each.answers for each in questions), told
        assert [key for key in table.typed if len(key) == 1] == [key for key in stream if len(key) == 1], told


def test_the_sieve_of_the_streams_takes_a_lone_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never answers there would prove nothing."""
    table = Table(KINDS["permission"], monkeypatch)
    question = table.ask(QUIET_BEFORE + 0.1)
    table.press("a")
    table.wait(1)
    assert question.answers == 1 and table.typed == []
