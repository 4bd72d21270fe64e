"""The command line: arguments become a plan, and the plan becomes the app or a headless command."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from mcp_tui import __version__
from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.workbench.home import Home
from mcp_tui.workbench.plan import Plan, find_servers

ABOUT = """\
Look inside MCP servers from a terminal, and chat with a model that may use their tools.
Nothing runs before you say yes.

  mcp-tui                        the servers of your configuration
  mcp-tui demo                   a demo server and a scripted model, no network, no key
  mcp-tui -- CMD ARG…            one local server
  mcp-tui https://host/mcp       one server at an address
  mcp-tui --config FILE          the servers of a file (mcpServers or servers)
"""
LISTS = {kind.group.lower(): kind for kind in Kind}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; the return value is the exit code."""
    words, command = _split(list(sys.argv[1:] if argv is None else argv))
    options = _parser().parse_args(words)
    try:
        return _run(options, command)
    except McpTuiError as error:
        from mcp_tui.headless.output import exit_for, say_error

        say_error(error)
        return exit_for(error)
    except KeyboardInterrupt:
        from mcp_tui.headless.output import Exit

        return Exit.INTERRUPTED
    except BrokenPipeError:  # the reader of our output left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _split(argv: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """What stands before `--`, and the server's command after it; a lone address becomes `--url`."""
    command: tuple[str, ...] = ()
    if "--" in argv:
        at = argv.index("--")
        argv, command = argv[:at], tuple(argv[at + 1 :])
        if not command:
            _parser().error("after -- comes the command of a server")
    if argv and argv[0].startswith(("http://", "https://")):
        argv = ["--url", *argv]
    return argv, command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mcp-tui", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"mcp-tui {__version__}")
    where = argparse.ArgumentParser(add_help=False)
    for target in (parser, where):
        default: dict[str, Any] = {"default": argparse.SUPPRESS} if target is where else {}
        target.add_argument("--config", metavar="FILE", help="servers from this file", **default)
        target.add_argument("--server", metavar="NAME", help="only this server", **default)
        target.add_argument("--url", metavar="URL", help="one server at this address", **default)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    def add(name: str, about: str, json_too: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about, parents=[where])
        if json_too:
            sub.add_argument("--json", action="store_true", help="print JSON")
        return sub

    add("demo", "the bundled demo server and scripted model", json_too=False)
    for group in LISTS:
        add(group, f"list the {group}")
    call = add("call", "call one tool")
    call.add_argument("tool", metavar="TOOL", help="TOOL or SERVER/TOOL")
    call.add_argument("pairs", metavar="key=value", nargs="*", help="arguments")
    call.add_argument("--args", metavar="JSON", help="all arguments as one JSON object")
    call.add_argument("--allow", action="store_true", help="also run what its server calls destructive")
    prompt = add("prompt", "print a prompt's messages")
    prompt.add_argument("name", metavar="NAME")
    prompt.add_argument("pairs", metavar="key=value", nargs="*")
    read = add("read", "print a resource")
    read.add_argument("uri", metavar="URI")
    ask = add("ask", "one chat turn")
    ask.add_argument("text", metavar="TEXT")
    ask.add_argument("--allow", metavar="RULE", action="append", default=[], help="TOOL, SERVER/TOOL or SERVER/*")
    _add_permissions(add("permissions", "what is remembered: list it, explain an answer, revoke"))
    audit = add("audit", "what was asked for, what was decided, and what came of it")
    audit.add_argument("--last", metavar="N", type=int, default=50, help="so many acts, 50 by default")
    add("sign-out", "forget a server's sign-in").add_argument("name", metavar="SERVER")
    add("doctor", "what was found, and what to type next")
    return parser


def _add_permissions(permissions: argparse.ArgumentParser) -> None:
    acts = permissions.add_subparsers(dest="act", metavar="ACT", title="acts")

    def add(name: str, about: str) -> argparse.ArgumentParser:
        sub = acts.add_parser(name, help=about, description=about)
        for where in ("config", "server", "url"):
            sub.add_argument(f"--{where}", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
        return sub

    add("list", "every rule that is kept")
    explain = add("explain", "which rule answers a call, and why; nothing is called")
    explain.add_argument("tool", metavar="TOOL", help="TOOL or SERVER/TOOL")
    explain.add_argument("arguments", metavar="ARGS", nargs="*", help="key=value, or one JSON object")
    explain.add_argument("--for", dest="who", choices=["model", "form", "command"], default="model", help="who calls")
    accept = add("accept", "accept what a server says to models, as it is now")
    accept.add_argument("name", metavar="NAME", help="SERVER, or SERVER/TOOL")
    add("revoke", "forget a rule").add_argument("id", metavar="ID", help="the beginning of its id is enough")


def _run(options: argparse.Namespace, command: tuple[str, ...]) -> int:
    plan = Plan(
        demo=options.command == "demo",
        command=command,
        url=options.url or "",
        config=options.config or "",
        only=options.server or "",
    )
    home = Home.open(os.environ, demo=plan.demo)
    found = find_servers(plan, home, Path.cwd())
    home.warnings += found.warnings
    if options.command in (None, "demo"):
        return _app(home, plan, found.specs)
    from mcp_tui.headless.ending import ended_in_order
    from mcp_tui.headless.output import say

    for warning in home.warnings:
        say(f"mcp-tui: {warning}")
    return asyncio.run(ended_in_order(_headless(options, home, found.specs)))


def _headless(options: argparse.Namespace, home: Home, specs: Sequence[Any]) -> Coroutine[Any, Any, int]:
    from mcp_tui.headless import ask, audit, doctor, items, permissions, sign_out

    match options.command:
        case "call":
            return items.call(
                home, specs, options.tool, options.pairs, options.args, options.json, allowed=options.allow
            )
        case "prompt":
            return items.prompt(home, specs, options.name, options.pairs, options.json)
        case "read":
            return items.read(home, specs, options.uri, options.json)
        case "ask":
            return ask.ask(home, specs, options.text, options.json, options.allow)
        case "permissions":
            match options.act:
                case "explain":
                    return permissions.explain(home, specs, options.tool, options.arguments, options.who, options.json)
                case "accept":
                    return permissions.accept(home, specs, options.name, options.json)
                case "revoke":
                    return permissions.revoke(home, options.id, options.json)
                case _:
                    return permissions.list_rules(home, specs, options.json)
        case "audit":
            return audit.audit(home, max(0, options.last), options.json)
        case "sign-out":
            return sign_out.sign_out(home, specs, options.name, options.json)
        case "doctor":
            return doctor.doctor(home, specs, options.json)
        case group:
            return items.list_items(home, specs, LISTS[group], options.json)


def _app(home: Home, plan: Plan, specs: Sequence[Any]) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("mcp-tui: the app needs a terminal; see mcp-tui --help for commands that do not", file=sys.stderr)
        return 2
    gc.disable()  # nothing that loads is garbage; the app turns it on once it is up
    from mcp_tui.ui.app import McpTuiApp

    def make_bench(asker: Any, asks: Any) -> Any:
        from mcp_tui.workbench.bench import Workbench

        return Workbench(home, specs, asker=asker, asks=asks, sign_in=asks)

    app = McpTuiApp(
        make_bench,
        servers=[spec.name for spec in specs],
        theme=home.settings.theme,
        welcome=not specs and plan == Plan(),
    )
    code = app.run()
    gc.freeze()  # else the end of the interpreter walks through everything that was loaded, for half a second
    if app.crash is not None:
        log = home.write_failure(app.crash)
        print(f"mcp-tui stopped: {type(app.crash).__name__}. What happened is in {log}", file=sys.stderr)
        return 1
    return code or 0
