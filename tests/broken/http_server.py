"""Addresses that are broken in one way, on raw sockets: `async with broken_http(KIND) as url`.

Kinds beside those of HTTP itself are good servers of the legacy era until their fault comes; those of "sse-" speak
HTTP+SSE (2024-11-05): their replies come on the stream of a GET.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

Message = dict[str, Any]
PAGE = b"<!doctype html><title>Welcome</title><h1>It works!</h1>"
REFUSALS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "http-401": (401, {"www-authenticate": 'Bearer realm="vault"'}, b""),
    "http-403": (403, {}, b"not for you"),
    "http-404": (404, {}, b"nothing here"),
    "http-500": (500, {}, b"Traceback (most recent call last): ..."),
    "http-html": (200, {"content-type": "text/html"}, PAGE),
    "http-redirect": (307, {"location": "https://elsewhere.invalid/mcp"}, b""),
    "http-garbage": (200, {"content-type": "application/json"}, b"{{{ this is no JSON"),
}
"""What these kinds answer to everything."""


@asynccontextmanager
async def broken_http(kind: str) -> AsyncGenerator[str]:
    """A server that is broken like this while the context lasts; gives its address."""
    if kind == "http-refused":
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))  # nobody else gets the port, and nobody listens on it
            yield f"http://127.0.0.1:{deaf.getsockname()[1]}/mcp"
        return
    broken = _Broken(kind)
    server = await asyncio.start_server(broken.serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"
    finally:
        server.close()
        await broken.aclose()


class _Broken:
    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._open: set[asyncio.Task[None]] = set()
        self._sessions = 0
        self._stream: asyncio.StreamWriter | None = None
        self._resets = 1

    async def aclose(self) -> None:
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._exchange(reader, writer)
        except asyncio.CancelledError:
            pass  # the end of the test: asyncio's streams would report it as an error
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head.split("\r\n"))
        }
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        if self._kind == "http-reset":
            _reset(writer)
        elif self._kind in REFUSALS:
            await _reply(writer, *REFUSALS[self._kind])
        elif self._kind.startswith("sse-") and head.startswith("GET"):
            self._stream = writer
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
            writer.write(b"event: endpoint\ndata: /messages\n\n")
            await reader.read()  # until the client leaves
        elif not head.startswith("POST"):
            await _reply(writer, 405)
        elif self._stream is not None:
            await self._take(writer, json.loads(body), self._stream)
        else:
            await self._answer(writer, json.loads(body), fields.get("mcp-session-id", ""))

    async def _take(self, writer: asyncio.StreamWriter, message: Message, stream: asyncio.StreamWriter) -> None:
        """A message of HTTP+SSE: what HTTP would answer comes as an event."""
        is_call = message.get("method") == "tools/call"
        if is_call and self._kind == "sse-post-refused":
            await _reply(writer, 500)
        elif is_call and self._kind == "sse-reset" and self._resets:
            self._resets -= 1
            _reset(writer)
        else:
            await _reply(writer, 202)
            if reply := self._reply_to(message):
                stream.write(b"event: message\ndata: " + reply + b"\n\n")

    async def _answer(self, writer: asyncio.StreamWriter, message: Message, session: str) -> None:
        more: dict[str, str] = {}
        if message.get("method") == "initialize":
            self._sessions += 1
            more["mcp-session-id"] = str(self._sessions)
        if message.get("method") == "tools/call":
            await self._call(writer, message, session)
        elif reply := self._reply_to(message):
            await _reply(writer, 200, more, reply)
        else:
            await _reply(writer, 202)

    def _reply_to(self, message: Message) -> bytes | None:
        """What a good server answers; None for a notice."""
        if "id" not in message:
            return None
        match message.get("method"):
            case "initialize":
                version = message["params"]["protocolVersion"]
                info = {"name": self._kind, "version": "1"}
                result = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
                return _result(message, result)
            case "tools/list":
                tools = [{"name": "echo", "description": "Gives back", "inputSchema": {"type": "object"}}]
                return _result(message, {"tools": tools})
            case "tools/call":
                return _result(message, {"content": [{"type": "text", "text": "{}"}]})
            case _:
                error = {"code": -32601, "message": "no such method"}
                return json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}).encode()

    async def _call(self, writer: asyncio.StreamWriter, message: Message, session: str) -> None:
        reply = self._reply_to(message) or b""
        match self._kind:
            case "http-forgets" if session == "1":
                await _reply(writer, 404, {}, b"unknown session")
            case "http-slow":
                await _reply(writer, 200, {}, reply, pause=0.01)
            case "http-endless":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
                while True:
                    writer.write(b": still thinking\n\n" * 10)
                    await writer.drain()
                    await asyncio.sleep(0.01)
            case "http-cut":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{")
            case _:
                await _reply(writer, 200, {}, reply)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Let closing send RST instead of FIN."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _result(message: Message, result: Message) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()


async def _reply(
    writer: asyncio.StreamWriter, status: int, more: dict[str, str] | None = None, body: bytes = b"", pause: float = 0.0
) -> None:
    """One answer; with `pause` seconds after each of its bytes."""
    fields = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
    shown = "".join(f"{name}: {value}\r\n" for name, value in {**fields, **(more or {})}.items())
    writer.write(f"HTTP/1.1 {status} X\r\n{shown}\r\n".encode())
    for piece in (body[at : at + 1] for at in range(len(body))) if pause else (body,):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)
