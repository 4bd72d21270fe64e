"""A server asks the person to go to an address. It is opened at a press of its key, and nothing is fetched by us."""

from __future__ import annotations

import os
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.asks import Elicitation, ElicitReply
from mcp_tui.domain.links import is_web
from mcp_tui.domain.text import clean
from mcp_tui.ui.screens.address_view import address
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.widgets.pieces import Choice, prose
from mcp_tui.workbench.browser import open_address, opener

_TOLD = "The server wants you to go to this address. Nothing is opened by itself."
_ANSWERS = {
    "send": "the server hears that you agreed to go there",
    "decline": "the server hears that you said no",
    "not-now": "the server hears that you closed the question",
}
_FOR_CALL = {
    "send": "the call, which waits for it, is sent again",
    "decline": "the call fails",
    "not-now": "the call fails",
}


class VisitDialog(ServerQuestion[ElicitReply]):
    """The question of one server. It ends by itself when the person went there and the server says that all is done."""

    CSS_PATH = ["dialog.tcss", "elicit.tcss"]
    FIRST = "#copy"
    KEYS = {"o": "open", "c": "copy", "ctrl+s": "send", "ctrl+r": "decline"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "press('ctrl+s')", "Done", show=False),
        Binding("ctrl+r", "press('ctrl+r')", "Decline", show=False),
    ]

    def __init__(self, ask: Elicitation) -> None:
        super().__init__()
        self._ask = ask
        self._can_open = is_web(ask.url) and opener(os.environ) is not None
        self._went = False
        """The person opened the address, or took it along."""
        self._status = Static("", id="status")
        self._status.display = False

    def compose(self) -> ComposeResult:
        told = _FOR_CALL if self._ask.for_call else _ANSWERS
        with VerticalGroup(classes="dialog"):
            with VerticalScroll(classes="question", can_focus=False):
                yield self.title_line("[b]$name asks you to go to an address[/b]", self._ask.server)
                if self._ask.message:
                    yield Static(prose(self._ask.message), classes="quote")
                yield from address(self._ask.url, _TOLD)
            yield self._status
            if self._can_open:
                yield Choice("o     ", "Open", "in your browser", width=14, id="open")
            yield Choice("c     ", "Copy address", "to open it in a browser yourself", width=14, id="copy")
            yield Choice("ctrl+s", "Done", told["send"], width=14, id="send")
            yield Choice("ctrl+r", "Decline", told["decline"], width=14, id="decline")
            yield Choice("esc   ", "Not now", told["not-now"], width=14, id="not-now")

    def on_mount(self) -> None:
        super().on_mount()
        self._follow()

    def choose(self, choice: Choice) -> None:
        match choice.id:
            case "open" if open_address(self._ask.url, os.environ):
                self._went = True
                self._say("Your browser was told to open it. Come back when you are done there.")
            case "copy":
                self._went = True
                self.app.copy_to_clipboard(clean(self._ask.url))
                self._say("The address is copied. Look at its host before you open it.")
            case "send":
                self.dismiss(ElicitReply("accept"))
            case "decline":
                self.dismiss(ElicitReply("decline"))
            case _:
                self.step_back()

    def step_back(self) -> None:
        self.dismiss(ElicitReply("cancel"))

    @work(description="a server says that all is done at an address")
    async def _follow(self) -> None:
        await self._ask.completed.wait()
        if self._went:
            self.dismiss(ElicitReply("accept"))
        else:
            self._say("The server says that all is done there already.")

    def _say(self, words: str) -> None:
        self._status.update(Content(words))
        self._status.display = True
