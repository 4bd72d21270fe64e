"""A person who never answers: what a test wants answered it says in a subclass."""

from __future__ import annotations

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling


class NobodyAnswers:
    """Declines every question."""

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        return ElicitReply("decline")

    async def sample(self, ask: Sampling) -> SampleReply | None:
        return None
