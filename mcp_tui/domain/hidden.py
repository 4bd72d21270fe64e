"""Characters that are drawn as nothing, or turn a text around: which they are, when they are honest, what they spell.

The honest ones are parts of emoji (Unicode TS 51) and of pictures drawn in braille. Ranges are written for the
inside of a regular expression's brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
"""C0 but tab and newline, DEL, C1."""
TAGS = "\U000e0000-\U000e007f"
"""Twins of the ASCII characters that only models read."""
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors 1 to 256."""
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
INVISIBLES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U00016fe4"
    f"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff{_NONCHARACTERS}"
)
"""Soft hyphen, Arabic letter mark, Hangul, Khmer and Khitan fillers, Mongolian separators, zero width and bidi
controls, line and paragraph separators, invisible operators, variation selectors, BOM, interlinear marks, lone
surrogates, controls of hieroglyphs, shorthand and musical notes, tags, noncharacters. Not the format characters that
are seen, such as the signs above Arabic numbers."""

_ZWJ, _VS16, _VS15 = "\u200d", "\ufe0f", "\ufe0e"
# Emoji of Unicode TS 51 that are no symbols by their category.
_OTHER_EMOJI = frozenset("‼⁉ℹ↔⤴⤵◻◼◽◾〰")
_BLACK_FLAG = "\U0001f3f4"
_BLANK = "\u2800"
"""Braille without a dot: one is a letter's space, a row of them can only hide or fill."""
_DOTS = re.compile("[\u2801-\u28ff]")
_FIRST_TAG, _FIRST_SELECTOR, _LATER_SELECTOR = 0xE0000, 0xFE00, 0xE0100


def _as_tags(text: str) -> str:
    return "".join(chr(_FIRST_TAG + ord(char)) for char in text)


FLAGS = tuple(f"{_BLACK_FLAG}{_as_tags(region)}\U000e007f" for region in ("gbeng", "gbsct", "gbwls"))
"""England, Scotland, Wales: the only emoji that are written with tags."""

_CONTROL = re.compile(f"[{CONTROLS}]")
_ANY = re.compile(f"[{CONTROLS}{INVISIBLES}]|{_BLANK}{_BLANK}")
_NO_SELECTOR = re.compile(f"[^{SELECTORS}]+")
_RUN = re.compile(
    f"{'|'.join(FLAGS)}|[{TAGS}]{{2,}}|[{SELECTORS}]{{2,}}|{_BLANK}{{2,}}|(?P<char>[{CONTROLS}{INVISIBLES}])(?P=char)*"
)


def hidden_runs(text: str) -> Iterator[tuple[int, int]]:
    """Where characters stand that have to be marked: the start and end of each run of tags, of variation selectors,
    or of one and the same character."""
    if (_CONTROL if text.isascii() else _ANY).search(text) is None:
        return
    is_picture = _DOTS.search(text) is not None
    for found in _RUN.finditer(text):
        start, end = found.span()
        if text[start] == _BLACK_FLAG or (text[start] == _BLANK and is_picture):
            continue
        start += in_emoji(text, start)
        if start < end:
            yield start, end


def in_emoji(text: str, at: int) -> bool:
    """Whether the character at `at` is a joiner or selector that is a part of an emoji sequence."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char not in (_ZWJ, _VS16, _VS15):
        return False
    if before == _VS16 and char == _ZWJ:
        before = text[at - 2 : at - 1]
    if not _is_pictograph(before):
        return char == _VS16 and before in set("0123456789#*") and after == "\u20e3"
    return char != _ZWJ or _is_pictograph(after)


def decode(run: str) -> str:
    """What tag characters and variation selectors spell (raw); "" when it is nothing that can be read.

    Tags stand for ASCII (Unicode 23.9); selectors 1 to 256 are used to smuggle bytes 0 to 255.
    """
    tags = "".join(chr(ord(char) - _FIRST_TAG) for char in run if 0xE0020 <= ord(char) < 0xE007F)
    if tags:
        return tags
    spelt = smuggled(run).decode(errors="replace")
    return spelt if any(char.isalnum() for char in spelt) and "\ufffd" not in spelt else ""


def smuggled(run: str) -> bytes:
    """The bytes that variation selectors stand for."""
    return bytes(
        code - _FIRST_SELECTOR if code < _FIRST_TAG else code - _LATER_SELECTOR + 16
        for code in map(ord, _NO_SELECTOR.sub("", run))
    )


def _is_pictograph(char: str) -> bool:
    if not char:
        return False
    return unicodedata.category(char) == "So" or 0x1F000 <= ord(char) <= 0x1FAFF or char in _OTHER_EMOJI
