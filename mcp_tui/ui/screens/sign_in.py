"""A server wants the person to sign in: its authorization server's address, and three ways to get there and back."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from mcp_tui.domain.signin import SignIn, wrong_with
from mcp_tui.domain.text import clean
from mcp_tui.ui.screens.address_view import address
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.widgets.pieces import Choice
from mcp_tui.ui.widgets.plain_fields import PlainInput
from mcp_tui.workbench.browser import is_remote, open_address, opener


class SignInDialog(ServerQuestion[str]):
    """Gives the redirected address when it was pasted, None when the person refuses. It is closed from outside when
    the browser came back by itself."""

    CSS_PATH = ["dialog.tcss", "elicit.tcss"]
    FIELDS = "#back"
    KEYS = {"o": "open", "c": "copy", "p": "paste", "tab": "paste", "shift+tab": "paste"}
    DEFAULT_CSS = "SignInDialog { #back { margin-top: 1; } #wrong { display: none; color: $text-error; } }"

    def __init__(self, ask: SignIn) -> None:
        super().__init__()
        self._ask = ask
        self._can_open = opener(os.environ) is not None

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            with VerticalScroll(classes="question", can_focus=False):
                yield self.title_line("[b]Sign in to $name[/b]", self._ask.server)
                yield from address(self._ask.url, "You sign in there, not here. Nothing is opened by itself.")
                yield PlainInput(placeholder="the address that the browser ended at", id="back")
                yield Static("", id="wrong")
                if is_remote(os.environ):
                    yield Static(self._way_back())
            if self._can_open:
                yield Choice("o  ", "Open in the browser", "it comes back here by itself", width=20, id="open")
            yield Choice("c  ", "Copy address", "to open it in a browser yourself", width=20, id="copy")
            yield Choice("p  ", "Paste the address", "that the browser ended at", width=20, id="paste")
            yield Choice("esc", "Refuse", "nobody signs in", width=20, id="refuse")

    def _way_back(self) -> Content:
        """What to do over ssh."""
        port = urlsplit(self._ask.redirect).port
        return Content.from_markup(
            f"[$quiet]Over ssh the browser cannot come back by itself: its last page fails to load, and its address"
            f" belongs here. Or connect with[/]\nssh -L {port}:127.0.0.1:{port} [$quiet]…[/]"
        )

    def choose(self, choice: Choice) -> None:
        match choice.id:
            case "open":
                if open_address(self._ask.url, os.environ):
                    self.notify("Your browser was told to open it.", markup=False)
            case "copy":
                self.app.copy_to_clipboard(clean(self._ask.url))
                self.notify("The address is copied. Look at its host before you open it.", markup=False)
            case "paste":
                self.go_in()
            case _:
                self.step_back()

    def takes_paste(self, text: str) -> bool:
        return text.strip().startswith(self._ask.redirect)

    def on_paste(self, event: events.Paste) -> None:
        """A paste means the field, wherever the focus is."""
        event.stop()
        field = self.query_one("#back", Input)
        field.value = event.text.strip()
        field.focus()
        self._take(field.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._take(event.value)

    def _take(self, pasted: str) -> None:
        wrong = wrong_with(pasted, self._ask)
        if wrong:
            self.query_one("#wrong", Static).update(Content(f"✗ {wrong}"))
            self.query_one("#wrong").display = True
        else:
            self.dismiss(pasted.strip())
