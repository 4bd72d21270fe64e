"""HTTP servers that answer what a test wants, as no real one would."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""
Handler = Callable[[str, dict[str, str], bytes], Answer | Awaitable[Answer]]


@contextlib.asynccontextmanager
async def canned(handler: Handler) -> AsyncGenerator[str]:
    """An HTTP server that answers by `handler(method, headers, body)`, `:path` among the headers; gives its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, headers[":path"], _ = first.split()
                answer = handler(method, headers, body)
                status, more, content = await answer if isinstance(answer, Awaitable) else answer
                head = {"content-length": str(len(content)), "connection": "close", **more}
                shown = "".join(f"{name}: {value}\r\n" for name, value in head.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{shown}\r\n".encode() + content)
                await writer.drain()
        except asyncio.CancelledError:
            pass  # the end of the test: asyncio's streams would report it as an error
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"


def json_answer(message: dict[str, Any], fields: dict[str, Any], more: dict[str, str] | None = None) -> Answer:
    """The reply to a JSON-RPC message, with `result` or `error` in `fields`."""
    body = json.dumps({"jsonrpc": "2.0", "id": message["id"], **fields}).encode()
    return 200, {"content-type": "application/json", **(more or {})}, body


def stream_answer(answer: Answer) -> Answer:
    """The same reply as the only event of a stream."""
    return 200, {"content-type": "text/event-stream"}, b"event: message\ndata: " + answer[2] + b"\n\n"


class LegacySessions:
    """A server of the legacy era with sessions, which forgets them when told to."""

    def __init__(self) -> None:
        self.session = 1
        self.calls = 0
        self.headers: list[dict[str, str]] = []

    def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        self.headers.append(headers)
        if method != "POST":
            return 405, {}, b""
        message = json.loads(body)
        session = {"mcp-session-id": str(self.session)}
        match message["method"]:
            case "initialize":
                info = {"name": "old", "version": "1"}
                version = message["params"]["protocolVersion"]
                result: dict[str, Any] = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
                return json_answer(message, {"result": result}, session)
            case "server/discover":
                return json_answer(message, {"error": {"code": -32601, "message": "what?"}})
            case _ if headers.get("mcp-session-id") != str(self.session):
                return 404, {}, b""
            case "tools/list":
                return json_answer(
                    message, {"result": {"tools": [{"name": "echo", "inputSchema": {"type": "object"}}]}}
                )
            case "tools/call":
                self.calls += 1
                if message["params"]["name"] == "locked":
                    return 401, {}, b""
                if message["params"]["name"] == "broken":
                    return 500, {}, b""
                size = message["params"].get("arguments", {}).get("size", 0)
                answer = json_answer(message, {"result": {"content": [{"type": "text", "text": "x" * size or "ok"}]}})
                return stream_answer(answer) if message["params"]["name"] == "stream" else answer
            case _:
                return 202, {}, b""
