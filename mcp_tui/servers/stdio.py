"""The two streams that `mcp.Client` wants, over the standard input and output of a local program.

They have our own reader instead of the SDK's, whose time grows with the square of a message's size and which hangs
for good on a byte that is no UTF-8.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Self, TextIO

from mcp_tui.domain.servers import StdioSpec
from mcp_tui.servers.process import ServerProcess, child_environment
from mcp_tui.servers.streams import Stream, read
from mcp_tui.servers.taps import TappedReader, TappedWriter, as_sent
from mcp_tui.servers.wire import Wire

if TYPE_CHECKING:
    from mcp.client import Transport
    from mcp.client._transport import TransportStreams
    from mcp.shared.message import SessionMessage


def stdio_transport(process: ServerProcess, wire: Wire) -> Transport:
    """The streams of a program that already runs. Whoever started it ends it."""

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        yield _ProgramOutput(process, wire), _ProgramInput(process, wire)

    return transport()


def sdk_stdio_transport(spec: StdioSpec, wire: Wire, on_stderr: Callable[[bytes], None]) -> Transport:
    """For Windows, which has no process groups: the SDK starts and ends the program."""
    from mcp import StdioServerParameters, stdio_client

    parameters = StdioServerParameters(
        command=spec.command,
        args=list(spec.args),
        env=child_environment(spec.env, spec.inherit_env),
        cwd=spec.cwd,
        encoding_error_handler="replace",
    )

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        with _heard_by(on_stderr) as errors:
            async with stdio_client(parameters, errlog=errors) as (reading, writing):
                yield TappedReader(reading, wire), TappedWriter(writing, wire)

    return transport()


@contextmanager
def _heard_by(hear: Callable[[bytes], None]) -> Generator[TextIO]:
    """A file for a program's standard error: what is written there is heard on the event loop, an empty chunk at its
    end. The SDK wants a real one."""
    source, target = os.pipe()
    loop = asyncio.get_running_loop()

    def listen() -> None:
        with suppress(RuntimeError), open(source, "rb", buffering=0) as stream:  # the loop may end first
            while data := stream.read(1 << 16):
                loop.call_soon_threadsafe(hear, data)
            loop.call_soon_threadsafe(hear, b"")

    threading.Thread(target=listen, daemon=True).start()
    with open(target, "w") as file:
        yield file


class _ProgramOutput(Stream):
    """A program's standard output as messages."""

    def __init__(self, process: ServerProcess, wire: Wire) -> None:
        self._process = process
        self._wire = wire

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        import anyio

        while (line := await self._process.line()) is not None:
            if self._process.has_line:
                await anyio.lowlevel.cancel_shielded_checkpoint()  # a flood of messages must let others run
            if message := read(line, self._wire):
                return message
        self._wire.lost.set()
        raise StopAsyncIteration

    async def receive(self) -> SessionMessage | Exception:
        import anyio

        try:
            return await self.__anext__()
        except StopAsyncIteration:
            raise anyio.EndOfStream from None


class _ProgramInput(Stream):
    """A program's standard input, for messages."""

    def __init__(self, process: ServerProcess, wire: Wire) -> None:
        self._process = process
        self._wire = wire

    async def send(self, item: SessionMessage, /) -> None:
        import anyio

        raw = as_sent(item.message)
        try:
            self._process.write(raw + b"\n")
        except OSError:
            self._wire.lost.set()
            raise anyio.BrokenResourceError from None
        self._wire.sent(raw, item.message)  # the server is at work meanwhile
        await self._process.drain()
