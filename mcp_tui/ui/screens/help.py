"""F1: every key, from the tables in keys.py, and what can be typed."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.commands import COMMANDS
from mcp_tui.ui.keys import ACTIONS, ELSEWHERE
from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.widgets.pieces import two

PLAIN_WORDS = "list tools · list prompts · get prompt NAME · quit · exit"


class Help(Fitted[None]):
    """All keys on one page. esc, F1 or enter goes back."""

    CSS_PATH = "dialog.tcss"
    DEFAULT_CSS = "Help .dialog { height: 90%; } Help .question { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(classes="dialog-screen")

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            yield two("[b]Help[/b]", "[$key] esc [/] [$quiet]back[/]", "gap")
            with VerticalScroll(classes="question", id="help-text"):
                yield Static(help_text())

    def on_mount(self) -> None:
        self.query_one("#help-text").focus()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "enter", "q"):
            event.stop()
            self.dismiss()


def help_text() -> Content:
    """Keys by place, then commands."""
    lines = [Content.from_markup("[b]Everywhere[/b]")]
    lines += [_row(action.shown, action.about) for action in ACTIONS]
    second = "  ".join(f"{action.letter} {action.words}" for action in ACTIONS if action.letter)
    lines.append(_row("^g +", second))
    place = ""
    for where, keys, words in ELSEWHERE:
        if where != place:
            lines += [Content(""), Content.from_markup("[b]$where[/b]", where=where)]
            place = where
        lines.append(_row(keys, words))
    lines += [Content(""), Content.from_markup("[b]What can be typed in the chat[/b]")]
    for name, about in COMMANDS.items():
        lines.append(Content.from_markup("$name [$quiet]$about[/]", name=name, about=about))
    lines.append(Content.from_markup("[$quiet]plain words mean the same:[/] $words", words=PLAIN_WORDS))
    return Content("\n").join(lines)


def _row(keys: str, words: str) -> Content:
    return Content.from_markup("[b]$keys[/] [$quiet]$words[/]", keys=f"{keys:<14}", words=words)
