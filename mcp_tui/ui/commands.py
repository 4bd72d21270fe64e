"""The palette: every tool, prompt, resource, template, server and command, found by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import FuzzySearch

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.permission import Mode
from mcp_tui.domain.servers import ServerState
from mcp_tui.domain.text import clean_line, shorten
from mcp_tui.ui import rule_acts
from mcp_tui.ui.keys import ACTIONS
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.status_bar import STATE_MARKS

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp

MARKS = {Kind.TOOL: "ƒ", Kind.PROMPT: "¶", Kind.RESOURCE: "◆", Kind.TEMPLATE: "◇"}
WIDTH = 66
"""Cells of a line in the palette."""
DISCOVERED = 200
"""Lines shown before anything is typed."""
_SCORES = FuzzySearch()


class Row(NamedTuple):
    """One thing that can be found."""

    mark: str
    name: str
    note: str
    act: Callable[[], Any]


class Commands(Provider):
    """Rows from the workbench and the key table."""

    async def discover(self) -> Hits:
        for number, row in enumerate(self._rows()):
            if number >= DISCOVERED:
                return
            yield DiscoveryHit(_line(row, Content(row.name)), self._attempt(row), row.name)

    async def search(self, query: str) -> Hits:
        """Textual's own search reads a name as markup, and tries every way that letters fit a long one: for ever."""
        for row in self._rows():
            told = f"{row.name} {row.note}"
            if places := _places(query.lower(), told.lower()):
                name = Content(row.name)
                for at in places:
                    name = name.stylize(self.match_style or "", at, at + 1)
                yield Hit(_SCORES.score(told, places), _line(row, name), self._attempt(row), row.name)

    def _attempt(self, row: Row) -> Callable[[], Any]:
        return partial(cast("McpTuiApp", self.app).attempt, row.name, row.act)

    def _rows(self) -> Iterator[Row]:
        app = cast("McpTuiApp", self.app)
        hub = app.bench.hub
        for action in ACTIONS:
            if action.palette:
                act = partial(app.call_later, app.workspace.run_action, action.path)
                yield Row("›", action.about, f"command  {action.shown}", act)
        for name, act in self._app_commands(app):
            yield Row("›", name, "command", act)
        for item in app.bench.items():
            ref = Ref(item.server, item.kind, item.key)
            yield Row(
                MARKS[item.kind],
                clean_line(item.key),
                f"{clean_line(item.server)} · {item.kind.value}",
                partial(app.workspace.open, ref),
            )
        for server in hub.names:
            mark = STATE_MARKS[hub.status(server).state][0]
            yield Row(mark, clean_line(server), "server", partial(app.workspace.open, Ref(server, None, "")))
            for name, note, what in _server_acts(app, server):
                yield Row(mark, name, note, partial(app.workspace.act_on_server, server, what))

    def _app_commands(self, app: McpTuiApp) -> Iterator[tuple[str, Callable[[], Any]]]:
        yield "Add a server", app.action_add_server
        yield "Connect a model", app.action_connect_model
        yield "Permissions: see and revoke", app.action_permissions
        yield "Audit log: what was asked for, decided, and came of it", app.action_audit
        for mode in Mode:
            yield f"Mode {mode.value}", partial(rule_acts.set_mode, app, mode)
        yield "Folders that servers may use (roots)", app.action_roots
        yield "Choose a theme", app.search_themes
        yield "Welcome screen", app.open_welcome


def _server_acts(app: McpTuiApp, server: str) -> Iterator[tuple[str, str, str]]:
    """What can be done to a server: the words, the key that does it too, and its name for ui/server_acts.py."""
    name = clean_line(server)
    is_off = app.bench.hub.status(server).state is ServerState.OFF
    yield f"Start {name} again", "server  r", "reconnect"
    yield f"Edit {name}", "server  e", "edit"
    yield f"Switch {name} {'on' if is_off else 'off'}", "server  x", "switch"
    yield f"What {name} says to models", "server  t", "texts"
    yield f"Log of {name}", "server  l", "log"
    yield f"How much {name} logs", "server  v", "log level"
    if app.bench.signing_in.signed_in(server):
        yield f"Sign out of {name}", "server  o", "sign out"
    yield f"Remove {name}", "server  del", "remove"


def _places(letters: str, text: str) -> Sequence[int]:
    """Where they stand in a text: together, or else one after the other; nowhere when one is missing."""
    if (start := text.find(letters)) >= 0:
        return range(start, start + len(letters))
    places, at = list[int](), -1
    for letter in letters:
        if (at := text.find(letter, at + 1)) < 0:
            return ()
        places.append(at)
    return places


def _line(row: Row, name: Content) -> Content:
    note = shorten(row.note, 30)
    name = name.truncate(WIDTH - len(note) - 4, ellipsis=True)
    left = Content.assemble(row.mark, " ", name)
    gap = WIDTH - left.cell_length - len(note)
    return Content.assemble(left, " " * max(1, gap), (note, "$text-muted"))
