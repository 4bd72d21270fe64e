"""How a request is told to the person who decides: who asks, for what, with which arguments, and what is claimed.

Everything here quotes strangers: it is cleaned, never cut, and never read as markup.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.catalog import Hints, Kind
from mcp_tui.domain.definition_change import changes, in_short
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Initiator, Request
from mcp_tui.domain.rules import Rule
from mcp_tui.ui.screens.sent_view import foreign, sent
from mcp_tui.ui.widgets.pieces import marked, two

_ICONS = {Kind.TOOL: "ƒ", Kind.PROMPT: "¶", Kind.RESOURCE: "◆", Kind.TEMPLATE: "◇"}
_VERBS = {
    Kind.TOOL: "call",
    Kind.PROMPT: "read the prompt",
    Kind.RESOURCE: "read the resource",
    Kind.TEMPLATE: "read the resource",
}
_SHORT = 4
"""Lines of a description that stand before the arguments; a longer one follows whole after them."""


def question(request: Request, edited: bool) -> Iterator[Widget]:
    """All that a person needs to decide, top to bottom; `edited`: whether they changed the arguments."""
    yield Static(asker(request))
    source = " · ".join(part for part in (request.server, request.server_kind) if part)
    name = Content.assemble((f"{_ICONS[request.kind]} ", "$hue"), foreign(request.item, "bold"))
    about = request.description.strip()
    lines = about.splitlines()
    first = HIDDEN.cut("\n".join(lines[:_SHORT]), 80 * _SHORT)
    yield two(name, marked("[$quiet]$source[/]", source=source), "" if about else "gap")
    if about:
        yield Static(foreign(first, "$quiet"), classes="about gap")
    yield from sent(request, edited)
    yield from _claims(request)
    if request.every_time:
        words = "[b $warn]△ Asked every time:[/] $why. An answer counts for this call alone."
        yield Static(marked(words, why=request.every_time), classes="gap" if request.before else "")
    if request.despite:
        yield Static(marked("[b $warn]△ Asked all the same:[/] $why.", why=request.despite), classes="care")
    if request.before is not None:
        yield Static(_changed(request, request.before), classes="care")
    if first != about:
        yield two("[b]All of its description[/b]", "[$quiet]the server's words[/]")
        yield Static(foreign(about, "$quiet"), classes="about")


def asker(request: Request) -> Content:
    """Who wants what: "qwen3:14b wants to call"."""
    verb = _VERBS[request.kind]
    if request.initiator is Initiator.MODEL:
        return marked(f"[$quiet]$who wants to {verb}[/]", who=request.who or "The model")
    return Content.from_markup(f"[$quiet]You want to {verb}[/]")


def _claims(request: Request) -> Iterator[Widget]:
    if request.kind is not Kind.TOOL:
        return
    if request.hints.says_destructive:
        yield Static(
            "[b $bad]▲ The server says this can destroy data.[/] What it deletes cannot be brought back from here.",
            classes="danger",
        )
        return
    said = list(claims(request.hints))
    gap = "gap" if request.before is not None or request.every_time else ""
    if said:
        yield two("[b]The server says[/b]   " + "   ".join(said), "[$quiet]a claim, not checked[/]", gap)
    else:
        yield Static("[b]The server says[/b]   [$quiet]– nothing about what it may change[/]", classes=gap)


def _changed(request: Request, before: Rule) -> Content:
    found = changes(before.definition_text, request.definition_text)
    return marked(
        f"[b $warn]△ This {request.kind.value} changed since you last allowed it[/] [$quiet]on $date.[/] $what",
        date=day_of(before),
        what=in_short(found),
    )


def day_of(rule: Rule) -> str:
    """ "12 November"."""
    return time.strftime("%-d %B", time.localtime(rule.created))


def claims(hints: Hints) -> Iterator[str]:
    """A tool's annotations in words, as markup of ours (MCP, server/tools: ToolAnnotations)."""
    for words, care in hints.claims:
        yield f"[$warn]△[/] {words}" if care else f"[$quiet]·[/] {words}"
