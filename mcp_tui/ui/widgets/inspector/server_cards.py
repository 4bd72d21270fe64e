"""The cards for a server that is not there: why it failed and what to try, or what a project wants to start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.servers import ServerState, StdioSpec
from mcp_tui.ui.screens.consent import consent_rows
from mcp_tui.ui.widgets.inspector.messages import ServerAct
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.inspector.server_words import failure_rows, tries
from mcp_tui.ui.widgets.pieces import Choice, marked, pairs, prose, two
from mcp_tui.workbench.consent import keys_taken

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

LAST_WORDS = 4
"""Lines of stderr on the card."""
WIDTH = 12
"""Cells for the words of an answer."""


class Card(View, can_focus=False):
    """What happened, in a sentence; names and values; and answers, the first one with the focus."""

    ACTS: ClassVar[dict[str, str]] = {}
    """By an answer's key: what it asks of the workspace."""

    DEFAULT_CSS = "Card Choice { height: auto; }"

    def __init__(self, bench: Workbench, server: str) -> None:
        super().__init__()
        self._bench = bench
        self._server = server

    @property
    def home(self) -> Widget:
        return next(iter(self.query(Choice)), self)

    def on_key(self, event: events.Key) -> None:
        if event.key in self.ACTS:
            event.stop()
            self._act(event.key)
        elif event.key in ("up", "down"):
            event.stop()
            choices = list(self.query(Choice))
            here = next((place for place, choice in enumerate(choices) if choice.has_focus), 0)
            choices[(here + (1 if event.key == "down" else -1)) % len(choices)].focus()

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        event.stop()
        self._act(event.choice.key_name)

    def _act(self, key: str) -> None:
        self.post_message(ServerAct(self._server, self.ACTS[key]))


class FailureCard(Card):
    """A server that failed or was lost."""

    ACTS: ClassVar[dict[str, str]] = {"e": "edit", "r": "reconnect", "l": "log", "x": "switch"}

    def compose(self) -> ComposeResult:
        status, spec = self._bench.hub.status(self._server), self._bench.hub.spec(self._server)
        role, happened = ("$warn", "was lost") if status.state is ServerState.LOST else ("$bad", "did not start")
        mark = "○" if status.state is ServerState.LOST else "✗"
        title = marked(f"[b {role}]{mark} $server {happened}[/]", server=self._server)
        yield two(title, tries(status))
        yield Static(prose(status.reason or "It gave no reason.", "$quiet"), classes="gap")
        yield pairs(*failure_rows(spec, status))
        stderr = self._bench.hub.stderr(self._server)
        if stderr:
            yield from _last_words(stderr)
        yield Static("[b]What to try[/b]", classes="gap")
        if status.hint and not (stderr and stderr[-1].strip() in status.hint):
            yield Static(prose(status.hint), classes="gap")
        program = "its command" if isinstance(spec, StdioSpec) else "its address"
        yield Choice("e", "Edit", program, width=WIDTH)
        yield Choice("r", "Start again", "right now", width=WIDTH)
        count = f"{len(stderr)} line{'' if len(stderr) == 1 else 's'}" if stderr else "what it said so far"
        yield Choice("l", "All its log", count, width=WIDTH)
        yield Choice("x", "Leave off", "until you turn it on", width=WIDTH)


class ConsentCard(Card):
    """A server that a project's file wants to start: the exact command, and the way to the question."""

    ACTS: ClassVar[dict[str, str]] = {"a": "consent", "x": "off"}

    def compose(self) -> ComposeResult:
        spec = self._bench.hub.spec(self._server)
        yield Static(marked("[b $warn]$server needs your consent[/]", server=self._server))
        yield from consent_rows(spec, keys_taken(spec, self._bench.home))
        yield Static("[b]Start it?[/b]", classes="gap")
        yield Choice("x", "Leave off", "until you turn it on", width=WIDTH)
        yield Choice("a", "Start it…", "asks once more before anything runs", width=WIDTH)


def _last_words(stderr: list[str]) -> Iterator[Widget]:
    last = stderr[-LAST_WORDS:]
    count = (
        f"{len(last)} of {len(stderr)} lines"
        if len(stderr) > len(last)
        else f"{len(last)} line{'s' * (len(last) != 1)}"
    )
    yield two("[b]Last words[/b]", f"stderr, {count}", "gap")
    yield Static(prose("\n".join(last)), classes="quote")
