"""What waits for an answer of the user, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from mcp_tui.domain.text import clean_line

if TYPE_CHECKING:
    from mcp_tui.ui.asking import Asking


class RequestsView(Widget, can_focus=True):
    """One line for each; F8 opens the first."""

    DEFAULT_CSS = "RequestsView { height: 1fr; }"

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking

    def on_mount(self) -> None:
        self._asking.listen(self.refresh)

    def render(self) -> Content:
        waiting = self._asking.waiting
        if not waiting:
            return Content.from_markup("[$quiet]Nothing waits for you. Questions of servers and models appear here.[/]")
        lines = [
            Content.from_markup(
                "[$hue]?[/] [b]$what[/] on $server waits", what=clean_line(each.item), server=each.server
            )
            for each in waiting
        ]
        lines.append(Content.from_markup("\n[$key] F8 [/] [$quiet]look at the first[/]"))
        return Content("\n").join(lines)
