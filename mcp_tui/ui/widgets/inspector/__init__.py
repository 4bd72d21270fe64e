"""The Inspector: one page per kind of thing (`tool_page`, `prompt_page`, …), shown by the pane."""

from mcp_tui.ui.widgets.inspector.pane import InspectorPane

__all__ = ["InspectorPane"]
