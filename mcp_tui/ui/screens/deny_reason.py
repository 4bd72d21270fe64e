"""The step of the permission dialog in which a no gets its reason, for the model."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalGroup
from textual.message import Message
from textual.widgets import Input, Static

from mcp_tui.ui.widgets.pieces import hints, two
from mcp_tui.ui.widgets.plain_fields import PlainInput


class ReasonStep(VerticalGroup):
    """One line to write in. Enter denies, esc leads back."""

    BINDINGS = [Binding("escape", "back", "Back", show=False, priority=True)]

    class Given(Message):
        """The user wrote why not; None: they went back."""

        def __init__(self, reason: str | None) -> None:
            super().__init__()
            self.reason = reason

    def __init__(self) -> None:
        super().__init__(classes="step")

    def compose(self) -> ComposeResult:
        yield two("[b]Deny, and say why[/b]", "[$quiet]the model reads it[/]", "gap")
        yield PlainInput(placeholder="Use the test folder instead", id="reason-text")
        yield Static(hints(enter="deny", esc="back, nothing is decided"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Given(event.value.strip()))

    def action_back(self) -> None:
        self.post_message(self.Given(None))
