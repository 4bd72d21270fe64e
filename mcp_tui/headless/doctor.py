"""`mcp-tui doctor`: what was found, and the next command to type."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mcp_tui import __version__
from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import ConfigError, McpTuiError
from mcp_tui.domain.servers import ABLE, ServerSpec, ServerState
from mcp_tui.domain.text import clean_line, counted
from mcp_tui.headless.output import Exit, moment, print_json, print_result
from mcp_tui.headless.session import settled
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home

PACKAGES = ("mcp", "openai", "textual", "rich", "platformdirs")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `ok` is None for a plain fact."""

    section: str
    name: str
    says: str
    ok: bool | None = None


async def doctor(home: Home, specs: Sequence[ServerSpec], as_json: bool) -> int:
    """Look at everything, change nothing. Servers that need consent are not started."""
    findings = [*_program(), *_terminal(), *_files(home)]
    async with settled(home, specs, looks_only=True) as bench:
        findings.append(Finding("Files", "sign-ins", bench.signing_in.place))
        for name in bench.hub.names:
            findings += [_server(bench, name), *await _sign_in(bench, name)]
        if not bench.hub.names:
            findings.append(Finding("Servers", "none", "no server is configured"))
        findings += await _model(bench)
        step = _next_step(bench)
    if as_json:
        print_json({"findings": [_as_json(finding) for finding in findings], "next": step})
    else:
        _print(findings, step)
    return Exit.OK


def _program() -> list[Finding]:
    enough = sys.version_info >= (3, 11)
    found = [
        Finding("Program", "mcp-tui", __version__),
        Finding("Program", "Python", f"{platform.python_version()} at {sys.executable}", enough),
    ]
    for package in PACKAGES:
        try:
            found.append(Finding("Program", package, version(package)))
        except PackageNotFoundError:
            found.append(Finding("Program", package, "not installed", False))
    return found


def _terminal() -> list[Finding]:
    size = shutil.get_terminal_size()
    colour = os.environ.get("COLORTERM") or os.environ.get("TERM") or "unknown"
    inside = [name for name, variable in (("tmux", "TMUX"), ("ssh", "SSH_TTY")) if os.environ.get(variable)]
    is_terminal = sys.stdout.isatty()
    return [
        Finding("Terminal", "size", f"{size.columns}x{size.lines}", size.columns >= 40 and size.lines >= 12),
        Finding("Terminal", "kind", " · ".join([colour, *inside, *(["NO_COLOR"] if "NO_COLOR" in os.environ else [])])),
        Finding("Terminal", "output", "a terminal" if is_terminal else "a pipe or file: the app needs a terminal"),
    ]


def _files(home: Home) -> list[Finding]:
    paths = home.paths
    files = (("settings", paths.settings_file), ("servers", paths.servers_file), ("keys", paths.keys_file))
    files += (("database", paths.database), ("log", paths.log_file))
    found = [Finding("Files", name, f"{path}{'' if path.exists() else '  (not there yet)'}") for name, path in files]
    return found + [Finding("Files", "warning", warning, False) for warning in home.warnings]


def _server(bench: Workbench, name: str) -> Finding:
    status, info = bench.hub.status(name), bench.hub.info(name)
    if info is None or status.state not in ABLE:
        says = f"{status.state.value}. {status.reason} {status.hint}".strip()
        return Finding("Servers", name, says, None if status.state is ServerState.OFF else False)
    catalog = bench.hub.catalog(name)
    counts = ", ".join(f"{len(catalog[kind].items)} {kind.group.lower()}" for kind in Kind)
    return Finding("Servers", name, f"{info.name} {info.version}, protocol {info.protocol}: {counts}", True)


async def _sign_in(bench: Workbench, name: str) -> list[Finding]:
    """What is kept of a sign-in, whether the server is on or not, and the way out."""
    try:
        known = await bench.signing_in.kept(bench.hub.spec(name))
    except ConfigError as error:
        return [Finding("Servers", name, error.what, False)]
    if known is None:
        return []
    scopes = f" · {' '.join(known.scopes)}" if known.scopes else ""
    says = f"signed in at {known.issuer}{scopes} · since {moment(known.since)} · mcp-tui sign-out {name} ends it"
    return [Finding("Servers", name, says, True)]


async def _model(bench: Workbench) -> list[Finding]:
    choice = bench.home.model
    if choice is None:
        return [Finding("Model", "none", bench.home.model_missing)]
    try:
        names = await bench.models.names()
    except McpTuiError as error:
        return [Finding("Model", choice.base_url, f"{error.what} {error.hint}".strip(), False)]
    listed = counted(len(names), "model")
    return [Finding("Model", choice.name or (names[0] if names else "?"), f"{choice.base_url}, {listed}", True)]


def _next_step(bench: Workbench) -> str:
    ready = any(bench.hub.status(name).state is ServerState.READY for name in bench.hub.names)
    if not bench.hub.names:
        return "mcp-tui demo"
    return "mcp-tui" if ready else "mcp-tui tools --config FILE, or mcp-tui -- COMMAND of a server"


def _as_json(finding: Finding) -> dict[str, Any]:
    return {"section": finding.section, "name": finding.name, "says": finding.says, "ok": finding.ok}


def _print(findings: Sequence[Finding], step: str) -> None:
    section = ""
    for finding in findings:
        if finding.section != section:
            section = finding.section
            print_result(f"\n{section}")
        mark = {True: "✓", False: "✗", None: " "}[finding.ok]
        print_result(f"  {mark} {clean_line(finding.name):<14} {clean_line(finding.says)}")
    print_result(f"\nNext: {step}")
