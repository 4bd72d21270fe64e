"""What the command line asked for, and which servers that means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from mcp_tui.domain.errors import UsageError
from mcp_tui.domain.servers import HttpSpec, ServerSpec, StdioSpec, free_name, name_from_command, name_from_url
from mcp_tui.storage.servers_file import env_server, load_servers, project_servers
from mcp_tui.workbench.home import Home

COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the servers come from; at most one of `demo`, `command`, `url` and `config` is set."""

    demo: bool = False
    command: tuple[str, ...] = ()
    url: str = ""
    config: str = ""
    only: str = ""
    """Just the server of this name."""


@dataclass(frozen=True, slots=True)
class Found:
    """The servers that a plan means, and what to tell about their files."""

    specs: tuple[ServerSpec, ...]
    warnings: tuple[str, ...] = ()


def find_servers(plan: Plan, home: Home, folder: Path) -> Found:
    """The servers of a plan. Raises ConfigError for a broken file, UsageError for an unknown `only`."""
    found = _all(plan, home, folder)
    if not plan.only:
        return found
    specs = tuple(replace(spec, enabled=True) for spec in found.specs if spec.name == plan.only)
    if not specs:
        known = ", ".join(spec.name for spec in found.specs) or "none is configured"
        raise UsageError(f"there is no server {plan.only}", subject=plan.only, hint=f"servers: {known}")
    return Found(specs, found.warnings)


def _all(plan: Plan, home: Home, folder: Path) -> Found:
    if plan.demo:
        from mcp_tui.workbench.demo import demo_server

        return Found((demo_server(),))
    if plan.command:
        command, *args = plan.command
        name = name_from_command(command, tuple(args))
        return Found((StdioSpec(name, command, tuple(args), origin=COMMAND_LINE),))
    if plan.url:
        return Found((HttpSpec(name_from_url(plan.url), plan.url, origin=COMMAND_LINE),))
    if plan.config:
        home.servers_file = Path(plan.config)
        file = load_servers(home.servers_file, environ=home.environ, must_exist=True)
        return Found(tuple(file.specs), tuple(file.warnings))
    file = load_servers(home.servers_file, environ=home.environ)
    specs, warnings = list(file.specs), list(file.warnings)
    if (spec := env_server(home.environ)) is not None:
        name = free_name(spec.name, [each.name for each in specs])
        if name != spec.name:
            warnings.append(f"the server of MCP_SERVER_CMD is called {name}: {spec.name} is one of yours")
        specs.append(replace(spec, name=name))
    project = project_servers(folder, home.environ, home.rules.consented)
    home.consent_hashes, home.project_entries = dict(project.hashes), dict(project.entries)
    warnings += project.warnings
    names = {spec.name for spec in specs}
    specs += [spec for spec in project.specs if spec.name not in names]
    return Found(tuple(specs), tuple(warnings))
