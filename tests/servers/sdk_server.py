"""A server made with the SDK (2026-07-28), for the tests. Usage: sdk_server.py [http PORT]"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Annotated

from mcp.server.mcpserver import Context, Elicit, MCPServer, Resolve
from mcp.types import Completion, CompletionArgument
from pydantic import BaseModel

server = MCPServer("modern", version="1.2.3", instructions="be kind")


class Person(BaseModel):
    name: str


def who() -> Elicit[Person]:
    return Elicit("Who are you?", Person)


@server.tool()
def echo(text: str) -> str:
    """Say it again."""
    return text


@server.tool()
async def count(to: int, ctx: Context) -> str:
    """Count, with progress."""
    for at in range(to):
        await ctx.report_progress(at + 1, to, f"at {at + 1}")
    return "done"


@server.tool()
async def greet(person: Annotated[Person, Resolve(who)]) -> str:
    """Ask for a name and greet."""
    return f"hello {person.name}"


@server.tool()
async def change(ctx: Context) -> str:
    """Grow a tool."""

    def grown() -> str:
        return "new"

    server.add_tool(grown)
    await ctx.notify_tools_changed()
    return "changed"


@server.tool()
async def touch(ctx: Context) -> str:
    """Say that the note changed, and log it."""
    await ctx.info("touched")  # pyright: ignore[reportDeprecated] (servers still use it)
    await ctx.notify_resource_updated("demo://note")
    return "touched"


@server.tool()
async def nap(seconds: float) -> str:
    """Be silent for a while."""
    await asyncio.sleep(seconds)
    return "slept well"


@server.tool()
def die() -> str:
    """End the server."""
    os._exit(5)


@server.resource("demo://note", mime_type="text/plain")
def note() -> str:
    """A note."""
    return "hello"


@server.resource("demo://item/{name}")
def item(name: str) -> str:
    """One item."""
    return f"item {name}"


@server.prompt()
def letter(to: str) -> str:
    """A letter."""
    return f"Dear {to}"


@server.completion()
async def suggest(ref: object, argument: CompletionArgument, context: object) -> Completion:
    return Completion(values=[name for name in ("Ada", "Alan", "Grace") if name.startswith(argument.value)])


if __name__ == "__main__":
    if sys.argv[1:2] == ["http"]:
        server.run("streamable-http", port=int(sys.argv[2]))
    else:
        server.run()
