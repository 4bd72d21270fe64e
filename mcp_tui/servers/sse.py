"""HTTP+SSE (MCP 2024-11-05, basic/transports): one GET for all that comes in, a POST for each message out.

The streams are ours, for the SDK's let a call wait for ever whose message was refused, and break at 1 MiB.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from mcp_tui.domain.aside import aside
from mcp_tui.domain.limits import LINE
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.servers.http import certificates, endpoint, http_client, origin
from mcp_tui.servers.streams import Stream, failure, read
from mcp_tui.servers.taps import as_sent
from mcp_tui.servers.wire import CARRIED, Wire

if TYPE_CHECKING:
    import httpx2
    from anyio.abc import TaskGroup, TaskStatus
    from anyio.streams.memory import MemoryObjectSendStream
    from mcp.client import Transport
    from mcp.client._transport import TransportStreams
    from mcp.shared.message import SessionMessage

    Incoming = MemoryObjectSendStream[SessionMessage | Exception]

GONE = (400, 404, 410)
"""What HTTP answers to a message for a session that the server has forgotten."""


def sse_transport(spec: HttpSpec, wire: Wire, auth: httpx2.Auth | None = None) -> Transport:
    """The two streams of one session."""

    @asynccontextmanager
    async def transport() -> AsyncGenerator[TransportStreams]:
        import anyio
        from mcp.shared._httpx_utils import sse_within_origin

        await aside(certificates)
        ours = {endpoint(spec)}
        incoming, messages = anyio.create_memory_object_stream["SessionMessage | Exception"](0)
        async with (
            http_client(spec, wire, auth, ours) as client,
            sse_within_origin(client, spec.url, max_event_size=LINE) as events,
            incoming,
            messages,
            anyio.create_task_group() as group,
        ):
            events.response.raise_for_status()
            to = await group.start(_listen, events, incoming, wire)
            ours.add(to)
            yield messages, _Outgoing(client, to, incoming, wire, group)
            group.cancel_scope.cancel()

    return transport()


async def _listen(
    events: httpx2.EventSource, incoming: Incoming, wire: Wire, *, task_status: TaskStatus[httpx2.URL]
) -> None:
    """Pass on what comes until the stream ends; the first event says where messages go."""
    import anyio

    asked, to = events.response.request.url, None
    try:
        async with incoming:
            async for event in events:
                if event.event == "endpoint":
                    to = asked.join(event.data)
                    if origin(to) != origin(asked):
                        raise ValueError(f"it sends us to another host: {to.host}")
                    task_status.started(to)
                elif event.event == "message" and (message := read(event.data.encode(), wire)):
                    await incoming.send(message)
        if to is None:
            raise ValueError("it named no address for messages")
    except anyio.BrokenResourceError:
        pass  # nobody reads any more
    finally:
        wire.lost.set()


class _Outgoing(Stream):
    """The writing end: each message is a POST, in its sender's context, to which HTTP's answer belongs."""

    def __init__(
        self, client: httpx2.AsyncClient, to: httpx2.URL, incoming: Incoming, wire: Wire, group: TaskGroup
    ) -> None:
        self._client = client
        self._to = to
        self._incoming = incoming
        self._wire = wire
        self._group = group

    async def send(self, item: SessionMessage, /) -> None:
        import anyio
        import httpx2
        from mcp.shared._httpx_utils import request_within_origin

        raw = as_sent(item.message)
        token = CARRIED.set(self._wire.sent(raw, item.message))
        try:
            json = {"content-type": "application/json"}
            answer = await request_within_origin(self._client, "POST", self._to, content=raw, headers=json)
            if answer.status_code in GONE:
                words = f"it refused a message with HTTP {answer.status_code}"
                raise httpx2.HTTPStatusError(words, request=answer.request, response=answer)
        except httpx2.HTTPError as error:
            self._group.start_soon(_break, error)
            raise anyio.BrokenResourceError from error
        finally:
            CARRIED.reset(token)
        if not answer.is_success and (reply := failure(item.message, "the server refused the message")):
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                await self._incoming.send(reply)


async def _break(error: Exception) -> None:
    """End the connection for this reason."""
    raise error
