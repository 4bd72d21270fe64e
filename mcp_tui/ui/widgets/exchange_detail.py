"""One row of the traffic in full: its frames, and the HTTP that carried them."""

from __future__ import annotations

import time

from textual.content import Content
from textual.highlight import highlight

from mcp_tui.domain.exchanges import Row
from mcp_tui.domain.http_exchange import CHALLENGE, SESSION, Headers, HttpExchange
from mcp_tui.domain.text import clean, clean_line, human_size, human_time, pretty_json
from mcp_tui.domain.trace import Frame
from mcp_tui.ui.widgets.code import Calm
from mcp_tui.ui.widgets.pieces import marked

SHOWN_BYTES = 20_000
"""Of a frame beside the table; `as_text` has all that was kept."""
FIRST = (CHALLENGE, SESSION)
"""Headers that come before the others: an author looks for these."""


def detail(row: Row) -> Content:
    """What stands beside the table: the outcome of HTTP first, its headers last."""
    if isinstance(row, HttpExchange):
        return Content("\n").join([*_status(row), Content(""), *_heads(row)])
    parts = [line for http in row.http for line in _status(http)]
    if parts:
        parts.append(Content(""))
    parts.append(_frame("request" if row.first.id else "notification", row.first))
    if row.reply is not None:
        parts += [Content(""), _frame("reply", row.reply, row.seconds)]
    for http in row.http:
        parts += [Content(""), *_heads(http)]
    return Content("\n").join(parts)


def as_text(row: Row) -> str:
    """All that was kept, to be copied; shown text."""
    if isinstance(row, HttpExchange):
        return _http_text(row)
    frames = [row.first, *([row.reply] if row.reply else [])]
    return "\n".join([*map(_frame_text, frames), *map(_http_text, row.http)])


def _frame(word: str, frame: Frame, after: float | None = None) -> Content:
    arrow = "→" if frame.outgoing else "←"
    moment = _clock(frame.time) if after is None else f"+ {human_time(after)}"
    title = Content.from_markup(f"[b]{arrow} {word}[/b]   [$quiet]{moment} · {human_size(frame.size)}[/]\n")
    text = _frame_text(frame)
    cut = "" if len(text) <= SHOWN_BYTES else f"\n… {human_size(frame.size)} in all: y copies what was kept"
    return title + highlight(text[:SHOWN_BYTES], language="json", theme=Calm) + Content(cut)


def _frame_text(frame: Frame) -> str:
    """The frame as shown text: pretty JSON, or the raw line when it is none."""
    body = frame.body
    return clean(pretty_json(body) if body is not None else frame.raw.decode("utf-8", "replace"))


def _status(http: HttpExchange) -> list[Content]:
    """What was asked, how it ended, and what an author looks for when it did not go well."""
    role = "$bad" if http.failed and not http.is_expected else "$quiet" if http.failed else "$good"
    mark = "✗" if role == "$bad" else "·" if http.failed else "✓"
    took = f"[$quiet]{_clock(http.time)} · + {human_time(http.seconds)}[/]"
    words = f"[b]$method $target[/b]   [{role}]{mark} [b]$outcome[/b][/]   {took}"
    lines = [marked(words, method=http.method, target=http.target, outcome=http.outcome)]
    if http.error:
        lines.append(Content(clean_line(http.error)))
    lines += [_header(name, value) for name, value in http.answered if name == CHALLENGE]
    if http.may_have_session:
        lines.append(_session(http))
    if http.about and not http.frame:
        lines.append(marked("[$quiet]for[/] $about", about=http.about))
    return lines


def _session(http: HttpExchange) -> Content:
    sent, given = http.session
    if not sent and not given:
        return marked(f"[$quiet]{SESSION}[/] [b]none[/b][$quiet], neither sent nor given[/]")
    word = "sent" if sent else "given"
    return marked(f"[$quiet]{SESSION}[/] $session[$quiet], {word}[/]", session=sent or given)


def _heads(http: HttpExchange) -> list[Content]:
    """The headers of the answer, then those of the request: short of bodies, which the frames are."""
    answer = [marked("[b]← $outcome[/b]", outcome=http.outcome), *_headers(http.answered)] if http.status else []
    asked = marked("[b]→ $method $target[/b]", method=http.method, target=http.target)
    return [*answer, *([Content("")] if answer else []), asked, *_headers(http.sent)]


def _headers(headers: Headers) -> list[Content]:
    ordered = sorted(headers, key=lambda each: FIRST.index(each[0]) if each[0] in FIRST else len(FIRST))
    return [_header(name, value) for name, value in ordered] or [Content.from_markup("[$quiet]no headers[/]")]


def _header(name: str, value: str) -> Content:
    return marked("[$quiet]$name[/]: $value", name=name, value=value)


def _http_text(http: HttpExchange) -> str:
    lines = [f"{http.method} {http.target}", *_lines(http.sent), "", http.outcome, *_lines(http.answered)]
    return "\n".join([*(clean_line(line) for line in lines), *([clean_line(http.error)] if http.error else [])])


def _lines(headers: Headers) -> list[str]:
    return [f"{name}: {value}" for name, value in headers]


def _clock(moment: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(moment))
