"""A program in a pseudo terminal of its own: its screen, its raw bytes, typing into it, and its end."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import psutil
import pyte

PATIENCE = 30.0
"""Seconds that any wait may take; a busy machine needs them, a quiet one does not."""


class Terminal:
    """Starts a program in a terminal, reads its screen, types into it, and ends it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 140,
        rows: int = 42,
        env: Mapping[str, str],
        cwd: Path | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._lines: list[str] = []
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        """All that the program ever wrote."""
        self.exit_code: int | None = None
        """As a shell tells it: 128 and the number for a signal. None while the program runs."""
        self.started = time.perf_counter()
        with warnings.catch_warnings():  # the child does nothing but become the program: threads cannot hurt it
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(command, env, cwd, columns, rows)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    # -- reading --------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What stands on the screen. Only lines that changed are read anew: a wait looks at all of them often."""
        if len(self._lines) != self.screen.lines:
            self._lines = [""] * self.screen.lines
            self.screen.dirty.update(range(self.screen.lines))
        for row in self.screen.dirty:
            if row < self.screen.lines:
                cells = self.screen.buffer[row]
                self._lines[row] = "".join(cells[column].data for column in range(self.screen.columns)).rstrip()
        self.screen.dirty.clear()
        return "\n".join(self._lines)

    def stands_out(self, words: str) -> bool:
        """Whether these words stand on the screen, reversed or underlined."""
        lines = enumerate(self.text.split("\n"))
        found = [self.screen.buffer[row][line.index(words)] for row, line in lines if words in line]
        return any(cell.reverse or cell.underscore for cell in found)

    def wait_for(self, *words: str, within: float = PATIENCE) -> float:
        """Seconds since the start until all these words stand on the screen. Raises TimeoutError with the screen."""
        self.wait_until(lambda: all(each in self.text for each in words), f"{words} on the screen", within)
        return time.perf_counter() - self.started

    def wait_gone(self, words: str, within: float = PATIENCE) -> None:
        """Until these words left the screen. Raises TimeoutError with the screen."""
        self.wait_until(lambda: words not in self.text, f"{words!r} to go", within)

    def wait_raw(self, data: bytes, since: int = 0, within: float = PATIENCE) -> None:
        """Until the program wrote these bytes, after the first `since` of all its bytes."""
        self.wait_until(lambda: data in self.raw[since:], f"{data!r} to be written", within)

    def wait_until(self, true: Callable[[], object], what: str, within: float = PATIENCE) -> None:
        """Until this is so. Raises TimeoutError with what was waited for and the screen."""
        end = time.perf_counter() + within
        while not true():
            if time.perf_counter() > end or (not self._read(0.1) and self._is_gone() and not true()):
                raise TimeoutError(f"waited for {what}:\n{self.text}")

    # -- typing ---------------------------------------------------------------------------------------

    def type(self, keys: str, gap: float = 0.0) -> None:
        """Type, at once or key by key with `gap` seconds after each; what is written meanwhile is read."""
        for piece in keys if gap else [keys]:
            os.write(self._fd, piece.encode())
            if gap:
                self.pause(gap)

    def mute(self) -> None:
        """Nothing of what is typed comes back: all bytes are the program's own, none of them cut in two by an echo."""
        settings = termios.tcgetattr(self._fd)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(self._fd, termios.TCSANOW, settings)

    def press(self, key: str, quiet: float = 1.0) -> None:
        """A lone press: with so many seconds of quiet before and after it."""
        self.pause(quiet)
        self.type(key)
        self.pause(quiet)

    def pause(self, seconds: float) -> None:
        """Let time pass, reading what is written meanwhile."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)

    def resize(self, columns: int, rows: int) -> None:
        """The user drags the window."""
        self.screen.resize(rows, columns)
        _set_size(self._fd, columns, rows)

    # -- the process ----------------------------------------------------------------------------------

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait_exit(self, within: float = PATIENCE) -> float:
        """Seconds until the program is gone. Raises TimeoutError with the screen."""
        began = time.perf_counter()
        while not self._is_gone():
            if time.perf_counter() - began > within:
                raise TimeoutError(f"still running:\n{self.text}")
            self._read(0.01)
        took = time.perf_counter() - began
        while self._read(0.0):
            pass
        return took

    def wait_stopped(self, within: float = PATIENCE) -> None:
        """Until the program is suspended, as a shell sees it."""
        end = time.perf_counter() + within
        while time.perf_counter() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                return
            self._read(0.05)
        raise TimeoutError(f"never suspended:\n{self.text}")

    def is_cooked(self) -> bool:
        """Whether the terminal echoes and makes lines, as a shell needs it."""
        flags = termios.tcgetattr(self._fd)[3]
        return bool(flags & termios.ECHO and flags & termios.ICANON)

    def memory(self) -> float:
        """The program's own resident memory in MB, its children not counted."""
        return psutil.Process(self.pid).memory_info().rss / (1 << 20)

    def end(self) -> None:
        """End the program, whatever it does."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._is_gone():
                break
            os.kill(self.pid, number)
            try:
                self.wait_exit(within=3.0)
            except TimeoutError:
                continue
        os.close(self._fd)

    def _is_gone(self) -> bool:
        if self.exit_code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self.exit_code = code if code >= 0 else 128 - code
        return self.exit_code is not None

    def _read(self, wait: float) -> bool:
        ready, _, _ = select.select([self._fd], [], [], wait)
        if not ready:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # the other end is closed
            return False
        self.raw += data
        self._answer(data)
        self._stream.feed(data)
        return bool(data)

    def _answer(self, data: bytes) -> None:
        """Answer the questions that programs ask a terminal before they draw."""
        if b"\x1b[6n" in data:
            os.write(self._fd, b"\x1b[1;1R")
        if b"\x1b[c" in data:
            os.write(self._fd, b"\x1b[?62;c")


def running(pids: Sequence[int]) -> list[int]:
    """Those of the processes that still run. One that only waits to be counted by its parent does not."""
    return [pid for pid in pids if psutil.pid_exists(pid) and _runs(psutil.Process(pid))]


def descendants(pid: int) -> list[int]:
    """The running children of a process, and theirs. Raises psutil.NoSuchProcess."""
    return [child.pid for child in psutil.Process(pid).children(recursive=True) if _runs(child)]


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _become(command: Sequence[str], env: Mapping[str, str], cwd: Path | None, columns: int, rows: int) -> None:
    try:
        _set_size(0, columns, rows)
        if cwd is not None:
            os.chdir(cwd)
        os.execvpe(command[0], list(command), dict(env))
    finally:  # only when the program could not be started
        os._exit(127)


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
