"""The chat view: blocks rendered once, and a line-API view over them.

events -> story.py (which block changes) -> blocks (their lines for a width, made once)
       -> column.py (where each stands) -> transcript.py (the rows in view, as strips)
"""

from __future__ import annotations

from mcp_tui.ui.transcript.markdown import preload
from mcp_tui.ui.transcript.transcript import Transcript

__all__ = ["Transcript", "preload"]
