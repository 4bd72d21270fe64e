"""The Explorer: every server with its tools, prompts, resources and templates, as a tree that keeps its folds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Tree

from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.ui.refs import Ref, find
from mcp_tui.ui.widgets.explorer.branches import Branches, Node, depth_of, row_of
from mcp_tui.ui.widgets.explorer.rows import Outline, Row
from mcp_tui.ui.widgets.messages import CopyRequested

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench


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
        self._branches = Branches(self, bench)
        self._is_waiting = False
        self._told: Ref | None = None

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

    def tell(self) -> None:
        """Say what the cursor is on: a filter moves it there without a word."""
        if (ref := self.ref) is not None:
            self._told = ref
            self.post_message(self.Highlighted(ref))

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
        self._branches.show(outline)
        stays = before is not None and before.is_item and not is_new
        wanted = before if stays else outline.best or before
        if wanted is not None:
            self._put_cursor(wanted)
        elif self.root.children:
            self.cursor_line = 0
        self._told = self.ref
        self.post_message(self.Synced(outline))

    def _put_cursor(self, ref: Ref) -> None:
        """The cursor on a row, or else on the nearest one around it."""
        if self.last_line < 0:  # asking for the last line also makes the tree number its lines
            return
        node = self._branches.nearest(ref)
        if node is not None and node is not self.cursor_node:
            self.move_cursor(node)

    def get_label_width(self, node: Node) -> int:
        return 1  # rows are as wide as the pane, so thousands of them need no measuring

    def render_label(self, node: Node, base_style: Style, style: Style) -> Text:
        """Fold mark, icon and name at the left, the note at the right edge, on one ground over the whole width."""
        if (row := node.data) is None:
            return Text()
        depth = depth_of(node)
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

    def on_tree_node_selected(self, event: Tree.NodeSelected[Row]) -> None:
        event.stop()
        ref = row_of(event.node).ref
        if ref.is_server or ref.is_item:
            self.post_message(self.Selected(ref))
        else:
            event.node.toggle()

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Row]) -> None:
        event.stop()
        if self.ref != self._told:
            self.tell()

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Row]) -> None:
        event.stop()
        if event.node.data is not None:
            self._learn(event.node.data.ref, True)
            self._branches.fill_open(event.node, Outline(self._bench, self._query))

    def on_tree_node_collapsed(self, event: Tree.NodeCollapsed[Row]) -> None:
        event.stop()
        self._learn(row_of(event.node).ref, False)
        event.node.remove_children()

    def _learn(self, ref: Ref, is_open: bool) -> None:
        """A filter opens everything and teaches nothing."""
        if not self.is_filtered:
            self._branches.learn(ref, is_open)

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
