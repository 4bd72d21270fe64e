"""Which requests need more care than a key: for them every line has to be seen, and Enter never allows."""

from __future__ import annotations

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Request
from mcp_tui.domain.rules import canonical


def is_high(request: Request) -> bool:
    """What its server calls destructive, and arguments that carry a configured secret or another server's text."""
    if request.kind is not Kind.TOOL:
        return False
    carries = any(echo.server != request.server for echo in request.echoes)
    return request.hints.says_destructive or carries or HIDDEN.are_in(canonical(request.arguments))
