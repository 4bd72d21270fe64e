"""The one door for foreign text: nothing dangerous gets through, nothing harmless is changed."""

from __future__ import annotations

import json
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_tui.domain.text import (
    clean,
    clean_line,
    hidden_count,
    human_size,
    human_time,
    pretty_json,
    safe_json,
    shorten,
)

ZWJ, VS15, VS16 = "\u200d", "\ufe0e", "\ufe0f"

RANGES = """ad-ad 34f-34f 61c-61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164-3164 fe00-fe0f
    feff-feff ffa0-ffa0 fff0-fff8 1bca0-1bca3 1d173-1d17a e0000-e0fff"""
"""Default_Ignorable_Code_Point of the Unicode database, which Python does not have."""
IGNORABLE = {
    code
    for first, last in (pair.split("-") for pair in RANGES.split())
    for code in range(int(first, 16), int(last, 16) + 1)
}


SEEN_FORMATS = "؀؁؂؃؄؅۝܏࢐࢑࣢𑂽𑃍"
"""Prepended_Concatenation_Mark: format characters that have a shape."""


def is_dangerous(char: str) -> bool:
    """Controls but tab and newline, surrogates, separators, noncharacters, and what is drawn as nothing."""
    controls = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in f"\t\n{SEEN_FORMATS}"
    no_character = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    return controls or no_character or ord(char) in IGNORABLE or char in "\U00016fe4\U0001d159"


DANGEROUS = [chr(code) for code in range(0x110000) if is_dangerous(chr(code))]
DANGER = frozenset(DANGEROUS)

EMOJI = [
    "😀", "👍🏽", "❤️", "☎️", "👩‍💻", "👩🏽‍🚀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🏳️‍⚧️", "👁️‍🗨️", "❤️‍🔥", "🧑🏻‍❤️‍💋‍🧑🏿", "🐦‍⬛", "🏃🏽‍♀️‍➡️",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏴", "🏴‍☠️", "🙂‍↔️",
    "🙂‍↕️", "1️⃣", "#️⃣", "*️⃣", "🇺🇦", "ℹ️", "↔️", "↕️", "‼️", "⁉️", "⤴️", "⤵️", "◻️", "◼️", "◽️", "◾️", "〰️", "™️", "©️", "❤︎",
]  # fmt: skip

letters = st.characters(categories=("L", "M", "N", "P", "S", "Zs")).filter(lambda char: char not in DANGER)
harmless = st.text(letters | st.sampled_from("\t\n"))
anything = st.text(
    st.characters()
    | st.sampled_from(DANGEROUS)
    | st.sampled_from([ZWJ, VS15, VS16, "👩", "❤", "1", "\u20e3", "^", "\r", "\n"])
)


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\x9b", "\u202e", "\u200b", "\ud800", "\U000e0041"], ids=ascii)
def test_a_dangerous_character_becomes_a_mark(char: str) -> None:
    assert clean(f"a{char}b") == f"a⟦U+{ord(char):04X}⟧b"


def test_no_dangerous_character_is_left_anywhere_in_unicode() -> None:
    shown = clean("a".join(DANGEROUS))
    assert not set(shown) & DANGER
    assert hidden_count("a".join(DANGEROUS)) == len(DANGEROUS)


@given(anything)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@settings(max_examples=10_000)
@given(anything)
def test_only_the_joiners_of_emoji_are_left_of_what_is_hidden(text: str) -> None:
    shown = clean(text)
    left = set(shown) & DANGER
    assert left <= {ZWJ, VS15, VS16}
    for at, char in enumerate(shown):
        if char == ZWJ:
            assert at > 0 and ord(shown[at - 1]) > 0x2000 and ord(shown[at + 1]) > 0x2000
        if char in (VS15, VS16):
            assert at > 0 and not shown[at - 1].isspace() and (shown[at - 1] == "ℹ" or not shown[at - 1].isalpha())


@given(harmless)
def test_harmless_text_is_not_changed(text: str) -> None:
    assert clean(text) == text
    assert hidden_count(text) == 0


@pytest.mark.parametrize("emoji", EMOJI)
def test_emoji_stay_whole(emoji: str) -> None:
    assert clean(f"a{emoji}b{emoji}") == f"a{emoji}b{emoji}"


def as_tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(char)) for char in text)


def as_selectors(data: bytes) -> str:
    return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in data)


def test_selectors_and_joiners_that_are_no_part_of_an_emoji_are_shown() -> None:
    assert clean(f"😀{VS16}{VS16}") == f"😀{VS16}⟦U+FE0F⟧"
    assert clean(f"a{VS16}b{ZWJ}c") == "a⟦U+FE0F⟧b⟦U+200D⟧c"
    assert clean(f"^{VS16}`{VS15}") == "^⟦U+FE0F⟧`⟦U+FE0E⟧"


def test_text_in_tags_is_shown_as_what_it_spells() -> None:
    assert clean(f"ok{as_tags('hi')}!") == "ok⟦2 tags: hi⟧!"
    assert clean(f"ok{as_tags('h')}i{as_tags('!')}") == "ok⟦U+E0068⟧i⟦U+E0021⟧"
    assert clean("\U000e0001\U000e007f") == "⟦2 tags⟧"
    assert hidden_count(as_tags("ignore the person")) == 17


@pytest.mark.parametrize("carried", ["send all", "gbeng send all", "usca", "gbeng"])
def test_a_black_flag_carries_no_tags_but_those_of_the_three_flags(carried: str) -> None:
    shown = clean(f"🏴{as_tags(carried)}")
    assert shown == f"🏴⟦{len(carried)} tags: {carried}⟧"


def test_tags_behind_a_real_flag_are_shown() -> None:
    assert clean(f"🏴󠁧󠁢󠁷󠁬󠁳󠁿{as_tags('run')}") == "🏴󠁧󠁢󠁷󠁬󠁳󠁿⟦3 tags: run⟧"


def test_bytes_in_variation_selectors_are_shown_as_what_they_spell() -> None:
    assert clean(f"😀{as_selectors(b'drop it')}") == "😀⟦7 variation selectors: drop it⟧"
    assert clean(f"a{as_selectors('naïve 🙈'.encode())}") == "a⟦11 variation selectors: naïve 🙈⟧"
    assert clean(f"a{as_selectors(bytes([0, 15, 16, 255]))}") == "a⟦4 variation selectors: bytes 00 0f 10 ff⟧"


def test_what_hidden_text_spells_is_cleaned_too() -> None:
    inner = as_selectors("\x1b[2J\n\u202e ok".encode())
    assert clean(f"a{inner}") == f"a⟦{len(inner)} variation selectors: ⟦U+001B⟧[2J ⟦U+202E⟧ ok⟧"
    twice = as_selectors(f"go {as_tags('deep')}".encode())
    assert clean(f"a{twice}") == f"a⟦{len(twice)} variation selectors: go ⟦4 tags: deep⟧⟧"


def test_a_row_of_one_hidden_character_is_one_mark_with_its_count() -> None:
    assert clean("a\u200b\u200b\u200bb\0\0") == "a⟦3 × U+200B⟧b⟦2 × U+0000⟧"
    assert len(clean("\x1b" * 1_000_000)) < 30


def test_empty_braille_is_shown_where_it_can_only_hide() -> None:
    blank = "\u2800"
    assert clean(f"name{blank * 3}") == "name⟦3 × U+2800⟧"
    assert clean(f"a{blank}b") == f"a{blank}b"
    picture = f"{blank * 3}⣀⡠⠤\n{blank * 6}\n"
    assert clean(picture) == picture


def test_a_megabyte_of_any_kind_is_cleaned_in_no_time() -> None:
    size = 250_000
    worst = ["a\u2800\u2800", "🏴\U000e0067", "😀\ufe0f\u200d", "\U000e0041b", "\ufe01\U000e0102", "\x1b[31m", "é\n"]
    for unit in worst:
        text = unit * (size // len(unit))
        start = time.process_time()
        assert clean(text)
        assert time.process_time() - start < 2, ascii(unit)


def test_letters_of_every_script_are_no_hidden_characters() -> None:
    for text in ("Ünïcödé", "日本語", "हिन्दी", "العربية ٠؀", "Ελληνικά", "é̂", "→ ½ €", "𝒳", "\ue0b0"):
        assert clean(text) == text


def test_escape_sequences_cannot_reach_the_terminal() -> None:
    assert clean("\x1b[2J\x9b31m\x07") == "⟦U+001B⟧[2J⟦U+009B⟧31m⟦U+0007⟧"


def test_line_ends_of_windows_are_line_ends_and_a_lone_return_is_marked() -> None:
    assert clean("a\r\nb\rc") == "a\nb⟦U+000D⟧c"


def test_a_line_has_no_breaks() -> None:
    assert clean_line(" a\r\n\tb\u2028c ") == "a b⟦U+2028⟧c"


@given(anything)
def test_every_mark_that_was_added_is_counted(text: str) -> None:
    joined = "".join(DANGEROUS[:40])
    assert hidden_count(text + "." + joined) == hidden_count(text + ".") + len(joined.replace("\r\n", ""))


def test_marks_that_were_written_as_text_are_not_counted() -> None:
    assert hidden_count("⟦U+202E⟧ and \u202e") == 1


values = st.none() | st.floats(allow_nan=False) | anything


@given(values | st.lists(values, max_size=3) | st.dictionaries(anything, values, max_size=3))
def test_json_for_pipes_keeps_every_character_and_shows_no_dangerous_one(value: object) -> None:
    text = safe_json(value)
    assert json.loads(text) == json.loads(json.dumps(value))
    assert not set(text) & DANGER


def test_json_for_people_keeps_letters() -> None:
    assert pretty_json({"a": "é"}) == '{\n  "a": "é"\n}'


@given(st.text(), st.integers(0, 20))
def test_a_shortened_text_is_never_longer_than_asked(text: str, width: int) -> None:
    short = shorten(text, width)
    assert len(short) <= width
    assert short == text or len(text) > width


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (6_400, "6.4 KB"), (999_960, "1.0 MB"), (5 * 10**9, "5.0 GB")],
)
def test_sizes_are_short(size: int, shown: str) -> None:
    assert human_size(size) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.038, "38 ms"), (0.9999, "1.0 s"), (4.21, "4.2 s"), (9.97, "10 s"), (59.7, "1 min 0 s"), (125, "2 min 5 s")],
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert human_time(seconds) == shown
