"""One question that is over, to read: what was asked, and what was said."""

from __future__ import annotations

import time

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.text import clean, human_time
from mcp_tui.ui.answered import Answered
from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.widgets.pieces import Choice, line, marked, pairs, prose, two

TITLES = {
    "permission": "[b]$item[/b] on $server",
    "result": "[b]The result of $item[/b] on $server",
    "elicitation": "[b]$server asked you[/b]",
    "sampling": "[b]$server asked a model[/b]",
    "roots": "[b]$server asked for your folders[/b]",
    "review": "[b]What $server says to models[/b]",
    "consent": "[b]Whether $server may be started[/b]",
    "rounds": "[b]Continue?[/b]",
    "page": "[b]The page of $item[/b] on $server",
    "sign-in": "[b]$server wanted you to sign in[/b]",
}


class AnsweredDialog(Fitted[None]):
    """Read-only: esc goes back, the arrows scroll, y copies."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = ".question"
    DEFAULT_CSS = """
    AnsweredDialog { .pair > .name { width: 18; } .text { margin-bottom: 1; } }
    """

    def __init__(self, over: Answered) -> None:
        super().__init__(classes="dialog-screen")
        self._over = over

    def compose(self) -> ComposeResult:
        over = self._over
        day = time.strftime("%-d %B, %H:%M:%S", time.localtime(over.time))
        took = f"after {human_time(over.seconds)}" if over.seconds is not None else "as you had chosen"
        title = marked(TITLES[over.about], item=over.item, server=over.server)
        outcome = marked("[b]$outcome[/b]", outcome=over.told.outcome)
        with VerticalGroup(classes="dialog"):
            with VerticalScroll(classes="question"):
                yield two(title, outcome, "gap")
                yield Static(marked(f"[$quiet]{day} · {took}[/]"), classes="gap")
                short = [each for each in over.told.texts if _is_short(each[1])]
                if short:
                    yield pairs(*((Content(name), line(text)) for name, text in short), classes="values gap")
                for name, text in over.told.texts:
                    if not _is_short(text):
                        yield Static(marked("[b]$name[/b]", name=name[:1].upper() + name[1:]))
                        yield Static(prose(text), classes="values text")
            yield Choice("y  ", "Copy", "what was asked and said", width=8, id="copy")
            yield Choice("esc", "Back", "nothing changes", width=8, id="back")

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "y"):
            event.stop()
            self._choose("back" if event.key == "escape" else "copy")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        event.stop()
        self._choose(event.choice.id or "back")

    def _choose(self, choice: str) -> None:
        if choice == "back":
            self.dismiss(None)
            return
        over = self._over
        parts = [over.told.outcome, *(f"{name}:\n{text}" for name, text in over.told.texts)]
        self.app.copy_to_clipboard(clean("\n\n".join(parts)))
        self.notify("Copied", timeout=2)


def _is_short(text: str) -> bool:
    return len(text) <= 60 and "\n" not in text
