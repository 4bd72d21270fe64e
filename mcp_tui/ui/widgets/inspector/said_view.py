"""All that a server says to models, on its page; what is new or changed can be accepted there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.review import Review
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
        self._bench = bench
        self._server = server
        self.waiting: Review | None = None
        """What can be accepted, once it is shown."""

    async def on_mount(self) -> None:
        review = await self._bench.reviews.look(self._server)
        waiting = await self._bench.reviews.waiting(self._server)
        await self.mount_all(_rows(review, waiting))
        self.waiting = waiting


def _rows(review: Review, waiting: Review | None) -> Iterator[Widget]:
    if waiting is not None:
        count = len(waiting.tools)
        yield Static(f"[b $warn]△ {count} tool{'' if count == 1 else 's'} that models do not get yet[/]")
        yield Static(marked("[$quiet]$why[/]", why=waiting.why))
        yield Static(hints(a="accept as shown"), classes="gap")
    if review.findings:
        yield two("[b]Suspicious[/b]", "")
        yield from finding_rows(review)
    if not review.tools and review.instructions is None:
        yield Static("[$quiet]Nothing: it has no tools and no instructions.[/]")
    yield from said_rows(review)
