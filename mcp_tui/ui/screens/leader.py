"""ctrl+g, then a letter: the second way to every F key."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from mcp_tui.ui.keys import BY_LETTER
from mcp_tui.ui.screens.fitted import Fitted


class Leader(Fitted[None]):
    """One line of letters at the bottom; the next key acts, or goes back."""

    DEFAULT_CSS = """
    Leader { background: transparent; align: left bottom; }
    Leader > Static { height: auto; background: $panel; padding: 0 2; width: 100%; }
    """
    # Before the keys behind it in the same burst: they are meant for where the letter leads.
    BINDINGS = [Binding(letter, f"act('{letter}')", show=False, priority=True) for letter in BY_LETTER]

    def compose(self) -> ComposeResult:
        yield Static("  ".join(f"[$key] {letter} [/] [$quiet]{act.words}[/]" for letter, act in BY_LETTER.items()))

    async def action_act(self, letter: str) -> None:
        self.dismiss()
        await self.app.screen.run_action(BY_LETTER[letter].path)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss()
