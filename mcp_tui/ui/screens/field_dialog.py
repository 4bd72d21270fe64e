"""What the dialogs with a few one-line fields share: labels, a line that says how it goes, and the answers below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.widgets.pieces import Choice, marked, two
from mcp_tui.ui.widgets.plain_fields import PlainInput

Result = TypeVar("Result")


class Line(NamedTuple):
    """One field: its id, its label, what it is for, and what stands in it."""

    id: str
    label: str
    about: str
    value: str = ""
    secret: bool = False


class FieldDialog(Fitted[Result | None]):
    """Fields, then what was found, then answers. What was typed is tried before it is kept."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    FieldDialog {
        .field { height: auto; margin-bottom: 1; }
        .field > .label { width: 16; }
        .field > .entry { width: 1fr; height: auto; & > .says { color: $text-muted; } }
        #outcome { margin-bottom: 1; }
    }
    """

    def __init__(self, title: str, lines: Sequence[Line], answers: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(classes="dialog-screen")
        self._title = title
        self._lines = lines
        self._answers = answers

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            with VerticalScroll(classes="question", can_focus=False):
                yield two(marked("[b]$title[/b]", title=self._title), "", "gap")
                for line in self._lines:
                    with HorizontalGroup(classes="field"):
                        yield Static(line.label, classes="label")
                        with VerticalGroup(classes="entry"):
                            yield PlainInput(line.value, id=line.id, password=line.secret, select_on_focus=False)
                            yield Static(f"[$quiet]{line.about}[/]", classes="says")
            yield Static("", id="outcome")
            widest = max(len(key) for key, _, _ in self._answers)
            for key, words, consequence in self._answers:
                yield Choice(key.ljust(widest), words, consequence, width=18)

    def value(self, line: str) -> str:
        """What stands in a field, without blanks around it."""
        return self.query_one(f"#{line}", Input).value.strip()

    def tell(self, outcome: str | Content) -> None:
        """Say how it goes, under the fields."""
        self.query_one("#outcome", Static).update(outcome)

    def tell_error(self, error: McpTuiError) -> None:
        self.tell(marked("[$bad]✗ $what[/]  [$quiet]$hint[/]", what=error.what, hint=error.hint))

    async def choose(self, key: str) -> None:
        """The user chose the answer with this key."""
        raise NotImplementedError

    async def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)
        elif event.key in (key for key, _, _ in self._answers):
            event.stop()
            await self.choose(event.key)
        elif event.key in ("down", "up") and isinstance(self.focused, Input | Choice):
            event.stop()
            self.focus_next() if event.key == "down" else self.focus_previous()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    async def on_choice_chosen(self, event: Choice.Chosen) -> None:
        key = event.choice.key_name.strip()
        if key == "esc":
            self.dismiss(None)
        else:
            await self.choose(key)
