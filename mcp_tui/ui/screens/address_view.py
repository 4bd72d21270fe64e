"""An address as it is shown before anything goes there: whole, its host in clear, and what to be careful about."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.links import host_in_letters, host_of
from mcp_tui.ui.widgets.pieces import line, marked, pairs


def address(url: str, told: str) -> list[Widget]:
    """The whole address, and its host in clear; then our own words. Nothing is opened or fetched from here."""
    host, warnings = host_of(url)
    rows = [(Content("address"), line(url)), (Content("host"), Content.styled(line(host).plain, "bold"))]
    if letters := host_in_letters(host):
        rows.append((Content("in letters"), line(letters)))
    cares = (Static(Content(f"△ {words}"), classes="care") for words in warnings)
    return [pairs(*rows), *cares, Static(marked("[$quiet]$told[/]", told=told))]
