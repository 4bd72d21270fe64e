"""The bottom line: the keys that matter, from the table in keys.py. One widget, drawn for the width it has."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual.content import Content

from mcp_tui.ui.keys import ACTIONS, Action
from mcp_tui.ui.widgets.pieces import Clicks, clickable

PANES = ("show_explorer", "show_chat", "show_inspector")


@runtime_checkable
class Hinting(Protocol):
    """A widget with a key that one needs while the focus is in it, though its own hint may be scrolled away."""

    @property
    def key_hint(self) -> tuple[str, str]:
        """The key as it is written, and what it does."""
        ...


class KeyLine(Clicks):
    """Key chips with their words, quit last, the palette at the right end. A click does what the key does."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "KeyLine { height: 1; padding: 0 1; background: $surface; }"

    def on_mount(self) -> None:
        self.watch(self.screen, "focused", self._focus_moved, init=False)

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
        if (hint := self._hint()) and left.cell_length + hint.cell_length + palette.cell_length + 3 <= width:
            left = Content.assemble(hint, "  ", left)
        gap = width - left.cell_length - palette.cell_length
        return Content.assemble(left, " " * max(1, gap), palette)

    def _focus_moved(self) -> None:
        self.refresh()

    def _hint(self) -> Content | None:
        focused = self.screen.focused
        around = focused.ancestors_with_self if focused else []
        return next((_words(*node.key_hint) for node in around if isinstance(node, Hinting)), None)


def _words(key: str, words: str) -> Content:
    return Content.from_markup(f"[$key] {key} [/] [$quiet]{words}[/]")


def _chip(action: Action) -> Content:
    return clickable(_words(action.shown, action.words), action.path)


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
