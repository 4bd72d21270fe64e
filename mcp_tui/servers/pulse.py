"""Takes the time of each request on one wire, and keeps what we said of ourselves in the handshake."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, cast

HANDSHAKES = ("initialize", "server/discover")
ENDLESS = "subscriptions/listen"
"""A request that lasts as long as its stream: no time to speak of."""
MOST_OPEN = 1_000
"""Requests that may wait for an answer before the oldest is forgotten."""
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
"""The key in a request's `_meta` since 2026-07-28."""


class Pulse:
    """How quickly the other side answers, in seconds."""

    def __init__(self) -> None:
        self.handshake: float | None = None
        self.latency: float | None = None
        self.latest = ""
        self.offered: Mapping[str, Any] = {}
        self._open: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def sent(self, said: Mapping[str, Any]) -> None:
        """The fields of a message of ours; only requests count."""
        method, number = said.get("method", ""), said.get("id")
        if not method or number is None or method == ENDLESS:
            return
        self._open[str(number)] = (time.monotonic(), method)
        if len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)
        if method in HANDSHAKES:
            self.offered = _capabilities(said.get("params"))

    def answered(self, said: Mapping[str, Any]) -> None:
        """The fields of a result or an error for one of ours."""
        began, method = self._open.pop(str(said.get("id", "")), (0.0, ""))
        if not method:
            return
        self.latency, self.latest = time.monotonic() - began, method
        if method in HANDSHAKES:
            self.handshake = self.latency


def _capabilities(params: object) -> Mapping[str, Any]:
    said = cast(Mapping[str, Any], params) if isinstance(params, Mapping) else {}
    meta = said.get("_meta")
    found = said.get("capabilities") or (meta.get(CAPABILITIES) if isinstance(meta, Mapping) else None)
    return cast(Mapping[str, Any], found) if isinstance(found, Mapping) else {}
