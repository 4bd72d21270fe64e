"""What a program may write to a terminal, exactly: its own drawing, and words. Nothing else may remain."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

OWN = re.compile(
    r"\x1b\[\d+;\d+H"  # places
    r"|\x1b\[(?!31m)[\d;]*m"  # colours, but the one that the hostile server wants
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026|2048)[hl]"  # modes
    r"|\x1b\[\?(?:2026|2048)\$p|\x1b\[(?:>\d+|<)u"  # whether the terminal has some, and its keys
    r"|\x1b\]22;[a-z-]*\x07"  # the shape of the pointer
    r"|[\r\n]"
)
CUT = re.compile(r"\x1b(?:\[[\d;?<>]*)?\Z")
"""The beginning of one, at the end of what was written so far."""
_ONE = "[\u2100-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f]?"
EMOJI = re.compile(f"{_ONE}(?:\u200d{_ONE})*")
"""With the joiners that make one picture of several."""
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: with them every sequence that is not the program's own
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What turns text around, hides in it, or is told to a terminal."""


def left_over(text: str) -> list[str]:
    """What is neither drawing of the program's own nor a word."""
    text = EMOJI.sub("", text)
    return [f"{hit[0]!r} in {text[hit.start() - 20 : hit.end() + 20]!r}" for hit in FORBIDDEN.finditer(text)]


def not_its_own(raw: bytes) -> list[str]:
    """What a full-screen program wrote that is neither; its last character may still be on its way."""
    return left_over(OWN.sub("", CUT.sub("", getincrementaldecoder("utf-8")().decode(raw))))


def assert_harmless(raw: bytes) -> None:
    """Of all that a full-screen program wrote, of which something was foreign."""
    assert "⟦U+".encode() in raw and b"evil-" in raw
    left = not_its_own(raw)
    assert not left, left[:20]
