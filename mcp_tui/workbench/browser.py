"""Opening an address in the user's browser: without a shell, and without a word on the terminal."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping

from mcp_tui.domain.links import is_web


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of ssh: a browser would open on the wrong machine, if at all."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def opener(environ: Mapping[str, str]) -> list[str] | None:
    """The command that opens an address here, less the address; None where there is no screen to open it on.

    Text browsers are none of it: they would take over this very terminal.
    """
    if is_remote(environ):
        return None
    has_screen = sys.platform == "darwin" or any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if not has_screen and not environ.get("WSL_DISTRO_NAME"):
        return None
    if chosen := _chosen(environ.get("BROWSER", "")):
        return chosen
    names = ("open",) if sys.platform == "darwin" else ("xdg-open", "wslview", "gio")
    found = next((path for name in names if (path := shutil.which(name, path=environ.get("PATH")))), None)
    if found is None:
        return None
    return [found, "open"] if found.endswith("gio") else [found]


def open_address(url: str, environ: Mapping[str, str]) -> bool:
    """Open a web address; whether there was something to open it with. Raises ValueError for any other address."""
    if not is_web(url):
        raise ValueError("only http and https addresses are opened")
    command = opener(environ)
    if command is None:
        return False
    threading.Thread(target=_run, args=([*command, url], environ), name="mcp-tui browser", daemon=True).start()
    return True


def _chosen(browser: str) -> list[str] | None:
    """What BROWSER names, as far as it is a plain command."""
    try:
        command = [word for word in shlex.split(browser.partition(":")[0]) if word != "%s"]
    except ValueError:
        return None
    return command if command and shutil.which(command[0]) else None


def _run(command: list[str], environ: Mapping[str, str]) -> None:
    nowhere = subprocess.DEVNULL
    try:
        program = subprocess.Popen(
            command, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=dict(environ), start_new_session=True
        )
    except OSError:
        return  # the address stands on the screen all the same
    program.wait()
