"""What the transports that are ours have in common: streams, and messages read from their bytes."""

from __future__ import annotations

import json
import re
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mcp_tui.servers.wire import Wire

if TYPE_CHECKING:
    from mcp.shared.message import SessionMessage
    from mcp.types import JSONRPCMessage

_REPLY = re.compile(rb'\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(\d+)\s*(?:,\s*"(?:result|error)"|\})')


class Stream:
    """One end of a transport: leaving it does nothing, its owner closes it."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool | None:
        return None

    async def aclose(self) -> None:
        return None


def read(raw: bytes, wire: Wire) -> SessionMessage | None:
    """One message, recorded as it came; None for what is none, or too much. A reply that cannot be read is an error."""
    from mcp.shared.message import SessionMessage

    if not raw.strip():
        return None
    try:
        message = _parse(raw)
    except (ValueError, RecursionError):
        wire.stray(raw)
        # A reply that cannot be read must fail its request, or that would wait for ever.
        return SessionMessage(_unreadable(int(found[1]))) if (found := _REPLY.match(raw)) else None
    return SessionMessage(message) if wire.received(raw, message) else None


def failure(request: JSONRPCMessage, words: str) -> SessionMessage | None:
    """What stands for the reply to a request that will get none; None when it is no request."""
    from mcp.shared.message import SessionMessage
    from mcp.types import INTERNAL_ERROR, ErrorData, JSONRPCError, JSONRPCRequest

    if not isinstance(request, JSONRPCRequest):
        return None
    return SessionMessage(
        JSONRPCError(jsonrpc="2.0", id=request.id, error=ErrorData(code=INTERNAL_ERROR, message=words))
    )


def _parse(raw: bytes) -> JSONRPCMessage:
    """A message from its bytes. Raises ValueError and RecursionError."""
    from mcp.types import jsonrpc_message_adapter

    text = raw.decode("utf-8", "replace")
    try:
        return jsonrpc_message_adapter.validate_json(text, by_name=False)
    except ValueError:
        # Lone surrogates are JSON, but not for pydantic: they become question marks.
        mended = json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace")
        return jsonrpc_message_adapter.validate_json(mended, by_name=False)


def _unreadable(number: int) -> JSONRPCMessage:
    from mcp.types import PARSE_ERROR, ErrorData, JSONRPCError

    error = ErrorData(code=PARSE_ERROR, message="the server's reply is no readable JSON; see the traffic")
    return JSONRPCError(jsonrpc="2.0", id=number, error=error)
