"""A resource that is watched: its server is asked to tell whenever it changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """What came of watching one address so far (MCP, server/resources: subscriptions)."""

    uri: str
    times: int = 0
    """How often the server told of a change."""
    updated: float = 0.0
    """Unix time of the last change; 0 while there was none."""
    gaps: int = 0
    """How often the connection was lost and came back: what changed meanwhile nobody told."""
    trouble: str = ""
    """Why nothing is told at the moment (raw); "" while all is well."""
