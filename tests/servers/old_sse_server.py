"""An HTTP+SSE server (MCP 2024-11-05) on a raw socket: replies come on the stream of a GET, a POST gets 202 only."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

TOOLS = {"tools": [{"name": "echo", "inputSchema": {"type": "object"}}]}


@contextlib.asynccontextmanager
async def old_sse(messages: str) -> AsyncGenerator[str]:
    """Such a server, which names the path `messages` for what is sent to it; gives its address."""
    streams: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            if head.startswith("get /sse "):
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
                writer.write(f"event: endpoint\ndata: {messages}\n\n".encode())
                streams.append(writer)
                await reader.read()  # until the client leaves
            elif head.startswith(f"post {messages} "):
                length = int(head.partition("content-length:")[2].split()[0])
                answered = _answer(json.loads(await reader.readexactly(length)))
                writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                if answered is not None:
                    streams[-1].write(f"event: message\ndata: {json.dumps(answered)}\n\n".encode())
            else:
                writer.write(b"HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sse"


def _answer(message: dict[str, Any]) -> dict[str, Any] | None:
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": message.get("id")}
    match message.get("method"):
        case "initialize":
            info = {"name": "old", "version": "1"}
            version = message["params"]["protocolVersion"]
            return {**reply, "result": {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}}
        case "tools/list":
            return {**reply, "result": TOOLS}
        case "tools/call":
            return {**reply, "result": {"content": [{"type": "text", "text": "ok"}]}}
        case _:
            return None if reply["id"] is None else {**reply, "error": {"code": -32601, "message": "what?"}}
