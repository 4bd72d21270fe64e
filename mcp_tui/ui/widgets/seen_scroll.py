"""A scrolled text that knows whether each of its lines has been in view."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget


class SeenScroll(VerticalScroll, can_focus=False):
    """Counts its rows as they come into view, from `begin()` on; another width begins anew."""

    class AllSeen(Message):
        """Each row has been in view."""

    def __init__(self, *children: Widget, classes: str = "") -> None:
        super().__init__(*children, classes=classes)
        self._seen: set[int] = set()
        self._width: int | None = None
        """The width for which rows are counted; None before `begin()`."""
        self._told = False

    def begin(self) -> None:
        """It is drawn: what is in view now counts."""
        self._width = self.size.width
        self._look()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def on_resize(self) -> None:
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        if self._width is None or self._told:
            return
        if self._width != self.size.width:
            self._width = self.size.width
            self._seen.clear()
        top = self.scroll_offset.y
        self._seen.update(range(top, top + self.size.height))
        if self._seen.issuperset(range(self.virtual_size.height)):
            self._told = True
            self.post_message(self.AllSeen())
