"""Hears the browser come back: a listener on 127.0.0.1 that lives for one sign-in and takes one answer (RFC 8252)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

from mcp_tui.domain.signin import Redirected

PATH = "/callback"
MAX_HEAD = 16_384
"""Bytes of a request's head; a code and a state take some hundred."""
HEAD_TIMEOUT = 5.0
"""Seconds for a request's head."""
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>mcp-tui</title>"
    "<body style='font:1.2em system-ui;margin:4em auto;max-width:30em'><p>{words}"
)
_HEADERS = (
    "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nConnection: close\r\n"
)


class Loopback:
    """Use it as `async with`; `uri` is where the browser must come back to."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._state: str | None = None
        self._answer: asyncio.Future[Redirected] = asyncio.get_running_loop().create_future()
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._hear, "127.0.0.1", self._port, limit=MAX_HEAD)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        if self._talks:  # let the page get out
            await asyncio.wait(self._talks, timeout=0.5)
        for talk in self._talks:
            talk.cancel()
        self._answer.cancel()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self._port}{PATH}"

    async def answer(self, state: str) -> Redirected:
        """What the browser brings, if it brings this state. Nothing else is taken, and nothing before this call."""
        self._state = state
        return await asyncio.shield(self._answer)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)
        try:
            async with asyncio.timeout(HEAD_TIMEOUT):
                head = await reader.readuntil(b"\r\n\r\n")
                status, words = self._reply(head.decode("latin-1"))
                body = _PAGE.format(words=words).encode()
                writer.write(f"HTTP/1.1 {status}\r\n{_HEADERS}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError):
            pass  # no browser of ours
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def _reply(self, head: str) -> tuple[str, str]:
        method, _, rest = head.partition(" ")
        target = rest.partition(" ")[0]
        if method != "GET" or target.partition("?")[0] != PATH:
            return "404 Not Found", "There is nothing here."
        found = Redirected.read(target)
        if self._state is None or found.state != self._state or not (found.code or found.error):
            return "400 Bad Request", "This does not belong to a sign-in that mcp-tui waits for."
        if self._answer.done():
            return "410 Gone", "This sign-in is over."
        self._answer.set_result(found)
        if found.error:
            return "200 OK", "The sign-in was not granted. You can close this."
        return "200 OK", "You are signed in. You can close this and go back to mcp-tui."
