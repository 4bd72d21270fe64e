"""HTTP servers that answer what a test wants, as no real one would."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""
Handler = Callable[[str, dict[str, str], bytes], Answer]


@contextlib.asynccontextmanager
async def canned(handler: Handler) -> AsyncGenerator[str]:
    """An HTTP server that answers by `handler(method, headers, body)`, `:path` among the headers; gives its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            method, headers[":path"], _ = first.split()
            status, more, content = handler(method, headers, body)
            head = {"content-length": str(len(content)), "connection": "close", **more}
            shown = "".join(f"{name}: {value}\r\n" for name, value in head.items())
            writer.write(f"HTTP/1.1 {status} X\r\n{shown}\r\n".encode() + content)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"


def json_answer(message: dict[str, Any], fields: dict[str, Any], more: dict[str, str] | None = None) -> Answer:
    """The reply to a JSON-RPC message, with `result` or `error` in `fields`."""
    body = json.dumps({"jsonrpc": "2.0", "id": message["id"], **fields}).encode()
    return 200, {"content-type": "application/json", **(more or {})}, body
