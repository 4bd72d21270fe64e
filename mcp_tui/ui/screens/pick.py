"""Picking one of a list, or acting on its lines."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.widgets import OptionList, Static

from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.widgets.pieces import marked, two


class Pick(Fitted[int | None]):
    """Lines to choose from by the arrow keys; returns the index of the chosen one. esc goes back."""

    CSS_PATH = "dialog.tcss"
    DEFAULT_CSS = """
    Pick OptionList { height: auto; max-height: 20; border: none; background: $surface; padding: 0; }
    Pick OptionList:focus { border: none; }
    """

    def __init__(self, title: str, lines: Sequence[Content], empty: str, enter: str, *, key: str = "enter") -> None:
        """`enter` says what the key does; `key` may be another than enter for acts that must not happen by habit."""
        super().__init__(classes="dialog-screen")
        self._title, self._lines = title, lines
        self._empty, self._enter = empty, enter
        self._key = key

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            yield two(f"[b]{self._title}[/b]", "[$key] esc [/] [$quiet]back[/]", "gap")
            if self._lines:
                yield OptionList(*self._lines)
                yield Static(f"\n[$key] {self._key} [/] [$quiet]{self._enter}[/]")
            else:
                yield Static(marked("[$quiet]$empty[/]", empty=self._empty))

    async def fill(self, lines: Sequence[Content], empty: str = "", chosen: int = 0) -> None:
        """The lines came only now, the cursor goes to the chosen one; or none came, and `empty` (raw) says why."""
        self._lines, self._empty = lines, empty
        if self.is_attached:
            await self.recompose()
            for options in self.query(OptionList):
                options.highlighted = chosen
                options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if self._key == "enter":
            self.dismiss(event.option_index)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)
        elif event.key == self._key and self._key != "enter" and self._lines:
            event.stop()
            self.dismiss(self.query_one(OptionList).highlighted)
