"""Questions with two answers that come by themselves, long after the key that led to them. The no has the focus.

Which keys may answer, and when, is decided outside: ui/key_sieve.py. What is asked at once by a key is a Confirm.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.text import human_size
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.widgets.pieces import Choice, key, marked, two


class TwoWays(ServerQuestion[bool]):
    """The result is the answer, or None when it folded away."""

    CSS_PATH = "dialog.tcss"
    FIRST = "#no"
    RISKY: ClassVar[bool] = False

    def __init__(self, title: str, question: Content, yes: tuple[str, str], no: tuple[str, str]) -> None:
        """`yes` and `no` are words and consequence; their keys are those of KEYS."""
        super().__init__()
        self._title, self._question = title, question
        self._answers = yes, no

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog -danger" if self.RISKY else "dialog"):
            yield two(f"[b]{self._title}[/b]", self._corner(), "gap top")
            with VerticalScroll(classes="question", can_focus=False):
                yield Static(self._question)
            for (name, id_), words in zip(self.KEYS.items(), self._answers, strict=True):
                yield Choice(name, *words, key("esc") if id_ == "no" else "", id=id_)

    def choose(self, choice: Choice) -> None:
        self.dismiss(choice.id == "yes")

    def step_back(self) -> None:
        self.dismiss(False)


class GoOn(TwoWays):
    """The turn reached its cap of rounds."""

    KEYS = {"y": "yes", "n": "no"}

    def __init__(self, rounds: int) -> None:
        times = "once" if rounds == 1 else f"{rounds} times"
        super().__init__(
            "Continue?",
            Content(f"The model has used its tools {times} in this turn. It may be going in circles."),
            ("Continue", "you are asked again later"),
            ("Stop here", "the turn ends, what was said stays"),
        )


class ShowPage(TwoWays):
    """A tool's own page was read, and would go to the browser."""

    KEYS = {"o": "yes", "n": "no"}
    RISKY = True

    def __init__(self, tool: Tool, size: int) -> None:
        words = marked(
            "$page is HTML of $server, $size. In the browser its scripts run, and may reach the network. "
            "It is only shown: it cannot call tools from there.",
            page=tool.page,
            server=tool.server,
            size=human_size(size),
        )
        yes, no = ("Open", "as a file of its own"), ("Leave it", "nothing is opened")
        super().__init__("Open this page in the browser?", words, yes, no)
