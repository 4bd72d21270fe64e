"""An HTTP+SSE server (MCP 2024-11-05) on a raw socket: replies come on the stream of a GET, a POST gets 202 only.

Some of its tools misbehave: `big` answers with 3 MB, a number is what HTTP answers to the message, `reset` resets its
connection, `hang-up` ends the stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncGenerator
from typing import Any

TOOLS = {"tools": [{"name": "echo", "inputSchema": {"type": "object"}}]}
BIG = 3_000_000
"""Characters of a large result."""


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
                message = json.loads(await reader.readexactly(length))
                tool = message.get("params", {}).get("name", "") if message["method"] == "tools/call" else ""
                if tool == "reset":
                    reset(writer)
                    return
                if tool == "hang-up":
                    streams.pop().close()
                status = f"{tool} No" if tool.isdecimal() else "202 Accepted"
                writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
                if status == "202 Accepted" and streams and (answered := _answer(message)) is not None:
                    streams[-1].write(f"event: message\ndata: {json.dumps(answered)}\n\n".encode())
            else:
                writer.write(b"HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sse"


def reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection with RST instead of FIN."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


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
            words = "x" * BIG if message["params"]["name"] == "big" else "ok"
            return {**reply, "result": {"content": [{"type": "text", "text": words}]}}
        case _:
            return None if reply["id"] is None else {**reply, "error": {"code": -32601, "message": "what?"}}
