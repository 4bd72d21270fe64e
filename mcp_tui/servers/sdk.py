"""The first import of `mcp`: some 0.7 s, so it happens in a thread, and it is taught not to print."""

from __future__ import annotations

import logging
import warnings

_LOGGERS = ("mcp", "client", "httpx2", "httpcore2")


def load() -> None:
    """Import the SDK and keep its log lines and deprecation warnings off the terminal. May be called often."""
    from mcp.shared.exceptions import MCPDeprecationWarning

    warnings.filterwarnings("ignore", category=MCPDeprecationWarning)
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not logger.handlers:
            # Without a handler Python prints errors to stderr, straight over the screen. What they tell is
            # told better by the trace and by our own errors.
            logger.addHandler(logging.NullHandler())
        logger.propagate = False
