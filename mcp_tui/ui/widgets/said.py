"""What a server says to models, whole: its instructions and every text of its tools, what was found in them marked."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.definition_change import changes
from mcp_tui.domain.pins import Standing, pin
from mcp_tui.domain.review import Review, Reviewed, Said
from mcp_tui.ui.screens.changes import change_rows
from mcp_tui.ui.widgets.findings import MOST_TOLD, finding_line, marked_text
from mcp_tui.ui.widgets.pieces import line, marked, pairs, two

STANDINGS = {
    Standing.NEW: "[$warn]△ new[/]",
    Standing.CHANGED: "[$warn]△ changed[/]",
    Standing.MOVED: "[$warn]△[/]",
    Standing.UNKNOWN: "[$warn]△[/]",
}


def finding_rows(review: Review) -> Iterator[Widget]:
    """What is suspicious, a line each."""
    yield from entry_rows(*review.entries)
    for tool, said, found in review.findings[:MOST_TOLD]:
        yield Static(finding_line(found, said.text, f"{tool}, {said.where}" if tool else said.where))
    if (more := len(review.findings) - MOST_TOLD) > 0:
        yield Static(f"[$quiet]and {more:,} more, marked below[/]")


def entry_rows(before: str, now: str) -> Iterator[Widget]:
    """How a server was started or reached, and how it is now, word by word."""
    if now:
        yield two("[b]How it is started or reached[/b]", "", "text-head")
        yield from change_rows(changes(before or "{}", now))
        if before == now:
            yield Static("[$quiet]A secret in it is another one.[/]")


def said_rows(review: Review) -> Iterator[Widget]:
    """All the texts; of a tool that changed, what it was and what it is."""
    if review.instructions is not None:
        yield two("[b]Instructions[/b]", "", "text-head")
        yield Static(_text(review.instructions), classes="quote")
    for each in review.tools:
        name = marked("[$hue]ƒ[/] [b]$name[/b]", name=each.tool.name)
        yield two(name, STANDINGS.get(each.standing, ""), "text-head")
        yield from _tool(each)


def _tool(each: Reviewed) -> Iterator[Widget]:
    if found := changes(each.before, pin(each.tool).text):
        yield from change_rows(found)
        return
    rest: list[tuple[Content, Content]] = []
    for said in each.said:
        if said.where == "description":
            yield Static(_text(said), classes="quote")
        elif said.where != "name" or said.findings:
            rest.append((line(said.where), _text(said)))
    if rest:
        yield pairs(*rest)


def _text(said: Said) -> Content:
    return marked_text(said.text, said.findings)
