"""The plain terminal as a place to ask: words on stderr, the answer one typed line, nothing of what was typed ahead."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from mcp_tui.domain.aside import aside
from mcp_tui.headless.output import say

try:
    import termios
except ImportError:  # Windows: what was typed ahead cannot be told from an answer, so it has to be the exact one
    termios = None

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One answer: its words, what it means, and what may be typed for it, the first of which is shown."""

    words: str
    means: T
    typed: tuple[str, ...]


class Terminal:
    """Whoever asks takes `turn` first: one question at a time."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()

    async def choose(self, choices: Sequence[Choice[T]]) -> T:
        """What the typed answer means: the exact letter or word, else it is asked for again. Nothing typed, and the
        end of input, mean the last choice, which must be the one that does nothing."""
        last = choices[-1]
        prompt = ", ".join(f"{choice.words} ({choice.typed[0]})" for choice in choices) + f"? [{last.typed[0]}] "
        while typed := await self.line(prompt):
            for choice in choices:
                if typed.lower() in choice.typed:
                    return choice.means
            say(f"That is no answer: type {' or '.join(choice.typed[0] for choice in choices)}, alone.")
        return last.means

    async def line(self, prompt: str) -> str | None:
        """The next line that is typed once the prompt stands there; None at the end of input."""
        if termios is not None:
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
        sys.stderr.write(prompt)
        sys.stderr.flush()
        await _readable()
        data = await aside(os.read, sys.stdin.fileno(), 1 << 16)
        if not data:
            say("")
            return None
        return data.decode(errors="replace").strip()


def terminal() -> Terminal | None:
    """The terminal when there is one to ask on."""
    return Terminal() if sys.stdin.isatty() and sys.stderr.isatty() else None


async def _readable() -> None:
    """Until a line is there. Unlike a thread that reads, this can be given up."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    with suppress(NotImplementedError):  # on Windows the thread has to wait
        loop.add_reader(sys.stdin, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(sys.stdin)
