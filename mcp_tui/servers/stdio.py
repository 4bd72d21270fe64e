"""The two streams that `mcp.Client` wants, over the standard input and output of a local program.

They have our own reader instead of the SDK's, whose time grows with the square of a message's size and which hangs
for good on a byte that is no UTF-8.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mcp_tui.domain.servers import StdioSpec
from mcp_tui.servers.process import ServerProcess
from mcp_tui.servers.taps import TappedReader, TappedWriter, as_sent
from mcp_tui.servers.wire import Wire

if TYPE_CHECKING:
    from mcp.client import Transport
    from mcp.client._transport import TransportStreams
    from mcp.shared.message import SessionMessage
    from mcp.types import JSONRPCMessage

_REPLY = re.compile(rb'\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(\d+)\s*(?:,\s*"(?:result|error)"|\})')


def stdio_transport(process: ServerProcess, wire: Wire) -> Transport:
    """The streams of a program that already runs. Whoever started it ends it."""

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        yield _ProgramOutput(process, wire), _ProgramInput(process, wire)

    return transport()


def sdk_stdio_transport(spec: StdioSpec, wire: Wire) -> Transport:
    """For Windows, which has no process groups: the SDK starts and ends the program."""
    from mcp import StdioServerParameters, stdio_client

    parameters = StdioServerParameters(
        command=spec.command,
        args=list(spec.args),
        env=dict(spec.env),
        cwd=spec.cwd,
        encoding_error_handler="replace",
    )

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        with open(os.devnull, "w") as nowhere:  # noqa: ASYNC230 (opening it never blocks)
            async with stdio_client(parameters, errlog=nowhere) as (reading, writing):
                yield TappedReader(reading, wire), TappedWriter(writing, wire)

    return transport()


class _Stream:
    """What both kinds of streams have in common: leaving them does nothing, their owner closes them."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool | None:
        return None

    async def aclose(self) -> None:
        return None


class _ProgramOutput(_Stream):
    """A program's standard output as messages."""

    def __init__(self, process: ServerProcess, wire: Wire) -> None:
        self._process = process
        self._wire = wire

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        while (line := await self._process.line()) is not None:
            await asyncio.sleep(0)  # a flood of messages must let others run
            if message := self._read(line):
                return message
        self._wire.lost.set()
        raise StopAsyncIteration

    async def receive(self) -> SessionMessage | Exception:
        import anyio

        try:
            return await self.__anext__()
        except StopAsyncIteration:
            raise anyio.EndOfStream from None

    def _read(self, line: bytes) -> SessionMessage | None:
        from mcp.shared.message import SessionMessage

        if not line.strip():
            return None
        try:
            message = _parse(line)
        except (ValueError, RecursionError):
            self._wire.stray(line)
            # A reply that cannot be read must fail its request, or that would wait for ever.
            return SessionMessage(_unreadable(int(found[1]))) if (found := _REPLY.match(line)) else None
        return SessionMessage(message) if self._wire.received(line, message) else None


class _ProgramInput(_Stream):
    """A program's standard input, for messages."""

    def __init__(self, process: ServerProcess, wire: Wire) -> None:
        self._process = process
        self._wire = wire

    async def send(self, item: SessionMessage, /) -> None:
        import anyio

        raw = as_sent(item.message)
        self._wire.sent(raw, item.message)
        try:
            await self._process.write(raw + b"\n")
        except OSError:
            self._wire.lost.set()
            raise anyio.BrokenResourceError from None


def _parse(line: bytes) -> JSONRPCMessage:
    """A message from its line. Raises ValueError and RecursionError."""
    from mcp.types import jsonrpc_message_adapter

    text = line.decode("utf-8", "replace")
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
