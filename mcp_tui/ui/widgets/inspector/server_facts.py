"""What is shown of what a server says of itself, and of what it was told. All of it is its own claim."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from mcp_tui.domain.catalog import Catalog, Kind
from mcp_tui.domain.servers import ServerInfo
from mcp_tui.domain.text import human_time
from mcp_tui.ui.widgets.pieces import Words, line

SERVER_INFO = "io.modelcontextprotocol/serverInfo"
"""Where a server of the modern era names itself, in `_meta`."""
Rows = list[tuple[Words, Words]]


def claims(info: ServerInfo) -> Rows:
    """Who it says it is."""
    said = _implementation(info.raw)
    rows = [
        ("name", info.name),
        ("title", info.title),
        ("version", info.version),
        ("about", _text(said.get("description"))),
        ("website", _text(said.get("websiteUrl"))),
        ("protocol", f"{info.protocol} ({info.era})" if info.era else info.protocol),
        *(("icon", address) for address in _icons(said.get("icons"))),
    ]
    return [(name, line(value)) for name, value in rows if value]


def abilities(capabilities: Mapping[str, Any]) -> Rows:
    """Each capability with its flags: `resources  listChanged · subscribe`."""
    return [(line(name), line(" · ".join(_flags(value)) or "yes")) for name, value in capabilities.items()]


def cache_hints(catalog: Catalog) -> Rows:
    """How long its lists may be kept, where it says so (MCP 2026-07-28: ttlMs, cacheScope)."""
    rows: Rows = []
    for kind in Kind:
        listing = catalog[kind]
        if listing.ttl is not None or listing.scope:
            kept = "not kept" if not listing.ttl else f"kept {human_time(listing.ttl)}"
            rows.append((kind.group.lower(), line(f"{kept} · {listing.scope}" if listing.scope else kept)))
    return rows


def _flags(value: Any, path: str = "") -> Iterator[str]:
    """The leaves of an object by their paths; what is more than a switch with its value."""
    if isinstance(value, Mapping) and value:
        for name, inner in cast(Mapping[str, Any], value).items():
            yield from _flags(inner, f"{path}.{name}" if path else name)
    elif path:
        is_switch = value is True or value == {}
        yield path if is_switch else f"{path}: {json.dumps(value, ensure_ascii=False)}"


def _implementation(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = raw.get("_meta")
    said = raw.get("serverInfo") or (meta.get(SERVER_INFO) if isinstance(meta, Mapping) else None)
    return cast(Mapping[str, Any], said) if isinstance(said, Mapping) else {}


def _icons(icons: Any) -> Iterator[str]:
    """Their addresses with their sizes; data is named, not shown, and nothing is fetched."""
    for icon in cast(list[Any], icons) if isinstance(icons, list) else []:
        source = _text(cast(Mapping[str, Any], icon).get("src")) if isinstance(icon, Mapping) else ""
        if source.startswith("data:"):
            yield f"{source.partition(',')[0]}, {len(source):,} characters"
        elif source:
            yield source


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
