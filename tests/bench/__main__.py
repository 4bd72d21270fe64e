"""`python -m tests.bench [NAME…]`: all benchmarks, side by side in one run, told as ratios.

Nothing here gates anything by time: read the ratios, and the machine's own figures beside them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from tests.bench import first_paint, launch, streaming, tool_call
from tests.bench.report import Ratio

BENCHMARKS: dict[str, Callable[[], list[Ratio]]] = {
    "first-paint": first_paint.run,
    "streaming": streaming.run,
    "tool-call": tool_call.run,
    "launch": launch.run,
}


def main() -> int:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, every start compiles everything anew
    wanted = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in wanted if name not in BENCHMARKS]:
        print(f"{', '.join(unknown)}: no such benchmark. There are {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    for name in wanted:
        print(f"\n{name}", flush=True)
        for ratio in BENCHMARKS[name]():
            print(f"  {ratio}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
