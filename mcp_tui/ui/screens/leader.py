"""ctrl+g, then a letter: the second way to every F key."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from mcp_tui.ui.keys import BY_LETTER


class Leader(ModalScreen[str | None]):
    """One line of letters at the bottom; the next key chooses, or goes back. Returns a Textual action."""

    DEFAULT_CSS = """
    Leader { background: transparent; align: left bottom; }
    Leader > Static { height: auto; background: $panel; padding: 0 2; width: 100%; }
    """

    def compose(self) -> ComposeResult:
        yield Static("  ".join(f"[$key] {letter} [/] [$quiet]{act.words}[/]" for letter, act in BY_LETTER.items()))

    def on_key(self, event: events.Key) -> None:
        event.stop()
        action = BY_LETTER.get(event.key)
        self.dismiss(action.path if action else None)
