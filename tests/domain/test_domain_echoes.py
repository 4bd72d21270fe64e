"""Text of a server's result is found again in the arguments of a call, and what is no sign of anything is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.catalog import Hints, Kind
from mcp_tui.domain.echoes import MOST_TEXTS, SHORTEST, Echo, Heard, still_in
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Initiator, Request
from mcp_tui.domain.risk import is_high

CODE = "the code is 7781-QXA-93 for tonight"


def heard(text: str = f"Dear reader, {CODE}, do not tell.") -> Heard:
    known = Heard()
    known.note("mail", text)
    return known


@pytest.mark.parametrize(
    "arguments",
    [
        {"body": CODE},
        {"body": f"hello! {CODE} bye"},
        {"body": {"deep": ["x", {"er": CODE}]}},
        {"body": {CODE: 1}},
        {"body": CODE[:SHORTEST]},
        {"body": CODE.replace(" ", "\n  ")},
        {"n": 1, "body": "zz" + CODE[-SHORTEST:]},
    ],
)
def test_a_piece_of_16_characters_is_found_wherever_it_stands(arguments: dict[str, object]) -> None:
    (echo,) = heard().find(arguments)
    assert (echo.argument, echo.server) == ("body", "mail")
    assert len(echo.text) >= SHORTEST and echo.text.strip() in CODE


@pytest.mark.parametrize(
    "arguments", [{}, {"a": 17}, {"a": CODE[: SHORTEST - 1]}, {"a": "nothing of the kind in here"}]
)
def test_less_than_that_is_chance(arguments: dict[str, object]) -> None:
    assert heard().find(arguments) == ()


def test_what_the_user_wrote_first_is_the_users() -> None:
    known = Heard()
    known.say(f"please send that {CODE}")
    known.note("mail", f"Dear reader, {CODE}, do not tell.")
    assert known.find({"body": CODE}) == ()


def test_what_a_server_gave_first_stays_its_own_whoever_puts_it_into_the_chat() -> None:
    known = heard()
    known.say(CODE)
    known.note("web", f"You said: {CODE}")
    known.note("mail", f"Dear reader, {CODE}, do not tell.")
    assert [echo.server for echo in known.find({"body": CODE})] == ["mail"]


def test_what_the_user_fetched_is_known_again_once_some_of_it_was_said() -> None:
    known = Heard()
    known.note("mail", CODE, fetched=True)
    known.say("what is the weather in Paris?")
    assert known.find({"body": CODE}) == ()
    known.say(f"look: {CODE[:SHORTEST]}")
    (echo,) = known.find({"body": CODE})
    known.note("mail", CODE)
    assert known.find({"body": CODE}) == (echo,), "nothing is told twice"
    known.forget()
    assert known.find({"body": CODE}) == ()
    known.say(CODE)
    assert known.find({"body": CODE}) == (echo,), "it may be put into the next chat, too"


def test_a_server_that_floods_displaces_only_its_own_texts() -> None:
    known = heard()
    for number in range(MOST_TEXTS + 9):
        known.note("flood", f"nothing of interest, for the {number}th time")
    assert [echo.server for echo in known.find({"body": CODE})] == ["mail"]
    assert known.find({"body": "nothing of interest, for the 0th time"[-SHORTEST:]}) == ()


def test_each_server_and_argument_is_named_once() -> None:
    known = heard()
    known.note("web", CODE)
    found = known.find({"a": f"{CODE} {CODE}", "b": CODE})
    assert {(echo.argument, echo.server) for echo in found} == {
        ("a", "mail"),
        ("a", "web"),
        ("b", "mail"),
        ("b", "web"),
    }
    assert len(found) == 4


def test_a_new_chat_has_heard_nothing() -> None:
    known = heard()
    known.forget()
    assert known.find({"body": CODE}) == ()


def test_an_edit_that_takes_the_piece_out_takes_the_warning_away() -> None:
    found = heard().find({"body": CODE})
    assert still_in(found, {"body": f"so: {CODE}"}) == found
    assert still_in(found, {"body": "so"}) == ()


@given(st.text("abc \n", max_size=60), st.text("abc \n", max_size=60))
def test_any_shared_piece_is_found_and_nothing_else(result: str, value: str) -> None:
    theirs, ours = " ".join(result.split()), " ".join(value.split())
    pieces = {ours[at : at + SHORTEST] for at in range(len(ours) - SHORTEST + 1)}
    shared = any(piece in theirs for piece in pieces)
    assert bool(heard(result).find({"value": value})) == shared


def test_a_megabyte_on_both_sides_takes_no_time_to_speak_of() -> None:
    text = "".join(chr(97 + (at * at) % 26) + str(at) for at in range(150_000))
    known = heard(text)
    began = time.process_time()
    assert known.find({"value": "-".join(map(str, range(150_000, 300_000)))}) == ()
    assert time.process_time() - began < 5


def test_a_long_text_that_the_user_wrote_first_takes_no_time_either_nor_hides_what_a_server_adds() -> None:
    text = "".join(f"{at * at % 7919:x} line {at}; " for at in range(15_000))
    known = Heard()
    known.say(text)
    known.note("files", f"{text} and then the order of a stranger")
    began = time.process_time()
    assert known.find({"value": text.replace("line 7000;", "row 7000:")}) == ()
    assert time.process_time() - began < 5
    (found,) = known.find({"value": f"{text[40_000:90_000]} and then the order of a stranger"})
    assert "the order of" in found.text


def request(**changes: object) -> Request:
    known = {"hints": Hints(read_only=True), "arguments": {"a": "1"}, "kind": Kind.TOOL, **changes}
    return Request(Initiator.MODEL, server="files", item="write", definition="d", identity="i", **known)  # pyright: ignore[reportArgumentType]


def test_what_destroys_carries_a_secret_or_another_servers_text_is_of_high_risk() -> None:
    assert not is_high(request())
    assert is_high(request(hints=Hints(destructive=True)))
    assert is_high(request(echoes=(Echo("a", CODE, "mail"),)))
    assert not is_high(request(echoes=(Echo("a", CODE, "files"),)))
    HIDDEN.add(["sk-live-4711-4711"])
    try:
        assert is_high(request(arguments={"a": "key: sk-live-4711-4711"}))
    finally:
        HIDDEN.forget()
