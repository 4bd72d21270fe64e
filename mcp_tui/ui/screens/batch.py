"""The calls of one answer above the permission dialog's question: which one is looked at, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.rules import canonical
from mcp_tui.domain.text import clean_start
from mcp_tui.ui.screens.proposal import Proposal
from mcp_tui.ui.widgets.pieces import marked

MOST_ROWS = 5
"""Rows that are in sight at once."""


class BatchList(VerticalScroll, can_focus=False):
    """One row for each call."""

    DEFAULT_CSS = f"""
    BatchList {{
        height: auto; max-height: {MOST_ROWS}; scrollbar-size-vertical: 1; margin-bottom: 1;
        & > .two {{ height: 1; & > .left {{ height: 1; text-wrap: nowrap; text-overflow: ellipsis; width: 1fr; }} }}
    }}
    """

    def __init__(self, proposals: Sequence[Proposal]) -> None:
        super().__init__()
        self._proposals = proposals

    @property
    def rows(self) -> int:
        """How many rows it takes, its gap included."""
        return min(MOST_ROWS, len(self._proposals)) + 1

    def compose(self) -> ComposeResult:
        for _ in self._proposals:
            yield HorizontalGroup(Static(classes="left"), Static(classes="right"), classes="two")

    def show(self, current: Proposal) -> None:
        """Mark the call that is looked at, and say what was decided so far."""
        for number, (row, proposal) in enumerate(zip(self.query(HorizontalGroup), self._proposals, strict=True), 1):
            left, right = row.query(Static)
            left.update(_call(number, proposal, proposal is current))
            right.update(_decided(proposal))
            if proposal is current:
                self.scroll_to_widget(row, animate=False)


def _call(number: int, proposal: Proposal, is_current: bool) -> Content:
    mark, style = ("▸", "b") if is_current else (" ", "$quiet")
    request = proposal.request
    what = f"{mark} $number  [{style}]$tool[/]  [$quiet]$server  $arguments[/]"
    arguments = clean_start(canonical(proposal.arguments), 80)
    return marked(what, number=number, tool=request.item, server=request.server, arguments=arguments)


def _decided(proposal: Proposal) -> str:
    if proposal.reply is None:
        return "[$quiet]to decide[/]"
    if proposal.reply.answer.is_no:
        return "[$bad]✗ denied[/]"
    return "[$good]✓ allowed[/]"
