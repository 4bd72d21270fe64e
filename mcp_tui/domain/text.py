"""The one door for text that is not ours: `clean()` makes it safe to draw, and says so with visible marks.

Whatever comes from a server, a model, a project's file or an endpoint is *raw*: it goes as it is to the party
it is meant for and to the trace. What is drawn, printed, logged, exported or copied is *shown*: `clean(raw)`,
in which no secret of this process can be read either.
Neither Textual nor Rich does this: both pass ESC, C1, bidi overrides and tag characters to the terminal.
"""

from __future__ import annotations

import json
import re
from typing import Any

from mcp_tui.domain.hidden import CONTROLS, INVISIBLES, decode, hidden_runs, smuggled
from mcp_tui.domain.masking import HIDDEN

_HIDDEN = re.compile(f"[{CONTROLS}{INVISIBLES}]")
MARK = re.compile(r"⟦(?:U\+[0-9A-F]{4,6}|\d+ [^⟦⟧]*)⟧")
"""What stands for hidden characters in a cleaned text."""


def clean(raw: str) -> str:
    """Text as it may be seen: secrets masked, hidden characters marked."""
    masked = HIDDEN.mask(raw)
    shown = visible(masked)
    return shown if shown is masked else HIDDEN.mask(shown)  # what was hidden may spell a secret


def visible(raw: str) -> str:
    """Text with every control, bidi and invisible character turned into a mark such as `⟦U+202E⟧`; secrets stay.

    For what a person edits before it is sent; what is only drawn goes through `clean()`. Newlines and tabs stay,
    `\\r\\n` becomes a newline, and the joiners inside real emoji sequences stay. Runs are one mark, and say what they
    spell: `⟦3 × U+200B⟧`, `⟦17 tags: ignore the person⟧`.
    """
    if raw.isascii() and raw.isprintable():
        return raw
    text = raw.replace("\r\n", "\n")
    parts: list[str] = []
    at = 0
    for start, end in hidden_runs(text):
        parts += [text[at:start], _mark(text[start:end])]
        at = end
    return "".join([*parts, text[at:]]) if parts else text


def clean_line(raw: str) -> str:
    """`clean()` for places of one line: newlines and tabs become single spaces."""
    return " ".join(clean(raw).split())


def clean_start(raw: str, length: int) -> str:
    """`clean_line()` of about the first `length` characters; no secret is cut so that its beginning is left."""
    return clean_line(HIDDEN.cut(raw, length))


def hidden_count(raw: str) -> int:
    """How many characters `clean()` has to mark: the number on the badge."""
    return sum(end - start for start, end in hidden_runs(raw.replace("\r\n", "\n")))


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


def counted(count: int, what: str) -> str:
    """How many there are of something whose plural adds an s: "1 tool", "12 tools"."""
    return f"{count} {what}{'' if count == 1 else 's'}"


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


def _mark(run: str) -> str:
    """What stands for a run that `hidden_runs()` found."""
    if len(run) == 1:
        return f"⟦U+{ord(run):04X}⟧"
    spelt = " ".join(visible(decode(run)).split())
    if data := smuggled(run):
        return f"⟦{len(run)} variation selectors: {spelt or 'bytes ' + data.hex(' ')}⟧"
    if "\U000e0000" <= run[0] <= "\U000e007f":
        return f"⟦{len(run)} tags: {spelt}⟧" if spelt else f"⟦{len(run)} tags⟧"
    return f"⟦{len(run)} × U+{ord(run[0]):04X}⟧"


def _escape(char: str) -> str:
    code = ord(char)
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    # Inside JSON text a raw newline can only be layout, never content; those never get here.
    return f"\\u{code:04x}"
