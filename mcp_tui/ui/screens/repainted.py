"""Screens that never keep an old picture of what was scrolled.

Textual (8.2) repaints what moved: it compares the places of all widgets with those at the last picture. Whoever asks a
widget for its place between a scroll and a layout has those places forgotten (`Compositor.full_map`), and rows stay
where they were, until something else paints over them.
"""

from __future__ import annotations

from textual.geometry import Size
from textual.screen import Screen, ScreenResultType


class Repainted(Screen[ScreenResultType]):
    """Is painted whole when a scroll and a layout come together."""

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        if scroll and self._layout_required:
            self.refresh()
        super()._refresh_layout(size, scroll)
