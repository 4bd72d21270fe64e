"""How much memory a server's program and all that it started take: what is resident, from /proc or `ps`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

PS = ("ps", "-A", "-o", "pid=,ppid=,rss=")
PS_TIMEOUT = 2.0


def resident(pid: int) -> int | None:
    """Bytes of the process and its descendants; None when nobody tells. It blocks for a few milliseconds."""
    rows = list(_from_proc() if Path("/proc/self/stat").exists() else _from_ps())
    children: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for each, parent, size in rows:
        children.setdefault(parent, []).append(each)
        sizes[each] = size
    if pid not in sizes:
        return None
    total, waiting, seen = 0, [pid], set[int]()
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            total += sizes.get(each, 0)
            waiting += children.get(each, ())
    return total


def _from_proc() -> Iterator[tuple[int, int, int]]:
    page = os.sysconf("SC_PAGE_SIZE")
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            stat = Path("/proc", name, "stat").read_bytes()
        except OSError:  # it ended meanwhile
            continue
        fields = stat[stat.rindex(b")") + 2 :].split()  # its own name may hold spaces and brackets
        yield int(name), int(fields[1]), int(fields[21]) * page


def _from_ps() -> Iterator[tuple[int, int, int]]:
    try:
        done = subprocess.run(PS, capture_output=True, text=True, check=False, timeout=PS_TIMEOUT)
    except (OSError, subprocess.TimeoutExpired):
        return
    for line in done.stdout.splitlines():
        parts = line.split()
        if len(parts) == 3 and all(part.isdigit() for part in parts):
            pid, parent, kilobytes = map(int, parts)
            yield pid, parent, kilobytes * 1024
