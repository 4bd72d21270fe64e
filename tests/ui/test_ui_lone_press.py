"""Which press answers: a table, and a property over every stream of keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.ui.lone_press import QUIET_AFTER, QUIET_BEFORE, LonePress, Press, Verdict


@pytest.mark.parametrize(
    ("press", "drawn", "last_key", "time", "verdict"),
    [
        (Press.ANSWER, 0.0, -9.0, 0.4, Verdict.HOLD),
        (Press.ANSWER, 0.0, -9.0, 0.39, Verdict.TYPING),
        (Press.ANSWER, None, -9.0, 5.0, Verdict.TYPING),
        (Press.ANSWER, 0.0, 4.7, 5.0, Verdict.TYPING),
        (Press.ENTER, 0.0, -9.0, 5.0, Verdict.HOLD),
        (Press.ENTER, 0.0, 4.7, 5.0, Verdict.DROP),
        (Press.ENTER, None, -9.0, 5.0, Verdict.DROP),
        (Press.ESCAPE, 0.0, 4.9, 5.0, Verdict.BACK),
        (Press.ESCAPE, 0.0, -9.0, 0.3, Verdict.DROP),
        (Press.ESCAPE, None, -9.0, 5.0, Verdict.DROP),
        (Press.TEXT, 0.0, -9.0, 5.0, Verdict.TYPING),
        (Press.OTHER, None, 4.9, 5.0, Verdict.PASS),
    ],
)
def test_a_single_press_is_judged_by_the_quiet_before_it(
    press: Press, drawn: float | None, last_key: float, time: float, verdict: Verdict
) -> None:
    presses = LonePress()
    presses.note(last_key)
    assert presses.press(press, time, drawn) is verdict


@pytest.mark.parametrize("second", [Press.ANSWER, Press.ENTER, Press.TEXT, Press.OTHER])
def test_any_key_soon_after_a_held_press_makes_both_typing(second: Press) -> None:
    presses = LonePress()
    assert presses.press(Press.ANSWER, 5.0, 0.0) is Verdict.HOLD
    assert not presses.settled(5.24)
    assert presses.press(second, 5.24, 0.0) is Verdict.TYPING


def test_escape_soon_after_a_held_press_still_goes_back() -> None:
    presses = LonePress()
    presses.press(Press.ANSWER, 5.0, 0.0)
    assert presses.press(Press.ESCAPE, 5.1, 0.0) is Verdict.BACK
    assert not presses.settled(9.0)


def test_quiet_after_a_held_press_makes_it_count() -> None:
    presses = LonePress()
    presses.press(Press.ENTER, 5.0, 0.0)
    assert presses.settled(5.0 + QUIET_AFTER)
    presses.release()
    assert not presses.settled(9.0)


@given(
    st.lists(st.tuples(st.sampled_from(list(Press)), st.floats(0, 1)), min_size=1, max_size=30),
    st.none() | st.floats(0, 5),
)
def test_only_presses_with_quiet_on_both_sides_ever_count(keys: list[tuple[Press, float]], drawn: float | None) -> None:
    presses = LonePress()
    times, now = [], 0.0
    for _, gap in keys:
        now += gap
        times.append(now)
    for index, (press, _) in enumerate(keys):
        time = times[index]
        following = times[index + 1] if index + 1 < len(times) else time + 9
        presses.press(press, time, drawn)
        if presses.settled(following):
            assert press in (Press.ANSWER, Press.ENTER)
            assert drawn is not None and time - drawn >= QUIET_BEFORE
            assert index == 0 or time - times[index - 1] >= QUIET_BEFORE
            assert following - time >= QUIET_AFTER
            presses.release()
