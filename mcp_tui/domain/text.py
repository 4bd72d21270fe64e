"""The one door for text that is not ours: `clean()` makes it safe to draw, and says so with visible marks.

Whatever comes from a server, a model, a project's file or an endpoint is *raw*: it goes as it is to the party
it is meant for and to the trace. What is drawn, printed, logged, exported or copied is *shown*: `clean(raw)`,
in which no secret of this process can be read either.
Neither Textual nor Rich does this: both pass ESC, C1, bidi overrides and tag characters to the terminal.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from mcp_tui.domain.masking import HIDDEN

_ZWJ, _VS16, _VS15 = "\u200d", "\ufe0f", "\ufe0e"

# C0 but tab and newline, DEL, C1, soft hyphen, Arabic letter mark, Hangul and Khmer fillers, Mongolian
# separators, zero width and bidi controls, line and paragraph separators, invisible operators, variation
# selectors, BOM, interlinear marks, lone surrogates, controls of hieroglyphs, shorthand and musical notes, tags
# and the supplementary variation selectors.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Emoji of Unicode TS 51 that are no symbols by their category.
_OTHER_EMOJI = frozenset("‼⁉ℹ↔⤴⤵◻◼◽◾〰")
_MARK = re.compile(r"⟦U\+[0-9A-F]{4,6}⟧")


def clean(raw: str) -> str:
    """Text as it may be seen: secrets masked, hidden characters marked."""
    return visible(HIDDEN.mask(raw))


def visible(raw: str) -> str:
    """Text with every control, bidi and invisible character turned into a mark such as `⟦U+202E⟧`; secrets stay.

    For what a person edits before it is sent; what is only drawn goes through `clean()`. Newlines and tabs stay,
    `\\r\\n` becomes a newline, and the joiners inside real emoji sequences stay.
    """
    if raw.isascii() and raw.isprintable():
        return raw
    text = raw.replace("\r\n", "\n")
    return _HIDDEN.sub(lambda found: _shown(text, found.start()), text)


def clean_line(raw: str) -> str:
    """`clean()` for places of one line: newlines and tabs become single spaces."""
    return " ".join(clean(raw).split())


def clean_start(raw: str, length: int) -> str:
    """`clean_line()` of about the first `length` characters; no secret is cut so that its beginning is left."""
    return clean_line(HIDDEN.cut(raw, length))


def hidden_count(raw: str) -> int:
    """How many characters `clean()` has to mark: the number on the badge."""
    return len(_MARK.findall(visible(raw))) - len(_MARK.findall(raw))


def shorten(text: str, width: int) -> str:
    """At most `width` characters of cleaned text, with `…` where something is cut."""
    if len(text) <= width:
        return text
    return f"{text[: width - 1]}…" if width > 0 else ""


def pretty_json(value: Any) -> str:
    """JSON for people: indented, with letters of every script as themselves. Clean it before drawing."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def safe_json(value: Any, indent: int | None = 2) -> str:
    """JSON for pipes: every character kept, the dangerous ones as `\\u` escapes, so that a terminal is safe too."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    return _HIDDEN.sub(lambda found: _escape(found.group()), text)


def human_size(count: int) -> str:
    """Bytes for people: "188 B", "6.4 KB", "2.1 MB"."""
    if count < 1000:
        return f"{count} B"
    size = float(count)
    for unit in ("KB", "MB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} GB"


def human_time(seconds: float) -> str:
    """A duration for people: "38 ms", "4.2 s", "2 min 5 s"."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def _shown(text: str, at: int) -> str:
    char = text[at]
    if char in (_ZWJ, _VS16, _VS15) and _in_emoji(text, at):
        return char
    return f"⟦U+{ord(char):04X}⟧"


def _in_emoji(text: str, at: int) -> bool:
    """Whether the joiner or selector at `at` is a part of an emoji sequence (Unicode TS 51)."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before == _VS16 and text[at] == _ZWJ:
        before = text[at - 2 : at - 1]
    if not _is_pictograph(before):
        return text[at] == _VS16 and before in set("0123456789#*") and after == "\u20e3"
    return text[at] != _ZWJ or _is_pictograph(after)


def _is_pictograph(char: str) -> bool:
    if not char:
        return False
    return unicodedata.category(char) == "So" or 0x1F000 <= ord(char) <= 0x1FAFF or char in _OTHER_EMOJI


def _escape(char: str) -> str:
    code = ord(char)
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    # Inside JSON text a raw newline can only be layout, never content; those never get here.
    return f"\\u{code:04x}"
