"""How a connected server does: how quickly it answers, since when, and what it was told that we can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Vitals:
    """Measured on the wire of the present connection, or of the last one."""

    handshake: float | None = None
    """Seconds that `initialize` or `server/discover` took."""
    latency: float | None = None
    """Seconds that the last answered request took, a person's time included."""
    latest: str = ""
    """The method of that request."""
    uptime: float | None = None
    """Seconds since it became ready; None while it is not."""
    offered: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The capabilities of ours that it was told of, as they were on the wire."""
