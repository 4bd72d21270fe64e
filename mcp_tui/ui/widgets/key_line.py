"""The bottom line: the keys that matter, from the table in keys.py. One widget, drawn for the width it has."""

from __future__ import annotations

from textual.content import Content

from mcp_tui.ui.keys import ACTIONS, Action
from mcp_tui.ui.widgets.pieces import Clicks, clickable

PANES = ("show_explorer", "show_chat", "show_inspector")


class KeyLine(Clicks):
    """Key chips with their words, quit last, the palette at the right end. A click does what the key does."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "KeyLine { height: 1; padding: 0 1; background: $surface; }"

    def render(self) -> Content:
        width = self.content_size.width
        actions = [action for action in ACTIONS if action.footer and action.id != "command_palette"]
        palette = _chip(next(action for action in ACTIONS if action.id == "command_palette"))
        left = Content("  ").join([_chip(action) for action in actions])
        if left.cell_length + palette.cell_length + 2 > width:
            left = _folded(actions)
        if left.cell_length + palette.cell_length + 2 > width:
            wanted = ("help", "quit")
            left = Content("  ").join([_chip(action) for action in actions if action.id in wanted])
        gap = width - left.cell_length - palette.cell_length
        return Content.assemble(left, " " * max(1, gap), palette)


def _chip(action: Action) -> Content:
    return clickable(Content.from_markup(f"[$key] {action.shown} [/] [$quiet]{action.words}[/]"), action.path)


def _folded(actions: list[Action]) -> Content:
    """On a narrow screen the three panes share one word, and new chat is left to the palette."""
    parts: list[Content] = []
    panes = [action for action in actions if action.id in PANES]
    for action in actions:
        if action.id == PANES[0]:
            chips = [clickable(Content.from_markup(f"[$key] {pane.shown} [/]"), pane.path) for pane in panes]
            parts.append(Content.assemble(*chips, Content.from_markup(" [$quiet]panes[/]")))
        elif action.id not in (*PANES, "new_chat"):
            parts.append(_chip(action))
    return Content("  ").join(parts)
