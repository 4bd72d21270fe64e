"""The nodes of the Explorer's tree: brought in line with the rows there are to be, and folded as the user left them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from mcp_tui.domain.catalog import Kind
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.explorer.rows import Outline, Row

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

Node = TreeNode[Row]
Key = tuple[Ref, int]
"""A row among its siblings: a server may list two tools of one name."""


class Branches:
    """Keeps what can stay: the cursor is on a node, and thousands of them cost time."""

    def __init__(self, tree: Tree[Row], bench: Workbench) -> None:
        self._tree = tree
        self._bench = bench
        self._folds: dict[Ref, bool] = {}
        """What the user unfolded (True) or folded."""

    def show(self, outline: Outline) -> None:
        """Make the tree show these rows."""
        self._fill(self._tree.root, outline.servers(), outline)

    def learn(self, ref: Ref, is_open: bool) -> None:
        """The user unfolded or folded it."""
        self._folds[ref] = is_open

    def fill_open(self, node: Node, outline: Outline) -> None:
        """Give an open node its children."""
        ref = row_of(node).ref
        rows = outline.groups(ref.server) if ref.kind is None else outline.items(ref.server, ref.kind)
        self._fill(node, rows, outline)

    def nearest(self, ref: Ref) -> Node | None:
        """The node of something, or else of what it is in."""
        found = {row_of(node).ref: node for node in self._below(self._tree.root)}
        around = (ref, Ref(ref.server, ref.kind), Ref(ref.server))
        return next((found[place] for place in around if place in found), None)

    def _fill(self, parent: Node, rows: list[Row], outline: Outline) -> None:
        """Make a node's children these rows. Nodes that are there already are kept."""
        wanted = _numbered([row.ref for row in rows])
        nodes = dict(zip(_numbered([row_of(node).ref for node in parent.children]), parent.children, strict=True))
        if list(nodes) != wanted:
            nodes = self._match(parent, wanted, nodes)
        for place, (key, row) in enumerate(zip(wanted, rows, strict=True)):
            node = nodes.get(key)
            if node is None:
                node = parent.add(Text(), row, before=place, allow_expand=row.folds)
            elif node.data != row:
                node.data = row
                node.allow_expand = row.folds
                node.refresh()
            if row.folds:
                self._fold(node, outline)
            elif node.children:
                node.remove_children()

    def _match(self, parent: Node, wanted: list[Key], nodes: dict[Key, Node]) -> dict[Key, Node]:
        """The nodes that can stay: those still wanted, in the order wanted. The others are removed."""
        kept = [key for key in nodes if key in set(wanted)]
        if kept != [key for key in wanted if key in nodes] or len(kept) * 2 < len(nodes):
            parent.remove_children()
            return {}
        for key in nodes.keys() - set(kept):
            nodes[key].remove()
        return {key: nodes[key] for key in kept}

    def _fold(self, node: Node, outline: Outline) -> None:
        """Fold or unfold a node as the user left it, or unfold it for a filter; only open nodes have children."""
        row = row_of(node)
        is_open = outline.is_filtered or self._folds.get(row.ref, self._opens_at_start(row.ref))
        with self._tree.prevent(Tree.NodeExpanded, Tree.NodeCollapsed):
            if is_open and not node.is_expanded:
                node.expand()
            elif not is_open and node.is_expanded:
                node.collapse()
        if is_open:
            self.fill_open(node, outline)
        elif node.children:
            node.remove_children()

    def _opens_at_start(self, ref: Ref) -> bool:
        """The first server is open, and its tools."""
        return ref.kind in (None, Kind.TOOL) and ref.server == next(iter(self._bench.hub.names), None)

    def _below(self, node: Node) -> Iterator[Node]:
        """The nodes below one, last first, so that of two with the same reference the upper one counts."""
        for child in reversed(node.children):
            yield from self._below(child)
            yield child


def row_of(node: Node) -> Row:
    """What a node shows."""
    assert node.data is not None, "every node but the root has a row"
    return node.data


def depth_of(node: Node) -> int:
    """How many nodes it is in, the root not counted."""
    depth = -1
    while node.parent is not None:
        node, depth = node.parent, depth + 1
    return depth


def _numbered(refs: list[Ref]) -> list[Key]:
    seen: dict[Ref, int] = {}
    keys: list[Key] = []
    for ref in refs:
        seen[ref] = seen.get(ref, -1) + 1
        keys.append((ref, seen[ref]))
    return keys
