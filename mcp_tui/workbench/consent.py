"""What a server of a project's file would run or contact, in names and values (raw): for the person who is asked."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mcp_tui.domain.masking import MASK
from mcp_tui.domain.secrets import looks_secret, safe_header
from mcp_tui.domain.servers import HttpSpec, ServerSpec, StdioSpec
from mcp_tui.servers.faults import CannotStart
from mcp_tui.servers.process import child_environment, find_program
from mcp_tui.workbench.home import Home


def what_would_run(spec: ServerSpec) -> list[tuple[str, str]]:
    """The exact command or address, nothing of it hidden; the program's file; where, with which variables; which of
    ours it takes; the file that wants it."""
    rows = _program_rows(spec) if isinstance(spec, StdioSpec) else _address_rows(spec)
    taken = [f"{name} (set)" for name in spec.taken] + [f"{name} (not set)" for name in spec.missing]
    rows += [("takes", ", ".join(taken)), ("from", _wanted_by(spec))]
    return [(name, value) for name, value in rows if value]


def asked_about(spec: ServerSpec, home: Home) -> dict[str, str]:
    """What goes on record of the question: whose wish it is, and what the answer is bound to (`domain.audit.FACTS`)."""
    return {"file": _wanted_by(spec), "entry": home.consent_hashes.get(spec.name, "")}


def keys_taken(spec: ServerSpec, home: Home) -> list[str]:
    """Names of our variables that hold a key of a model, and whose values the entry takes."""
    values = {name: home.environ.get(name, "") for name in spec.taken}
    keys = home.model_keys
    return [name for name, value in values.items() if name == "OPENAI_API_KEY" or any(key in value for key in keys)]


def _wanted_by(spec: ServerSpec) -> str:
    return f"{spec.origin}, in {os.getcwd()}"


def _program_rows(spec: StdioSpec) -> list[tuple[str, str]]:
    written = shlex.join(map(str, [spec.written.get("command", ""), *(spec.written.get("args") or [])]))
    env = spec.written.get("env") or {}
    inherited = child_environment({}, spec.inherit_env)
    return [
        ("command", spec.address),
        ("as written", written if "${" in written else ""),
        ("program", _program(spec)),
        ("folder", os.path.abspath(spec.cwd or ".")),
        ("variables", "\n".join(f"{name}={_value(name, spec.env, env)}" for name in spec.env) or "none of its own"),
        ("inherits", ", ".join(sorted(inherited.keys() - spec.env.keys()))),
    ]


def _address_rows(spec: HttpSpec) -> list[tuple[str, str]]:
    url, headers = spec.written.get("url", ""), spec.written.get("headers") or {}
    lines = [
        f"{name}: {_from_us(headers.get(name)) or safe_header(name, value)}" for name, value in spec.headers.items()
    ]
    return [("address", spec.url), ("as written", _from_us(url)), ("headers", "\n".join(lines))]


def _from_us(written: Any) -> str:
    """A text as it is written, if it takes something from our environment; else ""."""
    return written if isinstance(written, str) and "${" in written else ""


def _program(spec: StdioSpec) -> str:
    """The file behind the command, links followed; or why there is none."""
    try:
        found = find_program(spec, child_environment(spec.env, spec.inherit_env))
    except CannotStart as error:
        return f"not found: {error}"
    return os.path.realpath(Path(spec.cwd or ".", found))


def _value(name: str, variables: Mapping[str, str], written: Mapping[str, Any]) -> str:
    return _from_us(written.get(name)) or (MASK if looks_secret(name) else variables[name])
