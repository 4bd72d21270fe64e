"""Reads all that a server offers: every page of every list, as much of it as can be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.catalog import Catalog, Item, Kind, Listing, Tool
from mcp_tui.domain.errors import RequestFailed, ServerError, ServerLost
from mcp_tui.domain.limits import ITEMS, PAGES
from mcp_tui.domain.text import shorten
from mcp_tui.servers import convert
from mcp_tui.servers.link import Link

if TYPE_CHECKING:
    from mcp import Client

LIST_TIMEOUT = 15.0
"""Seconds for one page."""
_METHOD_NOT_FOUND = -32601


@dataclass(frozen=True, slots=True)
class _List:
    """How one kind of thing is asked for and read."""

    kind: Kind
    capability: str
    method: str
    call: str
    """The name of `mcp.Client`'s method."""
    key: str
    read: Callable[[str, Mapping[str, Any]], Item]


_LISTS = (
    _List(Kind.TOOL, "tools", "tools/list", "list_tools", "tools", convert.tool),
    _List(Kind.PROMPT, "prompts", "prompts/list", "list_prompts", "prompts", convert.prompt),
    _List(Kind.RESOURCE, "resources", "resources/list", "list_resources", "resources", convert.resource),
    _List(
        Kind.TEMPLATE,
        "resources",
        "resources/templates/list",
        "list_resource_templates",
        "resourceTemplates",
        convert.template,
    ),
)


async def list_all(server: str, link: Link) -> Catalog:
    """Everything at once. A list that fails is an error in its listing; only ServerLost is raised."""
    wanted = [each for each in _LISTS if getattr(link.client.server_capabilities, each.capability) is not None]
    listings = await asyncio.gather(*(_list(server, link, each) for each in wanted))
    return Catalog(server, {each.kind: listing for each, listing in zip(wanted, listings, strict=True)})


async def _list(server: str, link: Link, what: _List) -> Listing:
    items: list[Item] = []
    broken: list[str] = []
    cursor: str | None = None
    seen: set[str] = set()
    for page in range(1, PAGES + 1):
        try:
            raw = await _page(link, what, cursor)
        except ServerLost:
            raise
        except ServerError as error:
            if what.kind is Kind.TEMPLATE and isinstance(error, RequestFailed) and error.code == _METHOD_NOT_FOUND:
                return Listing()  # many servers have resources and have never heard of templates
            return Listing(tuple(items), error=str(error), note=_note("", broken))
        room = ITEMS - len(items) - len(broken)
        for entry in raw[what.key][:room]:
            try:
                item = what.read(server, entry)
                if isinstance(item, Tool) and link.mirrors_arguments:
                    _check_headers(item)
                _ = item.definition  # hashed page by page: all of them at once would hold up the screen
                items.append(item)
            except AttributeError:
                broken.append("not an object")
            except ValueError as error:
                broken.append(str(error))
        if len(raw[what.key]) > room:
            return Listing(tuple(items), note=_note(f"more than {ITEMS:,} items: stopped there", broken))
        cursor = raw.get("nextCursor")
        if not isinstance(cursor, str):
            return Listing(tuple(items), note=_note("", broken), **_cache_hints(raw))
        if cursor in seen:
            stopped = f"the server repeats its cursor: stopped after {page} pages"
            return Listing(tuple(items), note=_note(stopped, broken))
        seen.add(cursor)
    return Listing(tuple(items), note=_note(f"more than {PAGES} pages: stopped there", broken))


async def _page(link: Link, what: _List, cursor: str | None) -> dict[str, Any]:
    async def send(client: Client) -> object:
        return await getattr(client, what.call)(cursor=cursor, cache_mode="refresh")

    raw = await link.request(what.method, send, LIST_TIMEOUT)
    if not isinstance(raw.get(what.key), list):
        raise RequestFailed(f"the answer to {what.method} holds no list of {what.key}")
    return raw


def _cache_hints(raw: Mapping[str, Any]) -> dict[str, Any]:
    ttl, scope = raw.get("ttlMs"), raw.get("cacheScope")
    seconds = ttl / 1000 if isinstance(ttl, int | float) and not isinstance(ttl, bool) else None
    return {"ttl": seconds, "scope": scope if isinstance(scope, str) else ""}


def _check_headers(tool: Tool) -> None:
    """Raises ValueError. MCP, basic/transports: over HTTP, such a tool must not be used at all."""
    from mcp.shared.inbound import find_invalid_x_mcp_header

    if reason := find_invalid_x_mcp_header(tool.input_schema):
        raise ValueError(f"{tool.name}: {reason}")


def _note(stopped: str, broken: list[str]) -> str:
    left_out = f"{len(broken)} left out: not as MCP describes them ({shorten(broken[0], 200)})" if broken else ""
    return "; ".join(part for part in (stopped, left_out) if part)
