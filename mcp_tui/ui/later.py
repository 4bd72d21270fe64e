"""One call after some time, which is never missed.

Textual's `set_timer()` loses its only tick when the machine pauses for the timer's interval just as it starts: it
takes the tick for one that is to be skipped, says nothing, and what waits for it waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump


def later(node: MessagePump, seconds: float, call: Callable[[], object]) -> asyncio.TimerHandle:
    """Call `call` in the node's own task after so many seconds, unless the handle is cancelled or the node is gone."""
    return asyncio.get_running_loop().call_later(seconds, node.call_next, call)
