"""Pointing at things: which server, group or item a pane is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcp_tui.domain.catalog import Item, Kind

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench


@dataclass(frozen=True, slots=True)
class Ref:
    """A server (`kind` None), one of its groups (`key` ""), or one item. It may point at something that has gone."""

    server: str
    kind: Kind | None = None
    key: str = ""

    @property
    def is_server(self) -> bool:
        return self.kind is None

    @property
    def is_item(self) -> bool:
        return self.kind is not None and bool(self.key)


def ref_to(item: Item) -> Ref:
    """The reference to an item."""
    return Ref(item.server, item.kind, item.key)


def find(bench: Workbench, ref: Ref) -> Item | None:
    """The item as its server defines it now, or None when it (or its server) has gone."""
    if ref.kind is None or ref.server not in bench.hub.names:
        return None
    return next((item for item in bench.hub.catalog(ref.server)[ref.kind].items if item.key == ref.key), None)
