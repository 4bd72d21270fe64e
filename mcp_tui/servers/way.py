"""How a server is spoken to, as far as its entry leaves that open: what was learnt of it, and what to try next."""

from __future__ import annotations

from typing import Protocol

from mcp_tui.domain.servers import HttpSpec, ServerSpec, StdioSpec
from mcp_tui.servers.faults import HANDSHAKE, Fault


class EraMemory(Protocol):
    """Which servers need no probe, by their identity, beyond this run."""

    def is_legacy(self, identity: str) -> bool: ...

    def remember(self, identity: str, legacy: bool) -> None: ...


class Way:
    """The era and the transport of one server's next connection."""

    def __init__(self, spec: ServerSpec, eras: EraMemory | None) -> None:
        self.mode = spec.era
        """As `mcp.Client` has it."""
        self.sse = isinstance(spec, HttpSpec) and spec.sse
        self._spec = spec
        self._eras = eras
        self._recalled = self.mode == "auto" and eras is not None and eras.is_legacy(spec.identity)
        """The era is from an earlier run: the server may be another one by now."""
        self._refusal: Fault | None = None
        """Why streamable HTTP did not work, while HTTP+SSE is tried."""
        if self._recalled:
            self.mode = "legacy"

    def works(self, era: str, unanswered: bool) -> None:
        """The handshake came about. `unanswered`: the server never said to which era it belongs: that costs time."""
        self._refusal = None
        if era == "legacy" and self.mode == "auto":
            self.mode = "legacy"
            if unanswered and self._eras is not None:
                self._eras.remember(self._spec.identity, True)

    def another(self, fault: Fault, unanswered: bool) -> bool:
        """Whether there is another way to try at once. `unanswered`: something was sent, and nothing came back."""
        if fault.phase != HANDSHAKE:
            return False
        ended = isinstance(self._spec, StdioSpec) and fault.exit_code is not None
        if ended and unanswered and self.mode == "auto":
            self.mode = "legacy"  # some end when the first message is not `initialize`
            return True
        if self._recalled and self._eras is not None:
            self._recalled, self.mode = False, "auto"
            self._eras.remember(self._spec.identity, False)
            return True
        # Servers of 2024-11-05 refuse the first message of streamable HTTP like this (MCP, basic/transports).
        if fault.short in ("HTTP 400", "HTTP 404", "HTTP 405") and not self.sse and self.mode != "2026-07-28":
            self.sse, self._refusal = True, fault
            return True
        return False

    def told(self, fault: Fault) -> Fault:
        """What to say when no way worked: the first refusal, not that of the last resort."""
        if self._refusal is None:
            return fault
        self.sse, refusal, self._refusal = False, self._refusal, None
        return refusal
