"""F1: every key, from the tables in keys.py and the bindings of the panes' widgets, and what can be typed."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.commands import COMMANDS
from mcp_tui.ui.keys import ACTIONS, NO_BINDINGS
from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.transcript.transcript import Transcript
from mcp_tui.ui.widgets.composer import Composer
from mcp_tui.ui.widgets.drawer import Drawer
from mcp_tui.ui.widgets.explorer.pane import ExplorerPane, FilterField
from mcp_tui.ui.widgets.explorer.tree import Explorer
from mcp_tui.ui.widgets.form_choices import YesNo
from mcp_tui.ui.widgets.form_entry import Entry
from mcp_tui.ui.widgets.form_text import TextEntry
from mcp_tui.ui.widgets.inspector.fetching import TextsView
from mcp_tui.ui.widgets.inspector.history import History
from mcp_tui.ui.widgets.inspector.json_tree import JsonTree
from mcp_tui.ui.widgets.inspector.outcome import ResultView
from mcp_tui.ui.widgets.inspector.page import Page
from mcp_tui.ui.widgets.inspector.prompt_page import PromptPage, PromptPreview
from mcp_tui.ui.widgets.inspector.raw_view import RawView
from mcp_tui.ui.widgets.inspector.resource_page import ResourcePage
from mcp_tui.ui.widgets.inspector.server_page import ServerDetails, ServerLog, ServerPage
from mcp_tui.ui.widgets.inspector.sign_in_page import SignInView
from mcp_tui.ui.widgets.inspector.texts import ResourceLink
from mcp_tui.ui.widgets.inspector.tool_details import ToolDetails
from mcp_tui.ui.widgets.inspector.tool_page import ToolPage
from mcp_tui.ui.widgets.pieces import two
from mcp_tui.ui.widgets.schema_form import SchemaForm
from mcp_tui.ui.widgets.tasks import TasksView
from mcp_tui.ui.widgets.traffic import TrafficView

PLACES: dict[str, tuple[type[Widget], ...]] = {
    "Explorer": (Explorer, ExplorerPane, FilterField),
    "Chat": (Composer,),
    "Transcript": (Transcript,),
    "Inspector": (Page, RawView, JsonTree),
    "A server": (ServerPage, ServerDetails, ServerLog, SignInView),
    "A tool": (ToolPage, ToolDetails, History, ResultView, ResourceLink),
    "A prompt": (PromptPage, PromptPreview, TextsView),
    "A resource": (ResourcePage, TextsView),
    "A form": (SchemaForm, Entry, TextEntry, YesNo),
    "Drawer": (Drawer,),
    "Traffic": (TrafficView,),
    "Requests": (),
    "Tasks": (TasksView,),
    "Permission required": (),
    "Permissions": (),
    "Audit log": (),
}
"""Whose bindings are told where."""
SHOWN = {"slash": "/", "delete": "del", "escape": "esc"}
PLAIN_WORDS = "list tools · list prompts · get prompt NAME · quit · exit"


class Help(Fitted[None]):
    """All keys on one page. esc, F1 or enter goes back."""

    CSS_PATH = "dialog.tcss"
    DEFAULT_CSS = "Help .dialog { height: 90%; } Help .question { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(classes="dialog-screen")

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            yield two("[b]Help[/b]", "[$key] esc [/] [$quiet]back[/]", "gap")
            with VerticalScroll(classes="question", id="help-text"):
                yield Static(help_text())

    def on_mount(self) -> None:
        self.query_one("#help-text").focus()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "enter", "q"):
            event.stop()
            self.dismiss()


def help_text() -> Content:
    """Keys by place, then commands."""
    lines = [Content.from_markup("[b]Everywhere[/b]")]
    lines += [_row(action.shown, action.about) for action in ACTIONS]
    second = "  ".join(f"{action.letter} {action.words}" for action in ACTIONS if action.letter)
    lines.append(_row("^g +", second))
    for place, widgets in PLACES.items():
        lines += [Content(""), Content.from_markup("[b]$place[/b]", place=place)]
        lines += [_row(keys, words) for keys, words in _keys(place, widgets)]
    lines += [Content(""), Content.from_markup("[b]What can be typed in the chat[/b]")]
    lines += [_row(name, about) for name, about in COMMANDS.items()]
    lines.append(Content.from_markup("[$quiet]plain words mean the same:[/] $words", words=PLAIN_WORDS))
    return Content("\n").join(lines)


def _keys(place: str, widgets: tuple[type[Widget], ...]) -> Iterator[tuple[str, str]]:
    """The keys of a place and what they do; a binding without words needs none."""
    for widget in widgets:
        for binding in widget.BINDINGS:
            if isinstance(binding, Binding) and binding.description:
                first = binding.key.partition(",")[0]
                yield SHOWN.get(first, first), binding.description
    yield from ((keys, words) for where, keys, words in NO_BINDINGS if where == place)


def _row(keys: str, words: str) -> Content:
    return Content.from_markup("[b]$keys[/] [$quiet]$words[/]", keys=f"{keys:<14}", words=words)
