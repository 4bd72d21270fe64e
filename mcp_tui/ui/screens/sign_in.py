"""A server wants the person to sign in: its authorization server's address, and three ways to get there and back."""

from __future__ import annotations

import os
from typing import ClassVar
from urllib.parse import urlsplit

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from mcp_tui.domain.signin import SignIn, wrong_with
from mcp_tui.domain.text import clean
from mcp_tui.ui.screens.elicit import address
from mcp_tui.ui.widgets.pieces import Choice, marked, two
from mcp_tui.workbench.browser import is_remote, open_address, opener


class SignInDialog(ModalScreen[str]):
    """Gives the redirected address when it was pasted, None when the person refuses. It is closed from outside when
    the browser came back by itself."""

    CSS_PATH = ["dialog.tcss", "elicit.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-small"), (100, "-medium")]
    AUTO_FOCUS = "#open, #copy"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open in the browser", show=False),
        Binding("c", "copy", "Copy address", show=False),
        Binding("p", "paste", "Paste the address", show=False),
        Binding("escape", "refuse", "Refuse", show=False),
        Binding("up", "other(False)", show=False),
        Binding("down", "other(True)", show=False),
    ]
    DEFAULT_CSS = "SignInDialog #back { margin-top: 1; } SignInDialog #wrong { height: auto; color: $error; }"

    def __init__(self, ask: SignIn) -> None:
        super().__init__(classes="dialog-screen")
        self._ask = ask
        self._can_open = opener(os.environ) is not None

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            with VerticalScroll(classes="question", can_focus=False):
                yield two(marked("[b]Sign in to $name[/b]", name=self._ask.server), "", "gap")
                yield from address(self._ask.url, "You sign in there, not here. Nothing is opened by itself.")
                yield Input(placeholder="the address that the browser ended at", id="back")
                yield Static(self._way_back(), id="wrong")
            if self._can_open:
                yield Choice("o  ", "Open in the browser", "it comes back here by itself", width=20, id="open")
            yield Choice("c  ", "Copy address", "to open it in a browser yourself", width=20, id="copy")
            yield Choice("p  ", "Paste the address", "that the browser ended at", width=20, id="paste")
            yield Choice("esc", "Refuse", "nobody signs in", width=20, id="refuse")

    def _way_back(self) -> Content:
        if not is_remote(os.environ):
            return Content("")
        port = urlsplit(self._ask.redirect).port
        return Content.from_markup(
            f"[$quiet]Over ssh the browser cannot come back by itself: its last page fails to load, and its address"
            f" belongs here. Or connect with[/] ssh -L {port}:127.0.0.1:{port} [$quiet]…[/]"
        )

    def action_open(self) -> None:
        if self._can_open and open_address(self._ask.url, os.environ):
            self.notify("Your browser was told to open it.", markup=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(clean(self._ask.url))
        self.notify("The address is copied. Look at its host before you open it.", markup=False)

    def action_paste(self) -> None:
        self.query_one("#back", Input).focus()

    def action_refuse(self) -> None:
        self.dismiss(None)

    def action_other(self, down: bool) -> None:
        self.focus_next() if down else self.focus_previous()

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

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        event.stop()
        match event.choice.id:
            case "open":
                self.action_open()
            case "copy":
                self.action_copy()
            case "paste":
                self.action_paste()
            case _:
                self.action_refuse()

    def _take(self, pasted: str) -> None:
        wrong = wrong_with(pasted, self._ask)
        if wrong:
            self.query_one("#wrong", Static).update(Content(wrong))
        else:
            self.dismiss(pasted.strip())
