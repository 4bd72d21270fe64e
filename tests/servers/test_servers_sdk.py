"""How the SDK is imported: the half that is never used stays away, and nobody who wants it misses it."""

from __future__ import annotations

import subprocess
import sys


def told(*lines: str) -> str:
    """What a fresh interpreter prints that runs these lines."""
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_sdks_web_server_is_not_loaded_with_its_client() -> None:
    script = ("import sys", "from mcp_tui.servers import sdk", "sdk.load()", "import mcp")
    assert told(*script, "print(mcp.Client.__name__, 'starlette' in sys.modules)") == "Client False"


def test_the_sdks_server_side_can_still_be_imported_after_it() -> None:
    script = ("from mcp_tui.servers import sdk", "sdk.load()", "from mcp.server import Server")
    assert told(*script, "print(hasattr(Server, 'run'))") == "True"


def test_an_sdk_that_asks_more_of_its_server_side_gets_all_of_it() -> None:
    script = ("from mcp_tui.servers import sdk", "sdk.SERVER_SIDE = {'mcp.server': ()}", "sdk.load()", "import mcp")
    assert told(*script, "print(hasattr(mcp.ServerSession, 'send_request'), mcp.Client.__name__)") == "True Client"
