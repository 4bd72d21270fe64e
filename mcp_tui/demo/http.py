"""A small HTTP/1.1 server on asyncio, as much as the demo model needs: one request a connection, streamed answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a request's body that are read at most."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    """Without the query."""
    body: bytes


@dataclass(frozen=True, slots=True)
class JsonReply:
    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class EventReply:
    """Server-sent events, each the text of its data line."""

    events: AsyncGenerator[str, None]


Reply = JsonReply | EventReply
Handler = Callable[[Request], Awaitable[Reply]]


class BadRequest(ValueError):
    """What came is no request that can be answered; `status` says why."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class HttpServer:
    """Answers on 127.0.0.1. `async with HttpServer(handler, port) as server:` hangs up on everybody at its end."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        self._handler = handler
        self._port = port
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port it listens on, also when it was asked for 0."""
        return self._server.sockets[0].getsockname()[1]

    async def __aenter__(self) -> HttpServer:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _send(writer, await self._answer(reader))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side hung up: there is nobody left to tell
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> Reply:
        try:
            return await self._handler(await _read(reader))
        except BadRequest as error:
            return JsonReply(error.status, {"error": {"message": str(error), "type": "invalid_request_error"}})


async def _read(reader: asyncio.StreamReader) -> Request:
    """Raises BadRequest, and IncompleteReadError when the connection ends early."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError as error:
        raise BadRequest("the header is too long", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from error
    first, *lines = head.split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    try:
        method, target, _ = first.split(" ")
        length = int(headers.get("content-length", "0"))
    except ValueError as error:
        raise BadRequest("this is not HTTP/1.1") from error
    if "transfer-encoding" in headers:
        raise BadRequest("send a Content-Length", HTTPStatus.LENGTH_REQUIRED)
    if not 0 <= length <= MAX_BODY:
        raise BadRequest(f"at most {MAX_BODY} bytes", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return Request(method, target.partition("?")[0], await reader.readexactly(length))


async def _send(writer: asyncio.StreamWriter, reply: Reply) -> None:
    match reply:
        case JsonReply(status, value):
            body = json.dumps(value, ensure_ascii=False).encode()
            writer.write(_head(status, "application/json", f"Content-Length: {len(body)}") + body)
            await writer.drain()
        case EventReply(events):
            writer.write(_head(200, "text/event-stream; charset=utf-8", "Transfer-Encoding: chunked"))
            async with aclosing(events):
                async for event in events:
                    data = f"data: {event}\n\n".encode()
                    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                    await writer.drain()
            writer.write(b"0\r\n\r\n")
            await writer.drain()


def _head(status: int, content_type: str, length: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {content_type}",
        length,
        "Cache-Control: no-store",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
