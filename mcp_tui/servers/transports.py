"""Which transport carries the messages of a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mcp_tui.domain.servers import ServerSpec, StdioSpec
from mcp_tui.servers.http import http_transport
from mcp_tui.servers.process import ServerProcess
from mcp_tui.servers.sse import sse_transport
from mcp_tui.servers.stdio import sdk_stdio_transport, stdio_transport
from mcp_tui.servers.wire import Wire

if TYPE_CHECKING:
    import httpx2
    from mcp.client import Transport


def transport_for(
    spec: ServerSpec,
    wire: Wire,
    process: ServerProcess | None,
    on_stderr: Callable[[bytes], None],
    auth: httpx2.Auth | None,
    *,
    sse: bool,
) -> Transport:
    """The streams to a program that runs, to one that the SDK starts, or to an address in the newer or older way.

    `on_stderr` hears what the SDK's program writes there; our own processes have somebody who does.
    """
    if not isinstance(spec, StdioSpec):
        return (sse_transport if sse else http_transport)(spec, wire, auth)
    return stdio_transport(process, wire) if process is not None else sdk_stdio_transport(spec, wire, on_stderr)
