"""Toasts: what is said in passing. None lies over a question, nor over a field that somebody types in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input, TextArea

from mcp_tui.domain.happenings import Happening, Noticed
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.later import later

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from mcp_tui.ui.app import McpTuiApp

LASTS = 4
"""Seconds."""
NOTICES_LAST = 6
TOGETHER = 0.3
"""Seconds in which notices become one."""
LOOKS_AGAIN = 1.0
MOST_NOTICES = 4
MOST_TOASTS = 3
"""At once; the oldest make room."""


class Toasts:
    """The quiet notifications of one app; foreign text is safe in them."""

    def __init__(self, app: McpTuiApp) -> None:
        self._app = app
        self._notices: list[str] = []

    def tell(self, text: str, severity: SeverityLevel = "information") -> None:
        """Say one line."""
        self._show([text], severity, LASTS)

    def happened(self, happening: Happening) -> None:
        """Say what is to be seen at once: several lines of one moment together."""
        if isinstance(happening, Noticed):
            if not self._notices:
                later(self._app, TOGETHER, self._tell_notices)
            self._notices.append(happening.text)

    def make_room_soon(self) -> None:
        """Stand at the top while somebody types into the lower half of the screen, else at the bottom.

        Only once all is laid out: a field of a pane that was hidden has its place only then, and to ask for a place
        before makes Textual take what has just been shown or scrolled for drawn (screens/repainted.py).
        """
        if self._app.screen_stack:  # else it is ending, and focus moves while its screens go
            self._app.screen.call_after_refresh(self._make_room)

    def _make_room(self) -> None:
        app = self._app
        field = app.focused
        is_low = isinstance(field, Input | TextArea) and field.region.y + field.region.bottom > app.size.height
        for rack in app.screen.query("ToastRack"):
            rack.set_class(is_low, "-top")

    def _tell_notices(self) -> None:
        if any(question.is_open for question in self._app.asking.waiting):
            later(self._app, LOOKS_AGAIN, self._tell_notices)
            return
        notices, self._notices = self._notices, []
        more = [f"and {len(notices) - MOST_NOTICES} more"] if len(notices) > MOST_NOTICES else []
        self._show([*notices[:MOST_NOTICES], *more], "information", NOTICES_LAST)

    def _show(self, lines: list[str], severity: SeverityLevel, lasts: float) -> None:
        self.make_room_soon()
        shown = list(self._app.screen.query("ToastHolder")) if self._app.screen_stack else []
        for oldest in shown[: 1 - MOST_TOASTS]:
            oldest.display = False
        text = "\n".join(clean_line(line) for line in lines)
        self._app.notify(text, severity=severity, markup=False, timeout=lasts)
