"""The Explorer: every server with its tools, prompts, resources and templates, as a tree that keeps its folds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.ui.refs import Ref, find
from mcp_tui.ui.widgets.explorer.rows import Outline, Row
from mcp_tui.ui.widgets.messages import CopyRequested

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

Node = TreeNode[Row]
Key = tuple[Ref, int]
"""A row among its siblings: a server may list two tools of one name."""


class Explorer(Tree[Row]):
    """The catalogue. Counts stand in a right-hand column; withheld tools are hollow and faint."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"explorer--{role}" for role in ("name", "quiet", "faint", "good", "warn", "bad")
    }
    DEFAULT_CSS = """
    Explorer {
        height: 1fr;
                background: transparent; background-tint: transparent 0%;
        overflow-x: hidden; scrollbar-size-vertical: 1;
        &:focus { background-tint: transparent 0%; }
        & > .tree--cursor {
            background: $block-cursor-blurred-background; color: $foreground; text-style: none;
        }
        &:focus > .tree--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
        &:ansi > .tree--cursor { text-style: underline; }
        &:ansi:focus > .tree--cursor { text-style: reverse; }
        & > .explorer--name { text-style: bold; }
        & > .explorer--quiet { color: $text-muted; }
        & > .explorer--faint { color: $text-muted 65%; }
        & > .explorer--good { color: $text-success; }
        & > .explorer--warn { color: $text-warning; }
        & > .explorer--bad { color: $text-error; }
        &:ansi > .explorer--quiet { color: ansi_default; text-style: dim; }
        &:ansi > .explorer--faint { color: ansi_default; text-style: dim; }
    }
    """
    BINDINGS = [
        Binding("enter", "select_cursor", "Open in the Inspector", show=False),
        Binding("space", "offer", "Offer or withhold this tool to the model"),
        Binding("left", "fold", "Fold", show=False),
        Binding("right", "unfold", "Unfold", show=False),
        Binding("r", "act('reconnect')", "Start or connect this server again"),
        Binding("e", "act('edit')", "Edit this server"),
        Binding("t", "act('texts')", "All that this server says to models"),
        Binding("x", "act('switch')", "Switch this server off or on"),
        Binding("delete", "act('remove')", "Remove this server"),
        Binding("y", "copy_name", "Copy the name"),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    class Selected(Message):
        """The user opened a server or an item."""

        def __init__(self, ref: Ref) -> None:
            super().__init__()
            self.ref = ref

    class Highlighted(Message):
        """The cursor is on something else now."""

        def __init__(self, ref: Ref) -> None:
            super().__init__()
            self.ref = ref

    class ServerAct(Message):
        """The user wants something done to a server: "reconnect", "edit", "switch" or "remove"."""

        def __init__(self, server: str, act: str) -> None:
            super().__init__()
            self.server = server
            self.act = act

    class OfferChanged(Message):
        """Tools were offered to the model, or withheld from it."""

    class Synced(Message):
        """The rows are up to date; `outline` is what they show."""

        def __init__(self, outline: Outline) -> None:
            super().__init__()
            self.outline = outline

    def __init__(self, bench: Workbench) -> None:
        super().__init__("servers")
        self.show_root = False
        self.show_guides = False
        self.guide_depth = 2
        self.auto_expand = False
        self._bench = bench
        self._query = ""
        self._folds: dict[Ref, bool] = {}
        """What the user unfolded (True) or folded; a filter opens everything and teaches nothing."""
        self._is_waiting = False
        self._told: Ref | None = None

    # -- what is shown ------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.root.expand()
        self._sync()

    def refresh_rows(self) -> None:
        """Bring the rows up to date, once for all that changes before the next frame."""
        if not self._is_waiting and self.is_attached:
            self._is_waiting = True
            self.call_after_refresh(self._sync)

    def filter(self, query: str) -> None:
        """Show only what fits now, with the best fit under the cursor; "" shows everything, folded as before."""
        is_new = query.strip() != self._query
        self._query = query.strip()
        if is_new or self._is_waiting:
            self._sync(is_new)

    @property
    def is_filtered(self) -> bool:
        return bool(self._query)

    @property
    def ref(self) -> Ref | None:
        """What the cursor is on."""
        node = self.cursor_node
        return node.data.ref if node and node.data else None

    @property
    def leads_on_by(self) -> frozenset[str]:
        """The keys that lead into another pane now (bursts.py)."""
        opens = self.ref is not None and (self.ref.is_item or self.ref.is_server)
        return frozenset({"enter"}) if opens else frozenset()

    def _sync(self, is_new: bool = False) -> None:
        """Only a filter that `is_new` moves the cursor off an item: the next key is meant for that one."""
        self._is_waiting = False
        outline = Outline(self._bench, self._query)
        before = self.ref
        self._fill(self.root, outline.servers(), outline)
        stays = before is not None and before.is_item and not is_new
        wanted = before if stays else outline.best or before
        if wanted is not None:
            self._put_cursor(wanted)
        elif self.root.children:
            self.cursor_line = 0
        self._told = self.ref
        self.post_message(self.Synced(outline))

    def _fill(self, parent: Node, rows: list[Row], outline: Outline) -> None:
        """Make a node's children these rows. Nodes that are there already are kept."""
        wanted = _numbered([row.ref for row in rows])
        nodes = dict(zip(_numbered([_row(node).ref for node in parent.children]), parent.children, strict=True))
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
        """Fold or unfold a node as the user left it; only open nodes have children."""
        row = _row(node)
        is_open = outline.is_filtered or self._folds.get(row.ref, self._opens_at_start(row.ref))
        with self.prevent(Tree.NodeExpanded, Tree.NodeCollapsed):
            if is_open and not node.is_expanded:
                node.expand()
            elif not is_open and node.is_expanded:
                node.collapse()
        if is_open:
            self._fill_open(node, outline)
        elif node.children:
            node.remove_children()

    def _fill_open(self, node: Node, outline: Outline) -> None:
        ref = _row(node).ref
        rows = outline.groups(ref.server) if ref.kind is None else outline.items(ref.server, ref.kind)
        self._fill(node, rows, outline)

    def _opens_at_start(self, ref: Ref) -> bool:
        """The first server is open, and its tools."""
        return ref.kind in (None, Kind.TOOL) and ref.server == next(iter(self._bench.hub.names), None)

    def _put_cursor(self, ref: Ref) -> None:
        """The cursor on a row, or else on the nearest one around it."""
        if self.last_line < 0:  # asking for the last line also makes the tree number its lines
            return
        found = {_row(node).ref: node for node in self._below(self.root)}
        for place in (ref, Ref(ref.server, ref.kind), Ref(ref.server)):
            if (node := found.get(place)) is not None:
                if node is not self.cursor_node:
                    self.move_cursor(node)
                return

    def _below(self, node: Node) -> Iterator[Node]:
        """The nodes below one, last first, so that of two with the same reference the upper one counts."""
        for child in reversed(node.children):
            yield from self._below(child)
            yield child

    # -- how a row looks ----------------------------------------------------------------------------

    def get_label_width(self, node: Node) -> int:
        return 1  # rows are as wide as the pane, so thousands of them need no measuring

    def render_label(self, node: Node, base_style: Style, style: Style) -> Text:
        """Fold mark, icon and name at the left, the note at the right edge, on one ground over the whole width."""
        if (row := node.data) is None:
            return Text()
        depth = sum(1 for _ in _ancestors(node)) - 1
        width = self.scrollable_content_region.width - depth * self.guide_depth
        label = Text(no_wrap=True, end="")
        if depth < 2:
            mark = self.ICON_NODE_EXPANDED if node.is_expanded else self.ICON_NODE
            label.append(mark if row.folds else "  ", style + Style(meta={"toggle": row.folds}))
        if row.icon:
            label.append(f"{row.icon} ", style + self._role(row.icon_role))
        note = Text(f" {row.note} " if row.note else " ", style + self._role("quiet"))
        name = Text(row.name, style + self._role(row.role))
        room = max(1, width - label.cell_len - note.cell_len)
        name.truncate(room, overflow="ellipsis", pad=True)
        return label.append_text(name).append_text(note)

    def _role(self, role: str) -> Style:
        return self.get_component_rich_style(f"explorer--{role}", partial=True) if role else Style()

    # -- keys ---------------------------------------------------------------------------------------

    def on_tree_node_selected(self, event: Tree.NodeSelected[Row]) -> None:
        event.stop()
        ref = _row(event.node).ref
        if ref.is_server or ref.is_item:
            self.post_message(self.Selected(ref))
        else:
            event.node.toggle()

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Row]) -> None:
        event.stop()
        ref = self.ref
        if ref is not None and ref != self._told:
            self._told = ref
            self.post_message(self.Highlighted(ref))

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Row]) -> None:
        event.stop()
        if event.node.data is not None:
            self._learn(event.node.data.ref, True)
            self._fill_open(event.node, Outline(self._bench, self._query))

    def on_tree_node_collapsed(self, event: Tree.NodeCollapsed[Row]) -> None:
        event.stop()
        self._learn(_row(event.node).ref, False)
        event.node.remove_children()

    def _learn(self, ref: Ref, is_open: bool) -> None:
        if not self.is_filtered:
            self._folds[ref] = is_open

    def action_fold(self) -> None:
        """Fold what is open, else go to what this is in."""
        node = self.cursor_node
        if node is None:
            return
        if node.allow_expand and node.is_expanded:
            node.collapse()
        elif node.parent is not None and not node.parent.is_root:
            self.move_cursor(node.parent)

    def action_unfold(self) -> None:
        """Unfold what is folded, else go to the first thing in it."""
        node = self.cursor_node
        if node is None or not node.allow_expand:
            return
        if node.is_collapsed:
            node.expand()
        elif node.children:
            self.move_cursor(node.children[0])

    def action_offer(self) -> None:
        """Offer this tool to the model, or withhold it; on a server or its Tools all of them."""
        tools = self._tools_at_cursor()
        if not tools:
            return
        on = any(self._bench.is_withheld(tool) for tool in tools)
        self._bench.offer_all(tools, on)
        self.refresh_rows()
        self.post_message(self.OfferChanged())

    def _tools_at_cursor(self) -> list[Tool]:
        ref = self.ref
        if ref is None or ref.kind not in (None, Kind.TOOL):
            return []
        if ref.is_item:
            tool = find(self._bench, ref)
            return [tool] if isinstance(tool, Tool) else []
        return [item for item in self._bench.items() if isinstance(item, Tool) and item.server == ref.server]

    def action_act(self, act: str) -> None:
        """Something for the server that the cursor is on or in."""
        if self.ref is not None:
            self.post_message(self.ServerAct(self.ref.server, act))

    def action_copy_name(self) -> None:
        """The raw name or URI: what others know it by."""
        if (ref := self.ref) is not None:
            self.post_message(CopyRequested(ref.key or (ref.kind.group if ref.kind else ref.server)))

    def watch_hover_line(self, previous_hover_line: int, hover_line: int) -> None:
        """The whole name as a tooltip."""
        super().watch_hover_line(previous_hover_line, hover_line)
        node = self.get_node_at_line(hover_line) if hover_line >= 0 else None
        self.tooltip = Text(node.data.name) if node and node.data and node.data.ref.is_item else None


def _row(node: Node) -> Row:
    assert node.data is not None, "every node but the root has a row"
    return node.data


def _ancestors(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _numbered(refs: list[Ref]) -> list[Key]:
    seen: dict[Ref, int] = {}
    keys: list[Key] = []
    for ref in refs:
        seen[ref] = seen.get(ref, -1) + 1
        keys.append((ref, seen[ref]))
    return keys
