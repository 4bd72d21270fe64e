"""What the Explorer's rows say: servers, their groups and items as data, narrowed by a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcp_tui.domain.catalog import Item, Kind, Tool
from mcp_tui.domain.pins import Standing
from mcp_tui.domain.servers import AWAY, ServerState
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.refs import Ref, ref_to
from mcp_tui.ui.widgets.status_bar import STATE_MARKS

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

ICONS = {Kind.TOOL: "ƒ", Kind.PROMPT: "¶", Kind.RESOURCE: "◆", Kind.TEMPLATE: "◇"}
"""One icon for each kind of item; every place that names an item uses it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree. Texts are cleaned; roles are names of the Explorer's component classes."""

    ref: Ref
    name: str
    icon: str = ""
    icon_role: str = "quiet"
    role: str = ""
    """How the name is drawn: "" plain, "name" bold, else a role."""
    note: str = ""
    folds: bool = False


def item_name(item: Item) -> str:
    """What an item is called on the screen: a tool's or prompt's name, a resource's name or else its URI."""
    return clean_line(item.name) or clean_line(item.key)


class Outline:
    """The rows as they are now. Cheap to make; a filter is matched once, against everything on every server."""

    def __init__(self, bench: Workbench, query: str = "") -> None:
        self.names: list[str] = bench.hub.names
        self._bench = bench
        self._words = query.lower().split()
        self._found: dict[tuple[str, Kind], list[Item]] = {}
        self.best: Ref | None = None
        """The item that fits the filter best."""
        self.matches = 0
        if self._words:
            self._match()

    @property
    def is_filtered(self) -> bool:
        return bool(self._words)

    @property
    def is_empty(self) -> bool:
        """Whether no server is shown. It asks no server, which may be removed since."""
        return not any(self._shows_server(name) for name in self.names)

    def servers(self) -> list[Row]:
        names = [name for name in self.names if self._shows_server(name)]
        return [self._server(name) for name in names]

    def groups(self, server: str) -> list[Row]:
        """The four groups of a server that is there, always all four; with a filter those with a match."""
        if not self._has_catalog(server):
            return []
        kinds = [kind for kind in Kind if not self._words or (server, kind) in self._found]
        return [self._group(server, kind) for kind in kinds]

    def items(self, server: str, kind: Kind) -> list[Row]:
        """A group's items, and after them why there are no more."""
        listing = self._bench.hub.catalog(server)[kind]
        if self._words:
            return [self._item(item) for item in self._found.get((server, kind), [])]
        rows = [self._item(item) for item in listing.items]
        group = Ref(server, kind)
        if listing.error:
            rows.append(Row(group, "could not be listed", "✗", "bad", "bad"))
        elif listing.note:
            rows.append(Row(group, clean_line(listing.note), "△", "warn", "quiet"))
        return rows

    def _server(self, name: str) -> Row:
        status = self._bench.hub.status(name)
        icon, role = STATE_MARKS[status.state]
        if status.state is ServerState.READY:
            info = self._bench.hub.info(name)
            note = clean_line(info.version) if info else ""
        else:
            note = clean_line(status.short) or status.state.value
        return Row(Ref(name), clean_line(name), icon, role.removeprefix("$"), "name", note, self._has_catalog(name))

    def _group(self, server: str, kind: Kind) -> Row:
        catalog = self._bench.hub.catalog(server)
        if not catalog.listings:
            return Row(Ref(server, kind), kind.group, role="quiet", note="…")
        listing = catalog[kind]
        found = self._found.get((server, kind), [])
        count = len(found) if self._words else len(listing.items)
        note = "✗" if listing.error and not count else str(count)
        return Row(Ref(server, kind), kind.group, role="quiet", note=note, folds=bool(count or listing.error))

    def _item(self, item: Item) -> Row:
        if not isinstance(item, Tool):
            return Row(ref_to(item), item_name(item), ICONS[item.kind])
        if self._bench.is_withheld(item):
            return Row(ref_to(item), item_name(item), "□", "faint", "faint")
        if (standing := self._bench.pinned.standing(item)) is not Standing.SAME:
            return Row(ref_to(item), item_name(item), "△", "warn", note=standing.value)
        return Row(ref_to(item), item_name(item), "■")

    def _has_catalog(self, server: str) -> bool:
        state = self._bench.hub.status(server).state
        able = state in (ServerState.READY, ServerState.DEGRADED)
        return able or (state not in AWAY and any(True for _ in self._bench.hub.catalog(server)))

    def _shows_server(self, name: str) -> bool:
        return not self._words or any(server == name for server, _ in self._found) or fits(self._words, name, "") > 0

    def _match(self) -> None:
        best = 0
        for item in self._bench.items():
            name = item.name or item.key
            score = fits(self._words, name, f"{item.title} {item.description}")
            if score:
                self._found.setdefault((item.server, item.kind), []).append(item)
                self.matches += 1
            if score > best:
                best, self.best = score, ref_to(item)


def fits(words: list[str], name: str, about: str) -> int:
    """How well lower-case `words` fit an item: 0 not at all, up to 5 for its very name.

    Each word must be in the name, as letters in order, or somewhere in what is said about the item.
    """
    name = name.lower()
    about = about.lower()
    return min(_fit(word, name, about) for word in words)


def _fit(word: str, name: str, about: str) -> int:
    if word in name:
        return 5 if word == name else 4 if name.startswith(word) else 3
    if word in about:
        return 1
    letters = iter(name)
    return 2 if all(letter in letters for letter in word) else 0
