"""The program ends while something still runs aside, such as the import of a model's client."""

from __future__ import annotations

import subprocess
import sys

ENDS = """
import asyncio, atexit, time
from mcp_tui import __main__ as program
from mcp_tui.domain.aside import aside

async def one_thing_goes_on() -> int:
    asyncio.ensure_future(aside(time.sleep, 60))
    await asyncio.sleep(0)
    return 3

program.main = lambda: asyncio.run(one_thing_goes_on())
atexit.register(print, "the interpreter was taken apart")
print("what was said is not lost")
program.run()
"""


def test_what_runs_aside_is_neither_waited_for_nor_does_it_see_the_interpreter_fall_apart() -> None:
    """Seen as exit code 139, once in some thousand times: a library was being loaded while all was freed."""
    ended = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "what was said is not lost\n", "")
