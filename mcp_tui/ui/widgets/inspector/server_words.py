"""What is shown of a server's entry. Values of its environment and headers never are: only set, or not set."""

from __future__ import annotations

import time

from mcp_tui.domain.masking import Secrets
from mcp_tui.domain.servers import HttpSpec, ServerSpec, ServerStatus, StdioSpec
from mcp_tui.domain.text import clean_line, human_time
from mcp_tui.ui.widgets.pieces import Words, line


def address(spec: ServerSpec) -> str:
    """The command line or URL (raw), with the values of the entry's own variables and headers masked."""
    values = spec.env.values() if isinstance(spec, StdioSpec) else spec.headers.values()
    return Secrets(values).mask(spec.address)


def entry_rows(spec: ServerSpec) -> list[tuple[Words, Words]]:
    """The entry in names and values: command or address, folder, variables, and where it stands."""
    if isinstance(spec, HttpSpec):
        rows = [("address", address(spec)), ("headers", _set(spec.headers))]
    else:
        rows = [("command", address(spec)), ("folder", spec.cwd or "here"), ("variables", _set(spec.env))]
    rows += [("not set", ", ".join(spec.missing)), ("from", spec.origin)]
    return [(name, line(value)) for name, value in rows if value]


def failure_rows(spec: ServerSpec, status: ServerStatus) -> list[tuple[Words, Words]]:
    """What a person needs to find the fault."""
    lasted = "" if status.lasted is None else f" after {human_time(status.lasted)}"
    ended = f"exit code {status.exit_code}{lasted}" if status.exit_code is not None else lasted.strip()
    rows = [("command" if isinstance(spec, StdioSpec) else "address", address(spec)), ("phase", status.phase)]
    rows += [("ended", ended), ("not set", ", ".join(spec.missing)), ("from", spec.origin)]
    return [(name, line(value)) for name, value in rows if value]


def tries(status: ServerStatus) -> str:
    """ "3rd try, 12 s ago"."""
    ago = f"{human_time(max(0.0, time.time() - status.since))} ago" if status.since else ""
    count = f"{ordinal(status.attempts)} try" if status.attempts > 1 else ""
    return ", ".join(part for part in (count, ago) if part)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _set(values: object) -> str:
    names = list(values) if isinstance(values, dict) else []
    return ", ".join(f"{clean_line(str(name))} set" for name in names)
