"""A question with two answers; the safe one has the focus."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.widgets.pieces import Choice, Words, marked, two


class Confirm(Fitted[bool]):
    """`yes` and `no` are (key, words, consequence); the title may be foreign text. esc means no."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = "#no"

    def __init__(
        self,
        title: str,
        question: Words | Sequence[Widget],
        yes: tuple[str, str, str],
        no: tuple[str, str, str],
        danger: bool = False,
    ) -> None:
        super().__init__(classes="dialog-screen")
        self._title, self._question = title, question
        self._yes, self._no = yes, no
        self._danger = danger

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog -danger" if self._danger else "dialog"):
            with VerticalScroll(classes="question", can_focus=False):
                yield two(marked("[b]$title[/b]", title=self._title), "", "gap")
                if isinstance(self._question, str | Content):
                    yield Static(self._question, classes="gap")
                else:
                    yield from self._question
            yield Choice(*self._yes, id="yes")
            yield Choice(*self._no, id="no")

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", self._no[0]):
            self.dismiss(False)
        elif event.key == self._yes[0]:
            self.dismiss(True)
        elif event.key in ("up", "down"):
            self.focus_next(Choice) if event.key == "down" else self.focus_previous(Choice)
        else:
            return
        event.stop()

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        self.dismiss(event.choice.id == "yes")
