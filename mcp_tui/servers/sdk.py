"""The first import of `mcp`: about a second, so it happens in a thread, without the half we never use, and silently."""

from __future__ import annotations

import logging
import sys
import warnings
from importlib import import_module
from threading import Lock
from types import ModuleType

_LOGGERS = ("mcp", "client", "httpx2", "httpcore2")
SERVER_SIDE = {
    "mcp.server": ("Server",),
    "mcp.server.mcpserver": ("MCPServer",),
    "mcp.server.runner": ("modern_on_request",),
    "mcp.server.session": ("ServerSession",),
    "mcp.server.stdio": ("stdio_server",),
}
"""What the SDK's client asks of its server side (2.3): to know a server in our own process, which we never have."""
_loading = Lock()


def load() -> None:
    """Import the SDK and keep its log lines and deprecation warnings off the terminal. May be called often."""
    with _loading:
        if "mcp" not in sys.modules:
            _import_client_side()
    _keep_results_out_of_words()
    from mcp.shared.exceptions import MCPDeprecationWarning

    warnings.filterwarnings("ignore", category=MCPDeprecationWarning)
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not logger.handlers:
            # Without a handler Python prints errors to stderr, straight over the screen. What they tell is
            # told better by the trace and by our own errors.
            logger.addHandler(logging.NullHandler())
        logger.propagate = False


def _import_client_side() -> None:
    """Import `mcp` with stand-ins for its server side: it costs a fifth of the time and 15 MB (starlette, uvicorn, …).

    The stand-ins are gone afterwards: who imports `mcp.server` then gets it. An SDK that needs more gets all.
    """
    stand_ins = {name: _stand_in(name, *holds) for name, holds in SERVER_SIDE.items()}
    sys.modules.update(stand_ins)
    try:
        import_module("mcp")
    except (ImportError, AttributeError):
        for name in [name for name in sys.modules if name == "mcp" or name.startswith("mcp.")]:
            del sys.modules[name]
        import_module("mcp")
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _keep_results_out_of_words() -> None:
    """The SDK puts each message that it reads into words for a log that nobody keeps: 250 ms for 50 MB."""
    from mcp.types import JSONRPCResponse

    JSONRPCResponse.model_fields["result"].repr = False


def _stand_in(name: str, *holds: str) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = []
    for each in holds:
        setattr(module, each, type(each, (), {}))
    return module
