"""One headless run: a workbench whose servers have settled, and what could not be reached."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.errors import UsageError
from mcp_tui.domain.permission import Initiator, rule_about
from mcp_tui.domain.rules import Effect, Origin, Scope
from mcp_tui.domain.servers import ServerSpec, ServerState
from mcp_tui.headless.asker import asker
from mcp_tui.headless.output import Exit, say
from mcp_tui.headless.server_asks import TerminalAsks
from mcp_tui.headless.sign_in import sign_in_asks
from mcp_tui.headless.terminal import terminal
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.consent import asked_about, what_would_run
from mcp_tui.workbench.home import Home

UNABLE = (ServerState.FAILED, ServerState.LOST, ServerState.CONSENT)


@asynccontextmanager
async def settled(home: Home, specs: Sequence[ServerSpec], *, looks_only: bool = False) -> AsyncGenerator[Workbench]:
    """A workbench with every server ready or given up on; closed afterwards, whatever happens.

    One that only looks leaves nothing behind.
    """
    here = terminal()
    person = asker(here)
    asks = TerminalAsks(here) if here and not looks_only else None
    bench = Workbench(home, specs, asker=person, asks=asks, sign_in=sign_in_asks(here))
    if asks:
        asks.models = bench.models
    bench.pinned.remembers &= not looks_only
    bench.results.reader = bench.reviews.reviewer = person
    try:
        bench.start()
        await bench.hub.wait_settled()
        await bench.reviews.met()
        _ = bench.gate.rules  # read now, so that what is wrong with them is said
        for warning in home.rules.warnings:
            say(f"mcp-tui: {warning}")
        yield bench
    finally:
        await bench.aclose()


def only_needed(specs: Sequence[ServerSpec], name: str) -> list[ServerSpec]:
    """For `SERVER/ITEM` just that server, else all: a name without a server may be anywhere."""
    server, slash, _ = name.partition("/")
    named = [spec for spec in specs if slash and spec.name == server]
    return named or list(specs)


def report_unreachable(bench: Workbench) -> Exit:
    """Say on stderr which servers are not there and why; the exit code that this means."""
    worst = Exit.OK
    for name in bench.hub.names:
        status = bench.hub.status(name)
        if status.state not in UNABLE:
            continue
        if status.state is ServerState.CONSENT:
            _refuse_consent(bench, bench.hub.spec(name))
            worst = max(worst, Exit.DENIED)
            continue
        say(f"mcp-tui: {name}: {status.reason or status.state.value}")
        for line in bench.hub.stderr(name)[-5:]:
            say(f"  stderr: {line}")
        if status.hint:
            say(f"  {status.hint}")
        worst = max(worst, Exit.AUTHORIZATION if status.phase == "authorization" else Exit.UNREACHABLE)
    return worst


def _refuse_consent(bench: Workbench, spec: ServerSpec) -> None:
    """Nobody can agree to a project's server here: say what it would run, and where to agree."""
    if bench.pinned.remembers:  # who only looks leaves nothing behind
        about = asked_about(spec, bench.home)
        bench.audit.noted("consent", spec.name, "", "refused", why="only the app asks", **about)
    say(f"mcp-tui: {spec.name} needs your consent, and is not started")
    for name, value in what_would_run(spec):
        say(f"  {name}: {value}")
    say("  To agree, open mcp-tui in this folder and choose the server in the Explorer.")


def allow(bench: Workbench, patterns: Sequence[str], initiator: Initiator) -> None:
    """Turn `--allow` rules (TOOL, SERVER/TOOL, SERVER/*) into rules of this session, for that initiator alone.

    Raises UsageError for one that matches nothing: a rule that silently matches nothing helps nobody.
    """
    tools = [item for item in bench.items() if isinstance(item, Tool)]
    for pattern in patterns:
        matching = [tool for tool in tools if matches(pattern, tool)]
        if not matching:
            raise UsageError(f"--allow {pattern} matches no tool", subject=pattern, hint="mcp-tui tools lists them")
        for tool in matching:
            if tool.wants_question:
                say(f"mcp-tui: {tool.server}/{tool.name} demands a question every time: --allow does not count for it")
            request = bench.request(tool, {}, initiator)
            rule = rule_about(request, Effect.ALLOW, Scope.TOOL, "session", Origin.FLAG, time.time())
            bench.gate.add(rule)


def matches(pattern: str, tool: Tool) -> bool:
    """Whether an `--allow` pattern means this tool."""
    return pattern in (tool.name, f"{tool.server}/{tool.name}", f"{tool.server}/*")
