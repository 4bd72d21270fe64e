"""A transport's two streams with every message recorded on its way: for the transports that the SDK brings."""

from __future__ import annotations

from contextvars import Context
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from mcp_tui.servers.wire import ANSWER, CARRIED, Wire

if TYPE_CHECKING:
    import httpx2
    from mcp.client._transport import ReadStream, WriteStream
    from mcp.shared.message import SessionMessage
    from mcp.types import JSONRPCMessage

    Reading = ReadStream[SessionMessage | Exception]
    Writing = WriteStream[SessionMessage]

S = TypeVar("S", "Reading", "Writing")


def as_sent(message: JSONRPCMessage) -> bytes:
    """The message as it goes over the wire."""
    return message.model_dump_json(by_alias=True, exclude_unset=True).encode()


def as_answered(message: JSONRPCMessage, answer: httpx2.Response | None) -> bytes:
    """The message as it came: the body of HTTP's answer when that is the message, else as good as written anew."""
    from mcp.types import JSONRPCResponse

    is_body = answer is not None and answer.headers.get("content-type", "").lower().startswith("application/json")
    return (
        answer.content if answer is not None and is_body and isinstance(message, JSONRPCResponse) else as_sent(message)
    )


class _Tap(Generic[S]):
    """One end of another transport, which is entered and closed like it."""

    def __init__(self, inner: S, wire: Wire) -> None:
        self._inner: S = inner
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


class Reader(_Tap["Reading"]):
    """A reading end. Its other attributes (`last_context`) stay visible."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        import anyio

        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def receive(self) -> SessionMessage | Exception:
        return await self._inner.receive()


class TappedReader(Reader):
    """The reading end, recorded."""

    async def receive(self) -> SessionMessage | Exception:
        import anyio

        while True:
            try:
                item = await self._inner.receive()
            except (anyio.EndOfStream, anyio.ClosedResourceError):
                self._wire.lost.set()
                raise
            if isinstance(item, Exception):
                self._wire.stray(str(item).encode("utf-8", "replace"))
                return item
            await anyio.lowlevel.cancel_shielded_checkpoint()  # reading a large one took long enough: let others run
            context: Context | None = getattr(self._inner, "last_context", None)
            answer = context.get(ANSWER) if context is not None else None
            if self._wire.received(as_answered(item.message, answer), item.message):
                return item


class TappedWriter(_Tap["Writing"]):
    """The writing end. It sends in its caller's context."""

    async def send(self, item: SessionMessage, /) -> None:
        token = CARRIED.set(self._wire.sent(as_sent(item.message), item.message))
        try:
            await self._inner.send(item)
        finally:
            CARRIED.reset(token)
