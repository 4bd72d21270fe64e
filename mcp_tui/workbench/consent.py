"""What a server of a project's file would run or contact, in names and values (raw): for the person who is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from mcp_tui.domain.masking import MASK
from mcp_tui.domain.secrets import looks_secret, safe_header
from mcp_tui.domain.servers import ServerSpec, StdioSpec
from mcp_tui.servers.faults import CannotStart
from mcp_tui.servers.process import child_environment, find_program


def what_would_run(spec: ServerSpec) -> list[tuple[str, str]]:
    """The exact command or address, nothing of it hidden; the program's file; where, with which variables; the file
    that wants it."""
    if not isinstance(spec, StdioSpec):
        headers = [f"{name}: {safe_header(name, value)}" for name, value in spec.headers.items()]
        rows = [("address", spec.url), ("headers", "\n".join(headers))]
    else:
        inherited = child_environment({}, spec.inherit_env)
        rows = [
            ("command", spec.address),
            ("program", _program(spec)),
            ("folder", os.path.abspath(spec.cwd or ".")),
            ("variables", "\n".join(f"{name}={_value(name, spec.env)}" for name in spec.env) or "none of its own"),
            ("inherits", ", ".join(sorted(inherited.keys() - spec.env.keys()))),
        ]
    rows += [("not set", ", ".join(spec.missing)), ("from", f"{spec.origin}, in {os.getcwd()}")]
    return [(name, value) for name, value in rows if value]


def _program(spec: StdioSpec) -> str:
    """The file behind the command, links followed; or why there is none."""
    try:
        found = find_program(spec, child_environment(spec.env, spec.inherit_env))
    except CannotStart as error:
        return f"not found: {error}"
    return os.path.realpath(Path(spec.cwd or ".", found))


def _value(name: str, variables: Mapping[str, str]) -> str:
    return MASK if looks_secret(name) else variables[name]
