"""The dialog of a review: what a server says to models, before one reads it. Leaving it out has the first focus.

Which keys may answer, and when, is decided outside: ui/key_sieve.py.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.widgets import Static

from mcp_tui.domain.review import Review
from mcp_tui.domain.text import human_size
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.widgets.pieces import Choice, key, marked, two
from mcp_tui.ui.widgets.said import finding_rows, said_rows


class ReviewDialog(ServerQuestion[bool]):
    """Asks whether models may read it. The result is the answer, or None when it folded away."""

    CSS_PATH = ["dialog.tcss", "review.tcss"]
    KEYS = {"a": "accept", "d": "leave"}
    FIRST = "#leave"

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review

    def compose(self) -> ComposeResult:
        review = self._review
        with VerticalGroup(classes="dialog -danger" if review.findings else "dialog"):
            yield two("[b]Permission required[/b]", self._corner(), "gap top")
            asks = "Your message would tell the model what [b]$server[/b] says. $why"
            yield Static(marked(asks, server=review.server, why=review.why), classes="gap")
            with VerticalScroll(classes="question", can_focus=False):
                yield from finding_rows(review)
                yield two("[b]What it says[/b]", self._amount(), "text-head")
                yield from said_rows(review)
            yield Choice("a", "Accept as shown", "until it changes", id="accept")
            yield Choice("d", "Leave out of the chat", "asked again with the next message", key("esc"), id="leave")

    def _amount(self) -> str:
        said = [said.text for each in self._review.tools for said in each.said]
        said += [self._review.instructions.text] if self._review.instructions else []
        count = len(self._review.tools)
        size = human_size(sum(len(text.encode(errors="surrogatepass")) for text in said))
        return f"[$quiet]{count} tool{'' if count == 1 else 's'} · {size}[/]"

    def choose(self, choice: Choice) -> None:
        self.dismiss(choice.id == "accept")

    def step_back(self) -> None:
        self.dismiss(False)
