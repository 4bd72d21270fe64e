"""All that a server says to models, on its page; what is new or changed can be accepted there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.pieces import hints, marked, two
from mcp_tui.ui.widgets.said import finding_rows, said_rows

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench


class SaidView(View):
    """The texts as they were when the view was made: these are what is accepted."""

    DEFAULT_CSS = """
    SaidView {
        .text-head { margin-top: 1; }
        .quote { border-left: wide $panel; padding-left: 1; margin: 0; }
    }
    """

    def __init__(self, bench: Workbench, server: str) -> None:
        super().__init__()
        self.review = bench.reviews.look(server)
        self.waiting = bench.reviews.waiting(server)

    def compose(self) -> ComposeResult:
        if self.waiting is not None:
            count = len(self.waiting.tools)
            yield Static(f"[b $warn]△ {count} tool{'' if count == 1 else 's'} that models do not get yet[/]")
            yield Static(marked("[$quiet]$why[/]", why=self.waiting.why))
            yield Static(hints(a="accept as shown"), classes="gap")
        if self.review.findings:
            yield two("[b]Suspicious[/b]", "")
            yield from finding_rows(self.review)
        if not self.review.tools and self.review.instructions is None:
            yield Static("[$quiet]Nothing: it has no tools and no instructions.[/]")
        yield from said_rows(self.review)
