"""One loaded client, forked for each scenario: eighty starts of Python with the SDK would take minutes.

    python warm.py SOCKET                   loads, then waits on the socket for clients that are wanted
    python -I -S warm.py SOCKET URL         is such a client: it lends its environment and its output to a fork of the
                                            loaded one, and ends as that does

What runs is client.py, as if it had been started by itself.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

CLIENT = Path(__file__).with_name("client.py")
STARTS_WITHIN = 60.0
"""Seconds."""


@contextmanager
def warm_client(folder: Path, environment: dict[str, str]) -> Generator[list[str]]:
    """The command that is such a client, while the loaded one runs. Raises RuntimeError when that does not start."""
    address = folder / "client"
    loaded = subprocess.Popen([sys.executable, __file__, str(address)], env=environment, start_new_session=True)
    try:
        end = time.monotonic() + STARTS_WITHIN
        while not address.exists():
            if loaded.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the client of the conformance suite did not start")
            time.sleep(0.01)
        yield [sys.executable, "-I", "-S", __file__, str(address)]
    finally:
        os.killpg(loaded.pid, signal.SIGKILL)
        loaded.wait()


def lend(address: str, url: str) -> int:
    """Have a fork run the client with our environment and output. Its exit code."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        wanted = json.dumps({"url": url, "environment": dict(os.environ)}).encode()
        socket.send_fds(line, [wanted[:1]], [1, 2])
        line.sendall(wanted[1:])
        line.shutdown(socket.SHUT_WR)
        return int(line.recv(16) or b"70")  # nothing: the fork fell


def serve(address: str) -> None:
    """Load what the client needs, then fork for everybody who calls."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{address}.new")
        door.listen()
        os.rename(f"{address}.new", address)
        while True:
            line, _ = door.accept()
            with line:
                if os.fork() == 0:
                    door.close()
                    _become(line)


def _load() -> None:
    from importlib import import_module

    from mcp_tui.servers import sdk

    sdk.load()
    for name in ("mcp.client.streamable_http", "mcp.client.auth", "httpx2", "mcp_tui.servers.hub"):
        import_module(name)
    import_module("mcp_tui.servers.auth.authorizer")


def _become(line: socket.socket) -> None:
    """In the fork: run the client, and tell its exit code."""
    wanted, files, _, _ = socket.recv_fds(line, 1, 2)
    with line.makefile("rb") as rest:
        wanted += rest.read()
    for number, file in enumerate(files, 1):
        os.dup2(file, number)
    asked = json.loads(wanted)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = [str(CLIENT), asked["url"]]
    code = 70
    try:
        runpy.run_path(str(CLIENT), run_name="__main__")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        line.send(str(code).encode())
        os._exit(code)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(lend(*sys.argv[1:]))
    serve(sys.argv[1])
