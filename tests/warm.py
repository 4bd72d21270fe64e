"""A program that is forked from a loaded one: hundreds of starts of Python with the SDKs would take minutes.

    python warm.py SOCKET TARGET MODULE…    imports the modules, then waits on the socket for those who want TARGET: a
                                            script's path, or the name of a module to be run
    python -I -S warm.py SOCKET WORD…       is one who does: it lends its environment, folder and standard streams to
                                            a fork of the loaded one, and ends as that does

What runs is TARGET with the words as its arguments, as if it had been started by itself.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

STARTS_WITHIN = 60.0
"""Seconds."""
STREAMS = (0, 1, 2)
FELL = 70
"""The exit code of one that ended without an exit code."""


@contextmanager
def warm(
    folder: Path, target: str, modules: tuple[str, ...], environment: Mapping[str, str] = os.environ
) -> Generator[list[str]]:
    """The command that runs the target, while the loaded one lives. Raises RuntimeError when that does not start."""
    address = folder / "warm"
    command = [sys.executable, __file__, str(address), target, *modules]
    loaded = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        end = time.monotonic() + STARTS_WITHIN
        while not address.exists():
            if loaded.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{target} was not loaded")
            time.sleep(0.01)
        yield [sys.executable, "-I", "-S", __file__, str(address)]
    finally:
        os.killpg(loaded.pid, signal.SIGKILL)
        loaded.wait()


def lend(address: str, words: list[str]) -> int:
    """Have a fork run the target in our place. Its exit code."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        wanted = {"words": words, "environment": dict(os.environ), "folder": os.getcwd()}
        sent = json.dumps(wanted).encode()
        socket.send_fds(line, [sent[:1]], STREAMS)
        line.sendall(sent[1:])
        line.shutdown(socket.SHUT_WR)
        return int(line.recv(16) or str(FELL))


def serve(address: str, target: str, modules: list[str]) -> None:
    """Load, then fork for everybody who calls."""
    from mcp_tui.servers import sdk

    sdk.load()
    for name in modules:
        import_module(name)
    gc.freeze()
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
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _become(line, target)


def _become(line: socket.socket, target: str) -> None:
    """In the fork: run the target, and tell its exit code."""
    wanted, files, _, _ = socket.recv_fds(line, 1, len(STREAMS))
    with line.makefile("rb") as rest:
        wanted += rest.read()
    for number, file in zip(STREAMS, files, strict=True):
        os.dup2(file, number)
        os.close(file)
    asked = json.loads(wanted)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = [target, *asked["words"]]
    code = FELL
    leave, os._exit = os._exit, sys.exit  # a program that ends at once has its exit code told as well
    try:
        if target.endswith(".py"):
            runpy.run_path(target, run_name="__main__")
        else:
            runpy.run_module(target, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException as error:  # what Python itself would print of it
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        line.send(str(code).encode())
        leave(code)


if __name__ == "__main__":
    at, *rest = sys.argv[1:]
    if sys.flags.isolated:
        sys.exit(lend(at, rest))
    serve(at, rest[0], rest[1:])
