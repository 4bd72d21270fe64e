"""A scripted OpenAI-compatible endpoint on a real socket: it sends exactly the bytes that a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Step:
    """One response. Each piece is a write of its own."""

    pieces: tuple[bytes, ...]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    hang: bool = False
    """After the pieces, say nothing until the client hangs up."""
    abort: bool = False
    """Break the connection after the pieces, without the end of the body."""


def sse(*chunks: dict[str, Any] | bytes | str, hang: bool = False, abort: bool = False) -> Step:
    """A stream of these chunks, as they are, and nothing after them."""
    pieces = tuple(c if isinstance(c, bytes) else b"data: " + _text(c) + b"\n\n" for c in chunks)
    return Step(pieces, headers={"content-type": "text/event-stream"}, hang=hang, abort=abort)


def delta(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """One chunk with this delta."""
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def say(
    text: str = "", *, reasoning: str = "", calls: Sequence[tuple[str, Any]] = (), finish: str = "", split: int = 4
) -> Step:
    """A well-formed answer in pieces of `split` characters; arguments that are a string are sent as they are."""
    chunks: list[dict[str, Any] | bytes] = [delta(role="assistant", content="")]
    chunks += [delta(reasoning_content=piece) for piece in _pieces(reasoning, split)]
    chunks += [delta(content=piece) for piece in _pieces(text, split)]
    for index, (name, given) in enumerate(calls):
        arguments = given if isinstance(given, str) else json.dumps(given)
        head = {"index": index, "id": f"call_{name}_{index}", "type": "function"}
        chunks.append(delta(tool_calls=[{**head, "function": {"name": name, "arguments": ""}}]))
        for piece in _pieces(arguments, split):
            chunks.append(delta(tool_calls=[{"index": index, "function": {"arguments": piece}}]))
    chunks.append(delta(finish or ("tool_calls" if calls else "stop")))
    chunks.append({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}})
    return sse(*chunks, DONE)


def refuse(status: int, message: str = "scripted", **fields: Any) -> Step:
    """An HTTP error with OpenAI's error object; `headers` go into the response."""
    headers = fields.pop("headers", {})
    body = {"error": {"message": message, "type": "scripted", "param": None, "code": None, **fields}}
    return Step((_text(body),), status, {"content-type": "application/json", **headers})


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Endpoint:
    """The server. Requests beyond the script are answered with "(script ended)"."""

    url: str = ""
    """The base URL, with `/v1`."""
    models: list[str | dict[str, Any]] = field(default_factory=lambda: ["scripted"])
    """What it lists: names, or whole entries."""
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """The bodies of the chat requests, oldest first."""
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    """The headers of the chat requests, names in lower case."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the pieces of a step that hangs are all sent."""
    lists: asyncio.Event = field(default_factory=_set)
    """While it is not set, what is no chat request waits for its answer."""
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client hung up on a step that hangs."""
    connections: int = 0
    """How many were opened."""
    _steps: list[Step] = field(default_factory=list[Step])
    _server: asyncio.Server | None = None
    _connections: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def script(self, *steps: Step) -> None:
        """Answer the next chat requests with these."""
        self._steps.extend(steps)

    def forget(self) -> None:
        """Drop what is left of the script."""
        self._steps.clear()

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """The tasks of its own, one for each connection."""
        return self._connections

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._server:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        self.connections += 1

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection stays."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        path = first.split()[1].partition("?")[0]
        if not path.endswith("/chat/completions"):
            await self.lists.wait()
            step = self._other(path)
        else:
            self.requests.append(json.loads(body))
            self.headers.append(headers)
            step = self._steps.pop(0) if self._steps else say("(script ended)")
        writer.write(_head(step))
        await writer.drain()
        for piece in step.pieces:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(0)
        if step.hang:
            self.asked.set()
            await reader.read(1)
            self.hung_up.set()
            return False
        if step.abort:
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    def _other(self, path: str) -> Step:
        if path.endswith("/models"):
            entries = [{"id": each} if isinstance(each, str) else each for each in self.models]
            return Step((_text({"object": "list", "data": entries}),))
        return refuse(404, "no such path")


def _head(step: Step) -> bytes:
    headers = {"content-type": "application/json", **step.headers, "transfer-encoding": "chunked"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {step.status} Scripted\r\n{lines}\r\n".encode()


def _text(value: dict[str, Any] | str) -> bytes:
    return (value if isinstance(value, str) else json.dumps(value)).encode()


def _pieces(text: str, size: int) -> Iterable[str]:
    return (text[at : at + size] for at in range(0, len(text), size))
