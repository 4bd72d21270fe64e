"""How much one server is to log: `logging/setLevel` until 2025-11-25, a wish in each request since 2026-07-28."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from mcp_tui.domain.errors import ServerError
from mcp_tui.servers.link import Link

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import LoggingLevel, RequestParamsMeta

WISH = "io.modelcontextprotocol/logLevel"
"""The key in a request's `_meta` (MCP 2026-07-28, server/utilities/logging)."""
LEVEL_TIMEOUT = 10.0


class Loudness:
    """The level from which on a server is to log. It outlives the server's connections."""

    def __init__(self, level: str) -> None:
        self.level = level
        """One of `LOG_LEVELS`, or "" when nobody said."""

    async def choose(self, link: Link, level: str) -> None:
        """From now on this level. Raises ServerError when the server refuses it; then the old one holds."""
        if not link.is_modern:
            await _tell(link, level)
        self.level = level

    async def renew(self, link: Link, complain: Callable[[str], None]) -> None:
        """A new connection: tell it, if it is one that listens to that."""
        if self.level and not link.is_modern and link.client.server_capabilities.logging is not None:
            try:
                await _tell(link, self.level)
            except ServerError as error:
                complain(f"the log level {self.level} was not set: {error.what}")

    def wish(self, link: Link) -> RequestParamsMeta | None:
        """What a request says about the level; None in the legacy era, or when nothing is wished."""
        return cast("Any", {WISH: self.level}) if self.level and link.is_modern else None


async def _tell(link: Link, level: str) -> None:
    async def send(client: Client) -> object:
        return await client.set_logging_level(cast("LoggingLevel", level))  # pyright: ignore[reportDeprecated]

    await link.request("logging/setLevel", send, LEVEL_TIMEOUT)
