"""What a request sends, in full: its arguments and their sizes, whose text is in them, what is new since the last call.

Everything here quotes strangers: it is cleaned, never cut, and never read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.definition_change import differences
from mcp_tui.domain.echoes import Echo
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Request
from mcp_tui.domain.text import MARK, clean, hidden_count, human_size, pretty_json
from mcp_tui.ui.screens.changes import difference
from mcp_tui.ui.widgets.pieces import marked, pairs, prose, two

_MANY = 60
"""More arguments than this are one text of JSON: rows of their own would be slow to draw."""
_LONG = 200
"""Characters from which on a value's size is said."""


def sent(request: Request, edited: bool) -> Iterator[Widget]:
    """The arguments exactly as they are sent, and what a person should know of them."""
    yield from _arguments(request.kind, request.arguments, edited)
    for echo in request.echoes:
        yield Static(_echo(echo), classes="care")
    yield from _since_last(request)


def value_text(value: Any) -> str:
    """A value as JSON for people; the lines of a text stand below each other, each `\\n` still to be seen."""
    if isinstance(value, str):
        lines = [json.dumps(each, ensure_ascii=False)[1:-1] for each in value.split("\n")]
        return '"' + "\\n\n".join(lines) + '"'
    return pretty_json(value)


def _arguments(kind: Kind, arguments: dict[str, Any], edited: bool) -> Iterator[Widget]:
    if not arguments and kind is not Kind.TOOL:
        return
    note = "[$hue]edited by you[/]  " if edited else ""
    if not arguments:
        yield two("[b]Arguments[/b]", f"{note}[$quiet]none[/]", "gap")
        return
    size = human_size(len(json.dumps(arguments, ensure_ascii=False).encode(errors="surrogatepass")))
    yield two("[b]Arguments[/b]", f"{note}[$quiet]exactly what is sent · {size}[/]")
    if len(arguments) > _MANY:
        yield Static(_counted(pretty_json(arguments)), classes="values")
    else:
        rows = [(foreign(name), _counted(value_text(value), name)) for name, value in arguments.items()]
        yield pairs(*rows)


def _echo(echo: Echo) -> Content:
    """Which argument carries whose words."""
    words = "[b $warn]△ $argument contains text that came from $server:[/] "
    return marked(words, argument=echo.argument, server=echo.server) + foreign(f"“{echo.text}”")


def _since_last(request: Request) -> Iterator[Widget]:
    """What is not as in the last call of this tool."""
    if request.last is None or not (request.last or request.arguments):
        return
    found = differences(request.last, request.arguments)
    if not found:
        yield Static("[$quiet]The same arguments as in its last call.[/]", classes="gap")
        return
    yield two("[b]Since its last call[/b]", "[$quiet]in this session[/]")
    yield pairs(*((foreign(change.part), difference(change)) for change in found))


def foreign(raw: str, style: str = "") -> Content:
    """Foreign text, its hidden characters as marks in the colour of care."""
    text = prose(raw, style)
    if hidden_count(raw):
        for found in MARK.finditer(clean(raw)):
            text = text.stylize("$warn", found.start(), found.end())
    return text


def _counted(text: str, name: str = "") -> Content:
    """A value, how many characters of it and of its name cannot be seen, and whether it gives a secret away."""
    shown = foreign(text)
    if HIDDEN.are_in(text) or HIDDEN.are_in(name):
        shown += Content.from_markup("   [$warn]△ contains a configured secret[/]")
    if len(text) >= _LONG or "\n" in text:
        lines = text.count("\n") + 1
        size = f"{len(text):,} characters" + (f" on {lines:,} lines" if lines > 1 else "")
        shown += Content.from_markup(f"   [$quiet]{size}[/]")
    if count := hidden_count(text) + hidden_count(name):
        plural = "" if count == 1 else "s"
        shown += Content.from_markup(f"   [$warn]△ {count} hidden character{plural}[/]")
    return shown
