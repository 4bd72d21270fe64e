"""What in a foreign text is made to deceive: hidden characters, control codes, orders to the model, and the like.

A clean text proves nothing; a finding is something that a person should look at before a model reads it. The
patterns are few on purpose: what honest servers write (a byte order mark, emoji, "call list_x first") is no finding.
Every pattern's repeats are bounded, so that the time grows with the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from mcp_tui.domain.hidden import CONTROLS, FLAGS, INVISIBLES, TAGS, decode, in_emoji

MOST = 1_000
"""Findings of one kind; a text with more is told by these."""


class FindingKind(Enum):
    """What was found; the value is the words shown."""

    HIDDEN = "hidden characters"
    CONTROL = "control codes"
    ORDER = "order to the model"
    OTHER_TOOL = "another server's tool"
    SECRET_PATH = "path of keys or secrets"
    LOOK_ALIKE = "name like another's"


@dataclass(frozen=True, slots=True)
class Finding:
    """One suspicious place of a raw text."""

    kind: FindingKind
    start: int
    end: int
    """Offsets into the raw text, the end not included."""
    what: str
    """What it is, for a person; it may quote the text: clean it before drawing."""
    decoded: str = ""
    """What hidden characters say when they are read as their makers meant them (raw); "" for nothing."""


def scan(text: str, other_tools: Collection[str] = ()) -> list[Finding]:
    """All that is suspicious in a raw text, in its order. `other_tools`: names of the tools of other servers."""
    readable = _Readable(text)
    found = [
        *islice(_control_codes(text), MOST),
        *islice(_hidden(text), MOST),
        *islice(_orders(readable), MOST),
        *islice(_secret_paths(readable), MOST),
        *islice(_tools(readable, frozenset(other_tools)), MOST),
    ]
    return sorted(found, key=lambda each: (each.start, each.end))


class _Readable:
    """The text without its invisible characters, as a model reads it, and where each character stood."""

    def __init__(self, raw: str) -> None:
        hidden = not raw.isascii() and _INVISIBLE.search(raw) is not None
        self.text = _INVISIBLE.sub("", raw) if hidden else raw
        self._at = [at for at, char in enumerate(raw) if not _INVISIBLE.match(char)] if hidden else range(len(raw))

    def finding(self, kind: FindingKind, found: re.Match[str], what: str) -> Finding:
        return Finding(kind, self._at[found.start()], self._at[found.end() - 1] + 1, what)


# Line and paragraph separators are white space, and seen as such.
_INVISIBLE = re.compile(f"(?:(?![\u2028\u2029])[{INVISIBLES}])+")
_ANY_CONTROL = re.compile(f"[{CONTROLS}]")
# A sequence with its end, or as far as it goes; a lone control; a carriage return but not that of a line's end.
_CONTROL = re.compile(
    "(?P<string>(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\\\|\x9c)?)"
    "|(?P<sequence>(?:\x1b\\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]?|\x1b[ -/]{0,8}[0-~]?)"
    "|(?:(?!\r\n)[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x8f\x91-\x97\x99\x9a\x9c])+"
)


def _control_codes(text: str) -> Iterator[Finding]:
    if _ANY_CONTROL.search(text) is None:
        return
    for found in _CONTROL.finditer(text):
        if found["string"] is not None:
            what = "an order to the terminal, such as to write the clipboard or the title"
        elif found["sequence"] is not None:
            what = "an order to the terminal, such as to colour, move or erase"
        else:
            what = "control characters"
        yield Finding(FindingKind.CONTROL, found.start(), found.end(), what)


_TAG = re.compile(f"[{TAGS}]")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SPLITTERS = frozenset("\u200b\u200c\u200d\u2060\ufeff\u180e")


def _hidden(text: str) -> Iterator[Finding]:
    """Runs of invisible characters, but such as stand alone in honest texts: a mark of order or direction, a
    selector or joiner of an emoji, a soft hyphen."""
    if text.isascii():
        return
    for found in _INVISIBLE.finditer(text):
        if what := _why_hidden(text, found.start(), found.end()):
            yield Finding(FindingKind.HIDDEN, found.start(), found.end(), what, decode(found.group()))


def _why_hidden(text: str, start: int, end: int) -> str:
    """What a run of invisible characters is there for, or "" when it is nothing to look at."""
    run = text[start:end]
    if _TAG.search(run):
        return "" if text[start - 1 : end] in FLAGS else "tag characters, which only models read"
    if not _DIRECTIONS.isdisjoint(run):
        return "it is shown in another order than it is read"
    rest = [char for at, char in enumerate(run, start) if not in_emoji(text, at)]
    if len(rest) > 1:
        return f"{len(rest)} invisible characters in a row"
    before, after = text[start - 1 : start], text[end : end + 1]
    if rest and rest[0] in _SPLITTERS and _is_letter(before) and _is_letter(after):
        return "a word is split so that it is not found"
    return ""


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


_GAP = r"[\s\"'`*_,:]{1,10}"
_THE_USER = rf"(?:(?:the|your|any|a){_GAP})?(?:users?|humans?|persons?|people|anyone|anybody)\b"
_WORDS = rf"(?:[\w'’-]{{1,20}}{_GAP})"
_NOT_AS_A_FIRST_STEP = r"(?![^.\n]{0,120}\b(?:first|before)\b)"
"""Servers say which of their tools is to be called before which; that is no attack."""
# Lower case, and nothing before the first letters: so a search skips what cannot begin one.
_ORDERS = (
    (
        "a tag that models take for orders of their operator",
        r"<\s?/?\s?(?:(?:very[ _-]?)?important|system|(?:system|hidden|secret|admin)[ _-]?"
        r"(?:prompt|message|reminder|instructions?))\s?/?>"
        r"|<\|(?:im_start|im_end|system|start_header_id|endoftext)\|>|\[/?inst\]|<</?sys>>",
    ),
    (
        "to ignore what it was told",
        rf"(?:ignore|disregard|forget|override){_GAP}"
        rf"(?:(?:all|any|every|everything|of|the|your|my|its|these|those){_GAP}){{0,3}}"
        rf"(?:(?:previous|prior|earlier|above|preceding|former|existing|foregoing|system|safety){_GAP}){_WORDS}?"
        r"(?:instructions?|prompts?|rules|messages?|directions?|directives?|guidelines?|commands?|orders?)\b"
        rf"|(?:ignore|disregard|forget){_GAP}(?:everything|all|anything){_GAP}"
        rf"(?:(?:that|of|the){_GAP}){{0,2}}(?:above|before|previous|prior|you{_GAP}(?:were|have|know))\b",
    ),
    (
        "to keep something from the user",
        rf"(?:do{_GAP}not|don['’]?t|never|must{_GAP}not|should{_GAP}not|without){_GAP}(?:ever{_GAP})?"
        r"(?:tell|inform|mention|reveal|disclose|notify|alert|warn"
        r"|telling|informing|mentioning|revealing|disclosing|notifying|alerting|warning)"
        rf"{_GAP}{_WORDS}{{0,4}}?{_THE_USER}"
        rf"|(?:do{_GAP}not|don['’]?t|never){_GAP}let{_GAP}{_THE_USER}{_GAP}(?:know|see|notice)\b"
        rf"|(?:hide|conceal|keep){_GAP}{_WORDS}{{1,4}}?from{_GAP}{_THE_USER}",
    ),
    (
        "to read, send or run something before the tool is used",
        rf"before{_GAP}(?:you{_GAP})?(?:using|calling|invoking|running|use|call|invoke|run){_GAP}"
        rf"(?:this|any|the|other|another){_GAP}{_WORDS}{{0,2}}?(?:tools?|functions?){_GAP}"
        rf"(?:(?:you|must|should|have|need|to|always|first|please){_GAP}){{0,4}}"
        r"(?:read|open|cat|load|send|upload|post|include|pass|copy|execute)\b",
    ),
    (
        "to call or send something",
        rf"you{_GAP}(?:must|have{_GAP}to|need{_GAP}to){_GAP}(?:(?:also|always|now|first|immediately|instead){_GAP})?"
        rf"(?:(?:call|invoke|run|execute){_GAP}(?!this\b){_NOT_AS_A_FIRST_STEP}"
        rf"|(?:send|forward|e-?mail|upload|post|transmit|bcc|exfiltrate)\b)",
    ),
    (
        "about its system prompt",
        rf"your{_GAP}{_WORDS}{{0,2}}?system{_GAP}(?:prompt|message|instructions)\b"
        rf"|(?:reveal|print|repeat|output|include|append|send|leak|override|replace){_GAP}{_WORDS}{{0,3}}?"
        rf"system{_GAP}prompts?\b",
    ),
)
_ORDER_PATTERNS = tuple((what, re.compile(pattern)) for what, pattern in _ORDERS)


def _orders(readable: _Readable) -> Iterator[Finding]:
    # Patterns that ignore case are an order of magnitude slower. Only İ is longer in lower case.
    text = readable.text.replace("İ", "I").lower()
    for what, pattern in _ORDER_PATTERNS:
        for found in pattern.finditer(text):
            yield readable.finding(FindingKind.ORDER, found, what)


_SECRET_PATH = re.compile(
    r"(?<![\w.])(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%|/root|[/\\](?:home|Users)[/\\][\w.-]{1,40})?[/\\]"
    r"(?:\.(?:ssh|aws|gnupg|kube|azure)\b(?:[/\\][\w.-]{1,60})?"
    r"|\.(?:netrc|npmrc|pypirc|git-credentials|pgpass|env)\b(?!\.)"
    r"|\.docker[/\\]config\.json|\.config[/\\](?:gcloud|gh)\b"
    r"|\.cursor[/\\]mcp\.json|\.claude\.json|\.codex[/\\]auth\.json"
    r"|Library[/\\]Keychains\b)"
    r"|(?<![\w.])/etc/(?:shadow|sudoers|passwd)\b|(?<!\w)/proc/(?:self|\d{1,9})/environ\b"
    r"|\bid_(?:rsa|dsa|ecdsa|ed25519)\b(?!\.pub)|\bclaude_desktop_config\.json\b"
)


def _secret_paths(readable: _Readable) -> Iterator[Finding]:
    for found in _SECRET_PATH.finditer(readable.text):
        yield readable.finding(FindingKind.SECRET_PATH, found, found.group())


_NAME = re.compile(r"\w(?:[\w.-]*\w)?")
_QUOTES = frozenset("`'\"‘“")


def _tools(readable: _Readable, names: frozenset[str]) -> Iterator[Finding]:
    """Names of other servers' tools; one that is also an ordinary word only in quotes or as "the X tool"."""
    if not names:
        return
    text = readable.text
    for found in _NAME.finditer(text):
        name = found.group()
        if name not in names:
            continue
        quoted = text[found.start() - 1 : found.start()] in _QUOTES
        called = re.match(r"\s{1,4}(?:tool|function)\b", text[found.end() : found.end() + 14], re.IGNORECASE)
        if not name.islower() or not name.isalpha() or quoted or called:
            yield readable.finding(FindingKind.OTHER_TOOL, found, name)
