"""The Details of a tool: what it says of itself, its arguments, and what a model may do with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalGroup
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.catalog import Hints, Tool
from mcp_tui.domain.definition_change import changes
from mcp_tui.domain.permission import Initiator, Mode
from mcp_tui.domain.pins import Standing, pin
from mcp_tui.domain.schema import arguments_table
from mcp_tui.domain.tasks import TaskSupport
from mcp_tui.ui.screens.changes import change_rows
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.messages import CopyRequested
from mcp_tui.ui.widgets.pieces import hints, line, marked, prose, two
from mcp_tui.ui.widgets.said import entry_rows

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

MOST_ARGUMENTS = 100
"""Arguments that Details lists; the form and Raw have all of them."""
TASK_WORDS = {
    TaskSupport.NEVER: "",
    TaskSupport.OPTIONAL: "if you like: ctrl+t",
    TaskSupport.REQUIRED: "always",
}


class ToolDetails(View):
    """What a tool says of itself, and what the model may do with it."""

    DEFAULT_CSS = """
    ToolDetails .arg {
        height: auto; margin-bottom: 1;
        & > .two > .right { max-width: 50%; }
        & > .about { margin: 0; }
    }
    """
    BINDINGS = [Binding("y", "copy", "Copy the name")]
    leads_on_by = frozenset({"enter"})
    """The keys that lead to the form (bursts.py)."""

    def __init__(self, bench: Workbench, tool: Tool) -> None:
        super().__init__()
        self._bench = bench
        self._tool = tool

    def compose(self) -> ComposeResult:
        tool = self._tool
        yield from self._standing()
        if tool.title and tool.title != tool.name:
            yield Static(line(tool.title, "b"))
        yield Static(prose(tool.description or "The server says nothing about it."), classes="gap")
        yield two("[b]The server says[/b]", "not checked")
        yield Static(hint_words(tool.hints), classes="gap")
        yield from self._arguments()
        offered = "□ no, withheld" if self._bench.is_withheld(tool) else "[$foreground]■ yes[/]"
        yield two("[b]Offered to the model[/b]", offered)
        if tool.page:
            yield two("[b]Its own page[/b]", line(tool.page))
            yield Static(hints(u="read it here", b="in the browser"), classes="gap")
        if words := TASK_WORDS[self._bench.tasks.support(tool)]:
            yield two("[b]Runs as a task[/b]", words)
        yield two("[b]When the model asks[/b]", self._when_asked(), "gap")
        space = "offer" if self._bench.is_withheld(tool) else "withhold"
        is_marked = self._bench.permissions.marked(tool) is not None
        if is_marked or self._bench.gate.mode is Mode.READ_ONLY:
            yield two("[b]Read-only, you say[/b]", "■ yes" if is_marked else "□ not marked")
            yield Static(hints(m="take the mark away" if is_marked else "mark it read-only"), classes="gap")
        yield Static(hints(enter="call it", space=space, y="copy"))

    def _standing(self) -> Iterator[Widget]:
        """What changed since it was accepted, or that it is new."""
        pinned = self._bench.pinned
        standing = pinned.standing(self._tool)
        if standing is Standing.SAME:
            return
        how = pinned.how_moved(self._tool.server)
        before, when = pinned.before(self._tool)
        on = f" you accepted it on {time.strftime('%Y-%m-%d', time.localtime(when))}" if before else ""
        words = {
            Standing.NEW: "It is new: models do not get it until you accept it.",
            Standing.CHANGED: f"It changed since{on}. It is not called until you accept it.",
            Standing.MOVED: f"Its server {how} than when you accepted it. It is not called until you do.",
            Standing.UNKNOWN: "What you accepted cannot be read. It is not called until you accept it anew.",
        }
        yield Static(f"[b $warn]△ {words[standing]}[/]", classes="gap")
        if standing is Standing.MOVED:
            yield from entry_rows(*pinned.entries(self._tool.server))
        yield from change_rows(changes(before, pin(self._tool).text))
        yield Static(hints(a="accept it as it is now"), classes="gap")

    def _arguments(self) -> Iterator[Widget]:
        rows = arguments_table(self._tool.input_schema)
        required = sum(row.need == "required" for row in rows)
        count = f"{len(rows)}, {required} required" if required else str(len(rows))
        yield two("[b]Arguments[/b]", count if rows else "none", "gap")
        for row in rows[:MOST_ARGUMENTS]:
            name = marked("[b]$name[/b]  [$quiet]$words[/]", name=row.name, words=row.words)
            about = Static(prose(row.about), classes="about" if row.about else "hidden")
            yield VerticalGroup(two(name, line(row.need)), about, classes="arg")
        if len(rows) > MOST_ARGUMENTS:
            yield Static(f"[$quiet]… {len(rows) - MOST_ARGUMENTS} more, see Raw[/]", classes="gap")

    def _when_asked(self) -> str:
        request = self._bench.request(self._tool, {}, Initiator.MODEL)
        verdict = self._bench.gate.explain(request)
        return {None: "ask me first", False: "denied", True: verdict.why}[verdict.allow]

    def action_copy(self) -> None:
        self.post_message(CopyRequested(self._tool.name))


def hint_words(hints_: Hints) -> Content:
    """The server's claims, each with its shape: `· read-only   ▲ destructive`."""
    said: list[str] = []
    match hints_.read_only, hints_.destructive:
        case True, _:
            said.append("· read-only")
        case _, True:
            said.append("[$bad]▲ destructive[/]")
        case _, False:
            said.append("[$warn]△[/] changes data, destroys none")
        case False, _:
            said.append("[$warn]△[/] changes data")
        case _:
            pass
    if hints_.idempotent is not None and hints_.read_only is not True:
        said.append("· repeatable" if hints_.idempotent else "△ not repeatable")
    elif hints_.idempotent:
        said.append("· repeatable")
    if hints_.open_world is not None:
        said.append("△ reaches the outside world" if hints_.open_world else "· local")
    return Content.from_markup("   ".join(said) if said else "[$quiet]– nothing about what it may do[/]")
