"""What all connections of one hub share: where news go, and who answers what servers ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mcp_tui.domain.asks import Root, ServerAsks
from mcp_tui.domain.happenings import Listener
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.domain.trace import Trace
from mcp_tui.servers.way import EraMemory

if TYPE_CHECKING:
    import httpx2


class Authorizer(Protocol):
    """Signs in to one server, for one connection."""

    @property
    def waiting(self) -> bool:
        """A person is at it, in a browser for example: that time is no server's fault, and no timeout runs."""
        ...

    def httpx_auth(self) -> httpx2.Auth:
        """What puts the credentials into each request, and gets them when the server wants some."""
        ...


AuthorizerFactory = Callable[[HttpSpec], Authorizer | None]
"""Makes the authorizer of a new connection; None for a server that nobody signs in to."""


@dataclass(slots=True)
class Host:
    """The program as its servers see it. What is None or False here is not offered to them."""

    trace: Trace
    tell: Listener
    asks: ServerAsks | None = None
    sampling: bool = False
    """Servers may ask for the model, too."""
    roots: tuple[Root, ...] | None = None
    """The folders that servers may work in."""
    authorizer: AuthorizerFactory | None = None
    eras: EraMemory | None = None
