"""A question as the person has dealt with it so far; it outlives a dialog that folds away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mcp_tui.domain.echoes import still_in
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.permission import Request
from mcp_tui.domain.risk import is_high
from mcp_tui.domain.rules import canonical


@dataclass(slots=True, eq=False)
class Proposal:
    """A request, its arguments as edited, whether every line of it was in view, and the reply once it is given."""

    request: Request
    arguments: dict[str, Any]
    seen: bool = False
    reply: Reply | None = None

    @property
    def edited(self) -> bool:
        return canonical(self.arguments) != canonical(self.request.arguments)

    @property
    def as_edited(self) -> Request:
        """The request as it would be sent."""
        echoes = still_in(self.request.echoes, self.arguments)
        return replace(self.request, arguments=self.arguments, echoes=echoes)

    @property
    def is_high_risk(self) -> bool:
        return is_high(self.as_edited)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can allow it yet: of high risk, and not all of it was in view."""
        return self.is_high_risk and not self.seen

    def edit(self, arguments: dict[str, Any]) -> None:
        """Other arguments: they have to be seen anew."""
        self.arguments = arguments
        self.seen = False
