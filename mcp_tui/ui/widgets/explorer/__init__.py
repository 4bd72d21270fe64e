"""The Explorer: the pane, the tree in it, and the rows as data."""

from mcp_tui.ui.widgets.explorer.pane import ExplorerPane
from mcp_tui.ui.widgets.explorer.tree import Explorer

__all__ = ["Explorer", "ExplorerPane"]
