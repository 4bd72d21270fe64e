"""Dialogs whose very first picture fits the terminal, and that close once.

Textual gives a screen the classes of its breakpoints only after it was laid out once: what is drawn until then is
another dialog, and a click aimed at it goes astray.
"""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from mcp_tui.ui.screens.repainted import Repainted

T = TypeVar("T")


class Fitted(Repainted[T], ModalScreen[T]):
    """Has the classes of its breakpoints from the start."""

    HORIZONTAL_BREAKPOINTS = [(0, "-small"), (100, "-medium")]

    def on_mount(self) -> None:
        width, height = self.app.size
        for size, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            if fits := [step for step in breakpoints or () if size >= step[0]]:
                self.add_class(max(fits)[1], update=False)  # styles are looked up once, when it comes up

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """A second click on an answer would else close what lies under the dialog, down to the last screen."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
