"""Textual's palette, with an Enter that waits for the search, and a field that draws what is pasted as ours do."""

from __future__ import annotations

from textual import on
from textual.command import CommandPalette
from textual.widgets import Input
from textual.worker import Worker

from mcp_tui.ui.widgets.plain_fields import OneCell


class Palette(CommandPalette):
    """By itself it would pick of what was found for the characters before the last ones."""

    _picks_next = False
    """Enter was pressed while it searched."""

    def on_mount(self) -> None:
        self.query_one(Input).highlighter = OneCell()

    @on(Input.Submitted)
    def find_first(self, event: Input.Submitted) -> None:
        """Textual's own handler picks the highlighted line behind this one, unless it is told not to."""
        if self._is_searching:
            event.stop()
            event.prevent_default()
            self._picks_next = True

    @on(Worker.StateChanged)
    def pick(self) -> None:
        """What was found for all that was typed is in the list."""
        if self._picks_next and not self._is_searching:
            self._picks_next = False
            field = self.query_one(Input)
            field.post_message(Input.Submitted(field, field.value))

    @property
    def _is_searching(self) -> bool:
        return any(worker.node is self and not worker.is_finished for worker in self.workers)
