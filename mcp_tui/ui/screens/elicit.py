"""A server asks the person to fill in a form. Three answers, kept apart: yes, no, not now."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup, VerticalScroll
from textual.widgets import Static

from mcp_tui.domain.asks import Elicitation, ElicitReply
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.widgets.pieces import Choice, marked, prose
from mcp_tui.ui.widgets.schema_form import SchemaForm

_NEVER = "Never type a password here."
_SENT = "the server gets what you filled in"


class ElicitDialog(ServerQuestion[ElicitReply]):
    """The question of one server."""

    CSS_PATH = ["dialog.tcss", "elicit.tcss"]
    FIELDS = "SchemaForm .entry *, SchemaForm YesNo"
    KEYS = {"tab": "fill", "shift+tab": "fill", "ctrl+s": "send", "ctrl+r": "decline"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "press('ctrl+s')", "Send", show=False),
        Binding("ctrl+r", "press('ctrl+r')", "Decline", show=False),
    ]

    def __init__(self, ask: Elicitation) -> None:
        super().__init__()
        self._ask = ask

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            with VerticalScroll(classes="question", can_focus=False):
                yield self.title_line("[b]$name asks you[/b]", self._ask.server)
                yield Static(prose(self._ask.message), classes="quote")
                yield self._form()
            told = "[$quiet]Your answer goes to the server[/] $name[$quiet], not to the model. $never[/]"
            yield Static(marked(told, name=self._ask.server, never=_NEVER), classes="gap")
            yield Choice("tab   ", "Fill in", "to the fields; now you type in the chat", width=14, id="fill")
            yield Choice("ctrl+s", "Send", _SENT, width=14, id="send")
            yield Choice("ctrl+r", "Decline", "the server hears that you said no", width=14, id="decline")
            yield Choice("esc   ", "Not now", "the server hears that you closed the question", width=14, id="not-now")

    def choose(self, choice: Choice) -> None:
        match choice.id:
            case "fill":
                self.go_in()
            case "send":
                self.query_one(SchemaForm).submit()
            case "decline":
                self.dismiss(ElicitReply("decline"))
            case _:
                self.step_back()

    def step_back(self) -> None:
        self.dismiss(ElicitReply("cancel"))

    def on_schema_form_submitted(self, event: SchemaForm.Submitted) -> None:
        event.stop()
        self.dismiss(ElicitReply("accept", event.values))

    def on_schema_form_changed(self, event: SchemaForm.Changed) -> None:
        event.stop()
        count = event.to_fix
        words = f"{count} field{'s' * (count > 1)} to fix first" if count else _SENT
        self.query_one("#send", Choice).set_consequence(words)

    def _form(self) -> SchemaForm:
        return SchemaForm(
            self._ask.schema or {},
            submit_label="Send",
            fill_defaults=True,
            titles=True,
            buttons=False,
            warn_secrets=True,
        )
