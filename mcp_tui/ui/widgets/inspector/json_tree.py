"""JSON as a tree: quiet names, plain values, and how many things are inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from mcp_tui.domain.text import clean_line, clean_start

OPEN_AT_ONCE = 60
"""Values up to which everything is unfolded; above, only the first level is."""
SHOWN = 500
"""Things of one list or object that are shown; Raw has all of them."""
LONGEST = 2_000
"""Characters of one value that are laid out."""


@dataclass(frozen=True, slots=True)
class Place:
    """A name and what stands there."""

    name: str
    value: Any
    column: int
    """Cells that the names beside it take."""


class JsonTree(Tree[Place]):
    """A JSON object or list. What is folded costs nothing."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    COMPONENT_CLASSES: ClassVar[set[str]] = {"json-tree--quiet"}
    DEFAULT_CSS = """
    JsonTree {
        height: auto; background: transparent; background-tint: transparent 0%; overflow-x: hidden;
        &:focus { background-tint: transparent 0%; }
        & > .tree--cursor { background: transparent; color: $foreground; text-style: none; }
        &:focus > .tree--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: none;
        }
        &:ansi:focus > .tree--cursor { text-style: reverse; }
        & > .json-tree--quiet { color: $text-muted; }
        &:ansi > .json-tree--quiet { color: ansi_default; text-style: dim; }
    }
    """
    BINDINGS = [Binding("space,enter", "toggle_node", "Fold or unfold", show=False)]

    def __init__(self, value: Any) -> None:
        super().__init__("", Place("", value, 0))
        self.show_root = False
        self.show_guides = False
        self.guide_depth = 2
        self._unfolds = _count(value, OPEN_AT_ONCE) <= OPEN_AT_ONCE

    def on_mount(self) -> None:
        with self.prevent(Tree.NodeExpanded):
            self._grow(self.root)
            self.root.expand()

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Place]) -> None:
        event.stop()
        if not event.node.children:
            self._grow(event.node)

    def _grow(self, node: TreeNode[Place]) -> None:
        assert node.data is not None, "every node has its place"
        inside = list(_inside(node.data.value, SHOWN))
        column = min(20, max((len(name) for name, value in inside if not _folds(value)), default=0)) + 2
        for name, value in inside:
            child = node.add(Text(), Place(name, value, column), expand=self._unfolds, allow_expand=_folds(value))
            if self._unfolds and _folds(value):
                self._grow(child)
        more = len(node.data.value) - len(inside)
        if more > 0:
            node.add(Text(), Place(f"… {more:,} more, see Raw", None, 0), allow_expand=False)

    def get_label_width(self, node: TreeNode[Place]) -> int:
        return 1

    def render_label(self, node: TreeNode[Place], base_style: Style, style: Style) -> Text:
        if (place := node.data) is None:
            return Text()
        quiet = style + self.get_component_rich_style("json-tree--quiet", partial=True)
        depth = -1
        above: TreeNode[Place] | None = node
        while (above := above.parent) is not None:
            depth += 1
        width = self.scrollable_content_region.width - depth * self.guide_depth
        if not node.allow_expand:
            value = "" if place.column == 0 else clean_start(json.dumps(place.value, ensure_ascii=False), LONGEST)
            label = Text(f"  {place.name:<{place.column}}", quiet, no_wrap=True, end="").append(value, style)
            label.truncate(width, overflow="ellipsis", pad=True)
            return label
        words = "key" if isinstance(place.value, dict) else "item"
        count = f" {len(place.value):,} {words}{'' if len(place.value) == 1 else 's'} "
        mark = self.ICON_NODE_EXPANDED if node.is_expanded else self.ICON_NODE
        name = Text(place.name, quiet)
        name.truncate(max(1, width - len(count) - 2), overflow="ellipsis", pad=True)
        label = Text(mark, style + Style(meta={"toggle": True}), no_wrap=True, end="")
        return label.append_text(name).append(count, quiet)


def _folds(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(cast("dict[str, Any] | list[Any]", value))


def _inside(value: Any, most: int) -> Iterator[tuple[str, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for number, (name, inner) in enumerate(pairs):
        if number >= most:
            return
        yield clean_line(str(name)), inner


def _count(value: Any, enough: int) -> int:
    """How many values there are, counted up to a little over `enough`."""
    total = 0
    waiting = [value]
    while waiting and total <= enough:
        one = waiting.pop()
        inside = list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else []
        total += len(inside)
        waiting += inside[: enough + 1]
    return total
