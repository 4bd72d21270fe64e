"""The second step of "Always allow…": exactly what will be remembered, before it is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll

from mcp_tui.domain.permission import Request
from mcp_tui.ui.widgets.pieces import Choice, key, line, pairs, two


class RememberStep(VerticalGroup):
    """The rule in words, and two answers: `#keep` (y) and `#back` (esc)."""

    def __init__(self, request: Request) -> None:
        super().__init__(classes="step")
        self._request = request

    def compose(self) -> ComposeResult:
        request = self._request
        item = request.kind.value
        with VerticalScroll(classes="question", can_focus=False):
            yield two("[b]Remember this[/b]", "[$quiet]until you take it back[/]")
            yield pairs(
                ("allow", "always, without asking"),
                (
                    item,
                    line(request.item) + f", as it is defined now; with any change to that {item} you are asked again",
                ),
                (
                    "server",
                    line(" · ".join(filter(None, (request.server, request.server_kind)))) + ", started as it is now",
                ),
                ("arguments", "any"),
                ("take back", f"Permissions, in the palette {key('ctrl+p')}"),
            )
        yield Choice("y  ", "Remember it", "and allow this one", id="keep")
        yield Choice("esc", "Back", "nothing is remembered", id="back")
