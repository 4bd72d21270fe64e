"""A tool's own page (MCP Apps): HTML of a server, shown in the browser only when the user wants that.

Nothing of the protocol between such a page and its host is spoken here, and none is advertised: it is a page to look
at. It is written to a file that only the user can read, and goes when the program ends.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from mcp_tui.domain.catalog import Resource, Tool
from mcp_tui.domain.errors import McpTuiError

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp


async def open_in_browser(app: McpTuiApp, tool: Tool) -> None:
    """Read the page (the gate asks where it must), ask whether it shall be opened, and open it."""
    try:
        result = await app.bench.read_resource(Resource(tool.server, tool.page))
    except McpTuiError as error:
        app.tell(f"{error.what}. {error.hint}", severity="error")
        return
    page = next((block.text for block in result.contents if block.text is not None), None)
    if page is None:
        app.tell(f"{tool.page} holds no text", severity="error")
        return
    with app.bench.audit.asking("page", tool.server, tool.name) as answer:
        agreed = await app.asking.show_page(tool, len(page.encode(errors="replace")))
        answer.outcome = "agreed" if agreed else "refused"
    if not agreed:
        return
    path = write_page(page)
    if not (has_browser() and await asyncio.to_thread(webbrowser.open, path.as_uri())):
        app.tell(f"No browser could be opened here. The page is in {path}", severity="warning")


def write_page(html: str) -> Path:
    """A file with the page: of mode 0600, in a folder of its own, gone at the program's end."""
    folder = tempfile.mkdtemp(prefix="mcp-tui-page-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder, "page.html")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(html)
    return path


def has_browser() -> bool:
    """Whether there is a desktop to open a browser on: one in the terminal would draw over the program."""
    if any(os.environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY")):
        return False
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
