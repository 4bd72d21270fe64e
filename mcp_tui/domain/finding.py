"""The one item of all that servers offer that a person means by a name or an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mcp_tui.domain.catalog import Item, Kind, Template
from mcp_tui.domain.errors import NoSuchItem


def find(items: Iterable[Item], kind: Kind, name: str) -> Item:
    """The one meant by `name` or `SERVER/name`. Raises NoSuchItem, saying what is near."""
    items = [item for item in items if item.kind is kind]
    found = [item for item in items if name in (item.key, f"{item.server}/{item.key}")]
    if len(found) == 1:
        return found[0]
    if found:
        ways = ", ".join(f"{item.server}/{item.key}" for item in found)
        raise NoSuchItem(f"{len(found)} servers have a {kind.value} {name}", subject=name, hint=f"say which: {ways}")
    raise NoSuchItem(f"no server offers a {kind.value} {name}", subject=name, hint=_near(name, items))


def template_for(items: Iterable[Item], uri: str) -> Template | None:
    """A template that an address could have come from: one that begins as the address does."""
    for item in items:
        if isinstance(item, Template):
            start = item.uri_template.partition("{")[0]
            if start and uri.startswith(start):
                return item
    return None


def _near(name: str, items: Sequence[Item]) -> str:
    """A hint that names what the user may have meant."""
    from difflib import get_close_matches

    close = get_close_matches(name.rpartition("/")[2], [item.key for item in items], 3, 0.5)
    return f"did you mean {' or '.join(close)}?" if close else f"there are {len(items)} to choose from"
