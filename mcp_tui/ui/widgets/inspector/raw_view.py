"""The wire's own JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from mcp_tui.domain.text import pretty_json
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.inspector.texts import code_view
from mcp_tui.ui.widgets.messages import CopyRequested
from mcp_tui.ui.widgets.pieces import hints, two


class RawView(View):
    """Objects as they came, each under our word for it; those that are None are left out."""

    BINDINGS = [Binding("y", "copy", "Copy what is shown")]

    def __init__(self, *parts: tuple[str, Mapping[str, Any] | None]) -> None:
        super().__init__()
        self._parts = [(words, raw) for words, raw in parts if raw is not None]

    def compose(self) -> ComposeResult:
        for words, raw in self._parts:
            yield two(f"[b]{words}[/b]", "as it came")
            yield from code_view(raw)
        if self._parts:
            yield Static(hints(y="copy"))
        else:
            yield Static("[$quiet]Nothing has come yet.[/]")

    def action_copy(self) -> None:
        self.post_message(CopyRequested("\n\n".join(pretty_json(raw) for _, raw in self._parts)))
