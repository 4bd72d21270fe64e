"""Which requests need more care than a key: for them every line has to be seen, and Enter never allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.rules import canonical

if TYPE_CHECKING:
    from mcp_tui.domain.permission import Request


def is_high(request: Request) -> bool:
    """What its server calls destructive, and what carries something that is not the tool's."""
    return request.kind is Kind.TOOL and (request.hints.says_destructive or bool(carried(request)))


def carried(request: Request) -> str:
    """What the arguments bring along that the tool's server has not had: words for it (raw), or ""."""
    others = dict.fromkeys(echo.server for echo in request.echoes if echo.server != request.server)
    secret = ["a configured secret"] if HIDDEN.are_in(canonical(request.arguments)) else []
    return " and ".join(secret + [f"text of {server}" for server in others])
