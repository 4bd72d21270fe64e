"""What prompts and resources share: something asked of a server, the form before it, and how it failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.ui.widgets.inspector.messages import InsertIntoChat
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.messages import CopyRequested, LinkRequested
from mcp_tui.ui.widgets.pieces import marked, prose
from mcp_tui.ui.widgets.schema_form import SchemaForm, Suggest

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Asked(Generic[R]):
    """What was asked with, and what came: a result, or what went wrong in words (raw)."""

    arguments: dict[str, str]
    result: R | None
    what: str = ""
    hint: str = ""


class TextsView(View):
    """A body with text that came, to be copied or put into the chat."""

    BINDINGS = [
        Binding("i", "insert", "Insert into the chat"),
        Binding("y", "copy", "Copy the text"),
        Binding("o", "open_link", "Open an address", show=False),
    ]

    @property
    def text(self) -> str:
        """All of it (raw); "" when there is none."""
        raise NotImplementedError

    def action_insert(self) -> None:
        self.post_message(InsertIntoChat(self.text))

    def action_copy(self) -> None:
        self.post_message(CopyRequested(self.text))

    def action_open_link(self) -> None:
        self.post_message(LinkRequested(self.text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.text) if action in ("insert", "copy", "open_link") else True


class FormView(View, can_focus=False):
    """A form of its own tab."""

    def __init__(
        self, schema: Mapping[str, Any], label: str, values: Mapping[str, Any] | None, suggest: Suggest
    ) -> None:
        super().__init__()
        given = dict(values) if values is not None else None
        self.form = SchemaForm(schema, submit_label=label, values=given, suggest=suggest)

    def compose(self) -> ComposeResult:
        yield self.form

    @property
    def home(self) -> Widget:
        return next((each for each in self.screen.focus_chain if self.form in each.ancestors), self)


def failure_lines(what: str, hint: str) -> Iterator[Widget]:
    """What happened, and what to try."""
    yield Static(marked("[$bad]✗[/] [b]$what[/]", what=what))
    if hint:
        yield Static(prose(hint, "$quiet"))
    yield Static("")
