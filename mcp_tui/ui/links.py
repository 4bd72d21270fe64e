"""Opening an address that stands in a text: the person picks it, sees the whole of it, and says yes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mcp_tui.domain.links import addresses
from mcp_tui.ui.screens.address_view import address
from mcp_tui.ui.screens.confirm import Confirm
from mcp_tui.ui.screens.pick import Pick
from mcp_tui.ui.widgets.pieces import line
from mcp_tui.workbench.browser import open_address, opener

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp

_TOLD = "A server or the model wrote this address. What stands in it goes to its host."


async def open_link(app: McpTuiApp, text: str) -> None:
    """Offer the addresses in a text (raw). Run it in a worker: it waits for the person."""
    found = addresses(text)
    if not found:
        app.tell("No http or https address stands here.")
        return
    at = 0
    if len(found) > 1:
        picked = await app.push_screen_wait(Pick("Open an address", [line(each) for each in found], "", "look at it"))
        if picked is None:
            return
        at = picked
    url = found[at]
    here = opener(os.environ) is not None
    yes = ("o", "Open", "in your browser") if here else ("c", "Copy it", "no browser can be opened here")
    if not await app.push_screen_wait(Confirm("Open this address?", address(url, _TOLD), yes, ("n", "Leave it", ""))):
        return
    if not (here and open_address(url, os.environ)):
        app.copy(url)
