"""Somebody signs in while a server connects: the time that takes is no server's fault, and it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mcp_tui.domain.servers import HttpSpec, ServerSpec
from mcp_tui.servers.faults import AUTHORIZATION, Fault
from mcp_tui.servers.host import Authorizer, Host

WAITING = Fault("It waits for you to sign in.", "sign in", AUTHORIZATION)
TICK = 0.2
"""Seconds between two looks whether somebody still signs in."""


def authorizer_for(spec: ServerSpec, host: Host) -> Authorizer | None:
    """Who signs in to a server. Credentials that its entry gives are the user's word: nobody adds others."""
    if not isinstance(spec, HttpSpec) or host.authorizer is None:
        return None
    given = any(name.lower() == "authorization" for name in spec.headers)
    return None if given else host.authorizer(spec)


async def hold(deadline: asyncio.Timeout, authorizer: Authorizer | None, tell: Callable[[bool], None]) -> None:
    """Let a handshake's clock stand still while somebody signs in, and tell when that begins and ends."""
    loop = asyncio.get_running_loop()
    waited = False
    while authorizer is not None:
        before = loop.time()
        await asyncio.sleep(TICK)
        when = deadline.when()
        if when is None or deadline.expired():
            return
        if authorizer.waiting:
            deadline.reschedule(when + loop.time() - before)
        if authorizer.waiting != waited:
            waited = authorizer.waiting
            tell(waited)
