"""One connection's frames: each is recorded, and the raw result of a request reaches whoever waits for it.

The SDK's models drop unknown fields and refuse what breaks the schema, so what we show comes from here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.http_exchange import HttpExchange
from mcp_tui.domain.trace import Frame, Trace
from mcp_tui.servers.bounds import Bounds
from mcp_tui.servers.chatter import Chatter
from mcp_tui.servers.faults import CREDENTIALS, HttpAnswer
from mcp_tui.servers.pulse import Pulse

if TYPE_CHECKING:
    import httpx2
    from mcp.types import JSONRPCMessage

PROBE = "server/discover"


class Capture:
    """The raw answer to the requests of some methods that are sent in one context."""

    def __init__(self, *methods: str) -> None:
        self.methods = methods
        self.number = ""
        """The id of the last of these requests, as text."""
        self.raw: dict[str, Any] | None = None
        """The last result object."""
        self.refused = False
        """The last answer was a JSON-RPC error, from the server itself or made up by the HTTP transport."""
        self.arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when a final result is there (not one that asks for input first, as since 2026-07-28)."""
        self.http: HttpAnswer | None = None
        """What HTTP said to the last of these requests."""

    def take(self, result: dict[str, Any] | None) -> None:
        """A result, or None for a JSON-RPC error."""
        self.raw, self.refused = result, result is None
        if result is not None and result.get("resultType") != "input_required" and not self.arrived.done():
            self.arrived.set_result(None)


CAPTURE: ContextVar[Capture | None] = ContextVar("CAPTURE", default=None)
"""Set by whoever sends a request: both transports send in their caller's context."""
CARRIED: ContextVar[Frame | None] = ContextVar("CARRIED", default=None)
"""The frame that is being sent, for what carries it."""
ANSWER: ContextVar[httpx2.Response | None] = ContextVar("ANSWER", default=None)
"""What HTTP answered last in a context, for the message in it."""

DISPENSABLE = frozenset(f"notifications/{name}" for name in ("message", "progress", "tasks/status"))
"""What nobody misses when there is too much of it. Word of a change is needed, and is little work however often."""


class Wire:
    """What passed over one connection."""

    def __init__(self, server: str, trace: Trace, chatter: Chatter, bounds: Bounds) -> None:
        self.lost = asyncio.Event()
        """The other side is gone."""
        self.http: HttpAnswer | None = None
        """What HTTP answered last. A refusal for want of credentials stays while only other refusals follow it."""
        self.asked = False
        """Something was sent."""
        self.answered = False
        """Any message came in."""
        self.probe: JSONRPCMessage | None = None
        """Our question which era the server belongs to, while it has not answered."""
        self._server = server
        self._trace = trace
        self._chatter = chatter
        self._bounds = bounds
        self.notices: dict[str, Callable[[object], None]] = {}
        """Who hears of notifications that the SDK passes on to nobody, by method; given their parameters (raw)."""
        self.pulse = Pulse()
        self._captures: dict[str, Capture] = {}

    def sent(self, raw: bytes, message: JSONRPCMessage) -> Frame:
        self.asked = True
        said = vars(message)
        self.pulse.sent(said)
        method = said.get("method", "")
        if method == PROBE:
            self.probe = message
        if (capture := CAPTURE.get()) and method in capture.methods:
            capture.number = str(said.get("id", ""))
            self._captures[capture.number] = capture
        return self._trace.record(time.time(), self._server, True, raw, _outline(said))

    def received(self, raw: bytes, message: JSONRPCMessage) -> bool:
        """Whether the message is to be passed on: too many notices are not."""
        self.answered = True
        said = vars(message)
        self._trace.record(time.time(), self._server, False, raw, _outline(said))
        result = said.get("result")
        if result is None and said.get("error") is None:
            method = said.get("method", "")
            if method in DISPENSABLE and not self._bounds.takes_notice():
                return False
            if hear := self.notices.get(method):
                hear(said.get("params"))
            return True
        self.pulse.answered(said)
        if self.probe is not None and vars(self.probe).get("id") == said.get("id"):
            self.probe = None
        if capture := self._captures.pop(str(said.get("id", "")), None):
            capture.take(result)
        return True

    def forget(self, capture: Capture) -> None:
        """Nobody waits for its answer any more."""
        self._captures.pop(capture.number, None)

    def stray(self, raw: bytes) -> None:
        """A line that is no message."""
        self._trace.record(time.time(), self._server, False, raw, error="not JSON-RPC")
        self._chatter.stray(raw)

    def http_passed(self, exchange: HttpExchange) -> None:
        """HTTP carried something, or tried to."""
        self._trace.record_http(replace(exchange, server=self._server))

    def http_answered(self, answer: HttpAnswer) -> None:
        refused_before = self.http is not None and self.http.status in CREDENTIALS
        if not (refused_before and 400 <= answer.status < 500 and answer.status not in CREDENTIALS):
            self.http = answer
        if capture := CAPTURE.get():
            capture.http = answer


def _outline(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a message as the trace reads them."""
    error = said.get("error")
    return said if error is None else {**said, "error": {"message": error.message}}
