"""Starts a local server and ends it: its own process group, its output as lines, a bounded end.

No task of anybody's is needed while it runs, and the end runs in a task of its own, so that no cancel of a
caller, however often, can leave the program behind. `mcp` is not imported here: the program boots meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

from mcp_tui.domain import limits
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.servers.faults import START, CannotStart, Fault

INHERITED = ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER")
"""All that a server gets of our environment, unless its entry wants more; keys and tokens are never among it."""
NEVER_INHERITED = ("OPENAI_",)
HAS_GROUPS = hasattr(os, "killpg")
"""Whether a program can be ended with all that it started; without that, the SDK starts and ends it."""
GRACE = 0.3
"""Seconds between closing the input, SIGTERM and SIGKILL."""
_RUNNERS = {"npx": "Node.js", "node": "Node.js", "npm": "Node.js", "uvx": "uv", "uv": "uv", "docker": "Docker"}


def child_environment(extra: Mapping[str, str], inherit: bool = False) -> dict[str, str]:
    """The environment of a server's program: a few variables of ours, or with `inherit` all but the models' keys."""
    ours = {name: value for name, value in os.environ.items() if name in INHERITED}
    if inherit:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(NEVER_INHERITED)}
    return {**ours, **extra}


def find_program(spec: StdioSpec, environment: Mapping[str, str]) -> str:
    """The file that the command means. Raises CannotStart, saying where it was looked for."""
    if spec.cwd is not None and not Path(spec.cwd).is_dir():
        raise CannotStart(Fault(f"The folder {spec.cwd} does not exist.", "no folder", START, "Check its cwd."))
    if os.path.dirname(spec.command):
        file = Path(spec.cwd or ".", spec.command)
        if not file.is_file():
            raise CannotStart(Fault(f"The program {file} does not exist.", "not found", START, "Check its path."))
        if not os.access(file, os.X_OK):
            hint = f"Allow it: chmod +x {file}"
            raise CannotStart(Fault(f"The file {file} may not be run.", "not allowed", START, hint))
        return spec.command
    path = environment.get("PATH", "")
    if found := shutil.which(spec.command, path=path):
        return found
    origin = _RUNNERS.get(spec.command)
    hint = (
        f"Is {spec.command} installed{f' (it comes with {origin})' if origin else ''}? Looked in: {path or 'nowhere'}"
    )
    raise CannotStart(Fault(f"The program {spec.command} was not found on PATH.", "not found", START, hint))


class ServerProcess(asyncio.SubprocessProtocol):
    """A running program: `write()` to it and `drain()` that, read it by `line()`, and `end()` it."""

    pid = 0
    line_too_long = False

    def __init__(self, on_stderr: Callable[[bytes], None]) -> None:
        self._on_stderr = on_stderr
        self._lines: deque[bytes] = deque()
        self._waiting = 0
        self._part: list[bytes] = []
        self._part_size = 0
        self._news = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._output_ended = False
        self._input_closed = False
        self.refused_input = False
        """The program itself closed its input: nothing can be said to it any more."""
        self.exited = asyncio.Event()
        """The program itself is gone; others of its group may live."""
        self._closed = asyncio.Event()
        self._signalled = False
        self._ending: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, spec: StdioSpec, on_stderr: Callable[[bytes], None]) -> ServerProcess:
        """Start a server's program. Raises CannotStart."""
        environment = child_environment(spec.env, spec.inherit_env)
        program = find_program(spec, environment)
        loop = asyncio.get_running_loop()
        try:
            _, process = await loop.subprocess_exec(
                lambda: cls(on_stderr), program, *spec.args, env=environment, cwd=spec.cwd, start_new_session=True
            )
        except (OSError, ValueError) as error:
            fault = Fault(f"The program could not be started: {error}.", "cannot start", START, "Check its entry.")
            raise CannotStart(fault) from error
        return process

    @property
    def exit_code(self) -> int | None:
        """How it ended by itself (negative: by a signal); None while it runs, or when we ended it."""
        return None if self._signalled else self._transport.get_returncode()

    @property
    def has_line(self) -> bool:
        """The next line is there already."""
        return bool(self._lines)

    async def line(self) -> bytes | None:
        """The next line of its output without its end, or None after the last one. One caller at a time."""
        while not self._lines:
            if self._output_ended:
                return None
            self._news.clear()
            await self._news.wait()
        line = self._lines.popleft()
        self._waiting -= len(line)
        if self._waiting <= limits.WAITING // 2:
            self._output.resume_reading()
        return line

    def write(self, data: bytes) -> None:
        """Send bytes to its input, without waiting. Raises BrokenPipeError when that is closed."""
        if self._input_closed:
            raise BrokenPipeError
        self._input.write(data)

    async def drain(self) -> None:
        """Wait until it has taken enough of what was written for more."""
        await self._writable.wait()

    async def end(self) -> None:
        """Close its input, then SIGTERM, then SIGKILL for all its group. Takes at most about a second."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(), name=f"end of process {self.pid}")
        await asyncio.shield(self._ending)

    def kill(self) -> None:
        """The last resort: no waiting."""
        self._signal(signal.SIGKILL)

    async def _end(self) -> None:
        try:
            self._input_closed = True
            self._input.close()
            for number in (signal.SIGTERM, signal.SIGKILL):
                if await self._gone_within(GRACE):
                    return
                self._signal(number)
            await self._gone_within(GRACE)
        finally:  # also when the loop itself is going down and cancels this
            if not self._is_gone():
                self._signal(signal.SIGKILL)
            self._transport.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), GRACE)

    async def _gone_within(self, seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not self._is_gone():
            if loop.time() >= deadline:
                return False
            await asyncio.sleep(0.01)  # there is no event for "the group is empty"
        return True

    def _is_gone(self) -> bool:
        """Whether the program and everything it started in its group are gone."""
        if not self.exited.is_set():
            return False
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError):  # macOS says EPERM for zombies
            return True
        return False

    def _signal(self, number: signal.Signals) -> None:
        if not self.exited.is_set():
            self._signalled = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    @property
    def _output(self) -> asyncio.ReadTransport:
        return cast(asyncio.ReadTransport, self._transport.get_pipe_transport(1))

    @property
    def _input(self) -> asyncio.WriteTransport:
        return cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self.pid = self._transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self._on_stderr(data)
        elif not self._input_closed and not self.line_too_long:
            self._take(data)

    def _take(self, data: bytes) -> None:
        *lines, rest = data.split(b"\n")
        if lines:
            self._part.append(lines[0])
            lines[0] = b"".join(self._part)
            self._part, self._part_size = [], 0
            self._lines.extend(lines)
            self._waiting += sum(map(len, lines))
            self._news.set()
        if rest:
            self._part.append(rest)
            self._part_size += len(rest)
        if self._part_size > limits.LINE:
            self._part, self.line_too_long = [], True
            self._end_output()
        elif self._waiting > limits.WAITING:
            self._output.pause_reading()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 0:
            self.refused_input = not self._input_closed
            self._input_closed = True
            self._writable.set()
            if self.refused_input:  # a program that is just ending has its last words before that
                asyncio.get_running_loop().call_later(GRACE, self._end_output)
        elif fd == 1:
            self._end_output()
        else:
            self._on_stderr(b"")

    def _end_output(self) -> None:
        self._output_ended = True
        self._news.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def process_exited(self) -> None:
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()
