"""From a server's entry to the two streams that `mcp.Client` wants, with every frame recorded on the way.

Local programs get our own reader instead of the SDK's, whose time grows with the square of a message's size
and which hangs for good on a byte that is no UTF-8.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mcp_tui.domain.servers import HttpSpec, StdioSpec
from mcp_tui.servers.faults import HttpAnswer
from mcp_tui.servers.process import MAX_LINE, ServerProcess
from mcp_tui.servers.wire import Wire

if TYPE_CHECKING:
    import httpx2
    from mcp.client import Transport
    from mcp.client._transport import ReadStream, TransportStreams, WriteStream
    from mcp.shared.message import SessionMessage
    from mcp.types import JSONRPCMessage

_TIMEOUT = {"connect": 30.0, "read": 300.0, "write": 30.0, "pool": 30.0}
"""Seconds; `read` is the silence between two bytes of a long answer."""
_REPLY = re.compile(rb'\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(\d+)\s*,\s*"(?:result|error)"')


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
                yield _TappedReader(reading, wire), _TappedWriter(writing, wire)

    return transport()


def http_transport(spec: HttpSpec, wire: Wire, auth: httpx2.Auth | None = None) -> Transport:
    """Streamable HTTP. What HTTP itself answers is noted, for the SDK does not tell."""
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    endpoint = httpx2.URL(spec.url).copy_with(fragment=None)
    ours = {endpoint}
    """Where the server is. Signing in asks other addresses, which neither our headers nor our errors are about."""

    async def prepare(request: httpx2.Request) -> None:
        if request.url in ours:
            request.headers.update(spec.headers)  # the user's win over the SDK's
            if request.method == "GET":  # a stream of news may be silent for hours
                request.extensions = {**request.extensions, "timeout": {**_TIMEOUT, "read": None}}

    async def note(response: httpx2.Response) -> None:
        headers, url = response.headers, response.request.url
        if url not in ours:
            return
        if response.has_redirect_location and _origin(further := url.join(headers["location"])) == _origin(endpoint):
            ours.add(further.copy_with(fragment=None))
        wire.http_answered(
            HttpAnswer(
                response.status_code,
                headers.get("content-type", "").lower(),
                headers.get("www-authenticate", ""),
            )
        )

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        async with (
            httpx2.AsyncClient(
                headers=dict(spec.headers),
                auth=auth,
                timeout=httpx2.Timeout(**_TIMEOUT),
                event_hooks={"request": [prepare], "response": [note]},
            ) as client,
            streamable_http_client(spec.url, http_client=client, max_sse_event_size=MAX_LINE) as (reading, writing),
        ):
            yield _TappedReader(reading, wire), _TappedWriter(writing, wire)

    return transport()


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


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
        self._wire.received(line, message)
        return SessionMessage(message)


class _ProgramInput(_Stream):
    """A program's standard input, for messages."""

    def __init__(self, process: ServerProcess, wire: Wire) -> None:
        self._process = process
        self._wire = wire

    async def send(self, item: SessionMessage, /) -> None:
        import anyio

        raw = item.message.model_dump_json(by_alias=True, exclude_unset=True).encode()
        self._wire.sent(raw, item.message)
        try:
            await self._process.write(raw + b"\n")
        except OSError:
            self._wire.lost.set()
            raise anyio.BrokenResourceError from None


class _TappedReader:
    """Another transport's reading end, recorded. Its other attributes (`last_context`) stay visible."""

    def __init__(self, inner: ReadStream[SessionMessage | Exception], wire: Wire) -> None:
        self._inner = inner
        self._wire = wire

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool | None:
        return await self._inner.__aexit__(exc_type, exc_val, exc_tb)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        import anyio

        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def receive(self) -> SessionMessage | Exception:
        import anyio

        try:
            item = await self._inner.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            self._wire.lost.set()
            raise
        if isinstance(item, Exception):
            self._wire.stray(str(item).encode("utf-8", "replace"))
        else:
            self._wire.received(_raw(item.message), item.message)
        return item


class _TappedWriter:
    """Another transport's writing end, recorded. It sends in its caller's context."""

    def __init__(self, inner: WriteStream[SessionMessage], wire: Wire) -> None:
        self._inner = inner
        self._wire = wire

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool | None:
        return await self._inner.__aexit__(exc_type, exc_val, exc_tb)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def send(self, item: SessionMessage, /) -> None:
        self._wire.sent(_raw(item.message), item.message)
        await self._inner.send(item)


def _raw(message: JSONRPCMessage) -> bytes:
    return message.model_dump_json(by_alias=True, exclude_unset=True).encode()


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
