"""The kinds of broken servers: how each is provoked, what the user sees of it, and within how many seconds.

`python -m tests.broken.kinds` prints the table that stands in the README beside this file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from mcp_tui.domain.catalog import Kind as ListKind
from mcp_tui.domain.errors import ServerError
from mcp_tui.domain.servers import HttpSpec, ServerState, StdioSpec
from mcp_tui.domain.text import clean_line, shorten
from mcp_tui.servers.hub import Hub
from tests.broken.http_server import broken_http

SERVER = str(Path(__file__).parent / "server.py")
FAST = ("-I", "-S")
"""Python without site packages starts in a few milliseconds."""
HANDSHAKE = 1.5
"""Seconds that these servers have for it; a user's have 20."""
CALL = 1.0
"""Seconds for a call that is never answered."""
Provoke = Callable[[Hub, str], Awaitable[str]]
"""Do to a server that is being started what brings out its fault; gives all that the user is told, as one text."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One kind."""

    name: str
    what: str
    """What the server does."""
    provoke: Provoke
    sees: tuple[str, ...]
    """What the user is told, among other words."""
    within: float
    """Seconds from its start, or from the call that brings out the fault, until the user is told."""
    connect_timeout: float = HANDSHAKE
    call_timeout: float | None = None
    loud: bool = False
    """It takes what the processor gives: its own seconds are measured with nobody beside it but the good servers."""

    @property
    def is_http(self) -> bool:
        return self.name.startswith("http-") or self.is_sse

    @property
    def is_sse(self) -> bool:
        return self.name.startswith("sse-")


def stdio(name: str, *args: str, **more: float) -> StdioSpec:
    """A server of `server.py`; "good" is one without faults."""
    return StdioSpec(name, sys.executable, (*FAST, SERVER, name, *args), connect_timeout=more.get("timeout", HANDSHAKE))


# -- how a fault is brought out ----------------------------------------------------------------------------


def status(hub: Hub, name: str) -> str:
    """What stands on the server's page."""
    now = hub.status(name)
    catalog = hub.catalog(name)
    told = [now.state.value, now.short, now.reason, now.hint]
    for kind, listing in ((kind, catalog.listings[kind]) for kind in ListKind if kind in catalog.listings):
        told += [listing.error, listing.note]
        told += [f"{len(listing.items)} {kind.value}"] if listing.items else []
    told += [f"{tool.description}" for tool in catalog.tools[:1]]
    told += [f"{count} {what} left out" for what, count in hub.left_out(name).items()]
    return " | ".join(clean_line(part) for part in told if part)


async def connect(hub: Hub, name: str) -> str:
    await hub.wait_settled([name])
    return status(hub, name)


async def call(hub: Hub, name: str, timeout: float = CALL) -> str:
    """Its tool is called, which may fail, and it is seen how the server does after that."""
    await hub.wait_settled([name])
    try:
        result = await hub.call_tool(name, "echo", {}, timeout=timeout)
    except ServerError as error:
        told = f"{type(error).__name__}: {error}"
    else:
        fits = f"does not conform: {result.complaint}" if result.conforms is False else ""
        told = f"answered {shorten(result.text, 40)} ({len(result.text)} characters) {fits}"
    return f"{told} | {status(hub, name)}"


async def call_patiently(hub: Hub, name: str) -> str:
    return await call(hub, name, 10.0)


async def ask(hub: Hub, name: str, what: Callable[[], Awaitable[object]]) -> str:
    """Something else is asked of it than a call."""
    await hub.wait_settled([name])
    try:
        told = f"answered {await what()}"
    except ServerError as error:
        told = f"{type(error).__name__}: {error} | {error.hint}"
    return f"{told} | {status(hub, name)}"


async def read(hub: Hub, name: str) -> str:
    return await ask(hub, name, lambda: hub.read_resource(name, "broken://a"))


async def prompt(hub: Hub, name: str) -> str:
    return await ask(hub, name, lambda: hub.get_prompt(name, "greet", {}))


async def until(true: Callable[[], object]) -> None:
    while not true():  # noqa: ASYNC110 (who waits is a test, bounded by its kind's seconds)
        await asyncio.sleep(0.01)


async def call_and_come_back(hub: Hub, name: str) -> str:
    """The call that ends the server; it comes back by itself, and what was seen meanwhile is told."""
    await hub.wait_settled([name])
    before = hub.info(name)
    told = await call(hub, name)
    return f"{told} | {await _lost_and_found(hub, name, before.pid if before else None)}"


async def kill(hub: Hub, name: str) -> str:
    await hub.wait_settled([name])
    before = hub.info(name)
    assert before is not None and before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    return await _lost_and_found(hub, name, before.pid)


async def _lost_and_found(hub: Hub, name: str, pid: int | None) -> str:
    await until(lambda: hub.status(name).exit_code is not None)
    told = status(hub, name)
    await until(lambda: hub.status(name).state is ServerState.READY and (now := hub.info(name)) and now.pid != pid)
    return f"{told} | then {status(hub, name)}"


async def call_twice(hub: Hub, name: str) -> str:
    """The first call finds the connection gone, the second one a new one."""
    first = await call(hub, name)
    await until(lambda: hub.status(name).state is not ServerState.READY)
    await until(lambda: hub.status(name).state is ServerState.READY)
    return f"{first} | then {await call(hub, name)}"


async def change_tools(hub: Hub, name: str) -> str:
    await call(hub, name)
    await until(lambda: len(hub.catalog(name).tools) > 2)
    return status(hub, name)


async def change_itself(hub: Hub, name: str) -> str:
    await hub.wait_settled([name])
    before = hub.info(name)
    await hub.reconnect(name)
    await hub.wait_settled([name])
    after = hub.info(name)
    assert before is not None and after is not None
    return f"{before.name} {before.protocol} | then {after.name} {after.protocol} | {status(hub, name)}"


async def close(hub: Hub, name: str) -> str:
    await hub.wait_settled([name])
    await hub.switch(name, False)
    return status(hub, name)


# -- the kinds ---------------------------------------------------------------------------------------------

ENDED, USED = "The program ended before it answered.", "The program ended while it was in use."
UNHEARD = "The program started but did not answer within"
UNANSWERED = ("RequestTimedOut", "did not answer within 1.0 s")
STDIO = (
    Broken("exits", "ends at once", connect, ("failed", "exited 1", ENDED, "fatal: missing API key"), 2),
    Broken("silent", "never says anything", connect, ("failed", "no answer", UNHEARD), 3),
    Broken("half-a-line", "half a reply, then it exits", connect, ("failed", "exited 0", ENDED), 2),
    Broken("half-a-line-hangs", "half a reply, then nothing", connect, ("failed", "no answer", UNHEARD), 3),
    Broken(
        "closes-stdin", "closes its input, lives on", connect, ("failed", "no input", "closed its input", "kept"), 2
    ),
    Broken(
        "closes-stdout", "closes its output, lives on", connect, ("failed", "no output", "closed its output", "kept"), 2
    ),
    Broken("bad-version", "speaks the protocol of 1999", connect, ("failed", "version", "1999-01-01"), 2),
    Broken("initialize-error", "refuses the handshake", connect, ("failed", "refused", "the database is asleep"), 2),
    Broken(
        "ignores-discover", "never answers what it does not know", connect, ("ready", "1 tool"), 4, connect_timeout=3
    ),
    Broken("garbage", "prints banners between its messages", call, ("answered {}", "ready"), 2),
    Broken("duplicates", "answers everything twice", call, ("answered {}", "ready"), 2),
    Broken("latin1", "sends bytes that are no UTF-8", call, ("answered {}", "ready", "(caf\ufffd)"), 2),
    Broken("stderr-flood", "20 MB of standard error", call, ("answered {}", "ready"), 3, loud=True),
    Broken("endless-cursor", "a list without an end", connect, ("ready", "100 tool", "more than 100 pages"), 3),
    Broken("many-tools", "10,000 tools", connect, ("ready", "10000 tool"), 4),
    Broken("repeated-cursor", "a list that goes round", connect, ("ready", "repeats its cursor"), 2),
    Broken("list-error", "cannot list its tools", connect, ("degraded", "the tools are on holiday"), 2),
    Broken("list-no-list", "its list of tools is a text", connect, ("degraded", "holds no list of tools"), 2),
    Broken(
        "no-schema", "tools without a schema", connect, ("ready", "1 tool", "2 left out", "needs an inputSchema"), 1
    ),
    Broken("changes-tools", "other definitions in each list", change_tools, ("ready", "3 tool", "Changed 2 times"), 2),
    Broken(
        "changes-itself", "another name and version at each start", change_itself, ("first", "then changed", "ready"), 2
    ),
    Broken("never-answers", "never answers a call", call, ("did not answer within 1.0 s", "ready"), 2),
    Broken("silent-read", "never answers a read", read, (*UNANSWERED, '"call_timeout"', "ready"), 2, call_timeout=CALL),
    Broken("silent-prompt", "never gives a prompt", prompt, (*UNANSWERED, "ready"), 2, call_timeout=CALL),
    Broken("wrong-ids", "answers under other ids", call, ("did not answer within 1.0 s", "ready"), 2),
    Broken("no-result", "a reply with neither result nor error", call, ("no readable JSON", "ready"), 2),
    Broken("half-a-reply", "half a result, then it exits", call_and_come_back, ("ServerLost", "exited 0", "then"), 2),
    Broken(
        "dies-in-call",
        "dies while it is called",
        call_and_come_back,
        ("ServerLost", "went away before it answered", "lost", "exited 9", USED, "Segmentation fault", "then ready"),
        2,
    ),
    Broken("killed", "kill -9 while idle", kill, ("lost", "killed", "SIGKILL", "then ready"), 2),
    Broken("breaks-schema", "breaks the schema it promised", call, ("answered three", "does not conform", "ready"), 2),
    Broken("deep-content", "an object 180 deep", call, ("answered deep", "ready"), 2),
    Broken("deep", "JSON a million deep", call_patiently, ("no readable JSON", "ready"), 2, loud=True),
    Broken(
        "50-mb", "a result of 50 MB", call_patiently, ("answered xxx", "50000000 characters", "ready"), 5, loud=True
    ),
    Broken(
        "flood",
        "5,000 notifications at once",
        call_patiently,
        ("answered {}", "ready", "notices left out", "earlier frames left out"),
        20,
        loud=True,
    ),
    Broken("asks-a-lot", "30 questions at once", call_patiently, ("answered 30 refused", "ready"), 2),
    Broken("ignores-sigterm", "neither its input's end nor SIGTERM ends it", close, ("off",), 2),
)
HTTP = (
    Broken("http-refused", "nobody listens", connect, ("failed", "no connection", "Nothing answers at"), 2),
    Broken("http-reset", "resets every connection", connect, ("failed", "no connection", "broke"), 2),
    Broken("http-401", "wants credentials", connect, ("failed", "HTTP 401", "wants credentials", "realm="), 2),
    Broken("http-403", "refuses credentials", connect, ("failed", "HTTP 403", "refuses these credentials"), 2),
    Broken("http-404", "another path", connect, ("failed", "HTTP 404", "no MCP server at", "ends in /mcp"), 2),
    Broken("http-500", "is in trouble", connect, ("failed", "HTTP 500", "The server is in trouble"), 2),
    Broken("http-html", "a web page", connect, ("failed", "web page", "not an MCP server"), 2),
    Broken("http-garbage", "says JSON, sends none", connect, ("failed", "refused", "Failed to parse JSON"), 2),
    Broken("http-redirect", "points to another host", connect, ("failed", "HTTP 307", "points elsewhere"), 2),
    Broken("http-slow", "a byte every 10 ms", call_patiently, ("answered {}", "ready"), 4),
    Broken("http-endless", "a stream that never comes to the answer", call, ("did not answer within", "ready"), 3),
    Broken("http-cut", "ends within a result", call, ("ServerLost", "went away before it answered"), 2),
    Broken(
        "http-forgets",
        "forgets its session",
        call_twice,
        ("ServerLost", "went away before it answered", "then answered {}", "ready"),
        3,
    ),
    Broken("sse-post-refused", "refuses messages of HTTP+SSE", call, ("RequestFailed", "(HTTP 500)", "ready"), 2),
    Broken(
        "sse-reset",
        "resets a message's connection",
        call_twice,
        ("ServerLost", "went away before it answered", "then answered {}", "ready"),
        3,
    ),
)
KINDS = (*STDIO, *HTTP)


async def seen(hub: Hub, kind: Broken, folder: Path, crowd: asyncio.Semaphore) -> tuple[str, float]:
    """What a user is told of one kind, and after how many seconds; it is removed after that."""
    async with crowd, contextlib.AsyncExitStack() as stack:
        if kind.is_http:
            url = await stack.enter_async_context(broken_http(kind.name))
            spec = HttpSpec(kind.name, url, sse=kind.is_sse)
        else:
            spec = stdio(kind.name, str(folder / kind.name))
        spec = replace(spec, connect_timeout=kind.connect_timeout, call_timeout=kind.call_timeout)
        began = time.perf_counter()
        hub.add(spec)
        try:
            async with asyncio.timeout(40):
                told = await kind.provoke(hub, kind.name)
        except (AssertionError, TimeoutError) as error:
            told = f"(nothing: {error!r}) {status(hub, kind.name)}"
        took = time.perf_counter() - began
        await hub.remove(kind.name)
    return told, took


def table() -> str:
    """The kinds for the README."""
    rows = [
        f"| `{kind.name}` | {kind.what} | {', '.join(f'“{word}”' for word in kind.sees)} | {kind.within:g} |"
        for kind in KINDS
    ]
    return "\n".join(["| Kind | The server | The user sees | Seconds, at most |", "|---|---|---|---:|", *rows])


if __name__ == "__main__":
    print(table())
