"""A server asks for a model's answer. The person sees the question, and the answer before it leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.asks import SampleReply, Sampling
from mcp_tui.domain.content import BlobBlock, block_text
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.text import clean_line, visible
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.widgets.editors import Area, Unplain
from mcp_tui.ui.widgets.pieces import Choice, line, pairs, prose
from mcp_tui.workbench.sampling import calls_of, calls_text, pictures

Draft = Callable[[Sampling], Awaitable[SampleReply]]
"""The model's answer. Raises McpTuiError."""

PERSON = "human"
"""The name of the "model" when a person typed or changed the answer."""


class SampleDialog(ServerQuestion[SampleReply | None]):
    """The question of one server to a model. Refusing is None; nothing leaves that was not seen here."""

    CSS_PATH = ["dialog.tcss", "sample.tcss"]
    FIELDS = "#answer"
    KEYS = {"tab": "write", "shift+tab": "write", "ctrl+s": "send", "ctrl+l": "draft"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "press('ctrl+s')", "Send", show=False),
        Binding("ctrl+l", "press('ctrl+l')", "Let the model answer", show=False),
    ]

    def __init__(self, ask: Sampling, draft: Draft | None = None, model: str = "") -> None:
        """`model` is the name of the model behind `draft`."""
        super().__init__(f"at most {ask.max_tokens} tokens" if ask.max_tokens else "")
        self._ask = ask
        self._draft = draft
        self._model = model
        self._drafted: tuple[str, str] | None = None
        self._answer = Area(id="answer")
        self._calls = Area(id="calls", json=True)
        self._status = Static("", id="status")
        self._status.display = False

    def compose(self) -> ComposeResult:
        ask = self._ask
        with VerticalGroup(classes="dialog"):
            with VerticalScroll(classes="question", can_focus=False):
                yield self.title_line("[b]$name asks a model[/b]", ask.server)
                if ask.system:
                    yield Static("instructions for the model", classes="role")
                    yield Static(prose(ask.system), classes="quote")
                for message in ask.messages:
                    yield Static(Content(clean_line(message.role)), classes="role")
                    text = "\n".join(block_text(block) for block in message.blocks)
                    yield Static(prose(text), classes="quote")
                if self._draft and (told := self._not_in_words()):
                    yield Static(told, classes="role gap")
                yield from self._wishes()
                yield from self._tools()
                yield Static("the answer, as the server gets it", classes="role")
                yield self._answer
                (self._calls if ask.tools else self._answer).add_class("-last")
                if ask.tools:
                    told = 'calls of these tools as JSON, or nothing: [{"name": …, "arguments": {…}}]'
                    yield Static(Content(told), classes="role")
                    yield self._calls
            yield self._status
            yield Choice("tab   ", "Write", "to the answer; now you type in the chat", width=22, id="write")
            yield Choice("ctrl+s", "Send", "the server gets the answer above", width=22, id="send")
            if self._draft:
                who = clean_line(self._model) or "the model"
                told = f"{who} writes it above, to read first"
                yield Choice("ctrl+l", "Let the model answer", told, width=22, id="draft")
            yield Choice("esc   ", "Refuse", "the server hears that you said no", width=22, id="refuse")

    def _not_in_words(self) -> str:
        """What the model gets of what is no text."""
        blobs = [
            (message, block)
            for message in self._ask.messages
            for block in message.blocks
            if isinstance(block, BlobBlock)
        ]
        seen = sum(len(pictures(message)) for message in self._ask.messages)
        told = ["The model gets the pictures too."] if seen else []
        if len(blobs) > seen:
            told.append("Of sounds it gets the line above alone.")
        return " ".join(told)

    def _wishes(self) -> Iterator[Widget]:
        """What else the server wants: models it would like, and limits."""
        ask = self._ask
        warmth = "" if ask.temperature is None else f"{ask.temperature:g}"
        whose = {"": "", "thisServer": "of this server"}.get(ask.context, "of all servers")
        wishes = (
            ("would like", ", ".join(ask.hints)),
            ("cares for", " · ".join(f"{what} {much:g}" for what, much in ask.priorities)),
            ("temperature", warmth),
            ("ends at", ", ".join(ask.stop)),
            ("context", f"{whose}: nothing of it is sent along" if whose else ""),
            ("tools", "at least one must be called" if ask.must_call else ""),
        )
        if rows := [(what, line(value)) for what, value in wishes if value]:
            yield pairs(*rows, classes="gap")

    def _tools(self) -> Iterator[Widget]:
        if tools := self._ask.tools:
            yield Static("tools of the server, which it runs itself", classes="role")
            lines = (f"{tool.alias}: {tool.description}" if tool.description else tool.alias for tool in tools)
            yield Static(prose("\n".join(lines)), classes="quote")

    def choose(self, choice: Choice) -> None:
        match choice.id:
            case "write":
                self.go_in()
            case "send":
                self._send()
            case "draft" if self._draft:
                self.go_in()
                self._say("the model writes …")
                self._fill(self._draft)
            case _:
                self.step_back()

    def _send(self) -> None:
        text, typed = self._answer.text, self._calls.text
        try:
            calls = calls_of(typed, self._ask.tools)
        except ValueError as error:
            self._say(f"✗ {error}")
            self._calls.focus()
            return
        if not text.strip() and not calls:
            self._say("✗ type an answer first")
            self._answer.focus()
            return
        if self._ask.must_call and self._ask.tools and not calls:
            self._say("✗ the server wants at least one of its tools called")
            self._calls.focus()
            return
        who = (self._model or "model") if (text, typed) == self._drafted else PERSON
        self.dismiss(SampleReply(text, who, calls))

    def on_unplain(self, event: Unplain) -> None:
        event.stop()
        self._answer.text = visible(event.text)
        self._say("the hidden characters of the paste are marks now")

    @work(group="draft", exclusive=True, description="a model answers for a server")
    async def _fill(self, draft: Draft) -> None:
        try:
            reply = await draft(self._ask)
        except McpTuiError as error:
            self._say(f"✗ {error.what}")
            return
        answer, typed = visible(reply.text), self._answer.text.rstrip()
        self._answer.text = "\n\n".join(filter(None, (typed, answer)))
        self._calls.text = calls_text(reply.calls)
        self._drafted = None if typed else (self._answer.text, self._calls.text)
        told = f"{reply.note}; " if reply.note else ""
        self._say(f"{told}read it, change it if you like, then ctrl+s sends it")
        self._answer.focus()
        self.call_after_refresh(self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        """Below what the model wrote stands what it wants to call."""
        if (drafted := self._drafted) and drafted[1] and drafted == (self._answer.text, self._calls.text):
            self.query_one(".question", VerticalScroll).scroll_end(animate=False)
        else:
            super()._keep_in_sight()

    def _say(self, words: str) -> None:
        """One line under it; raw."""
        self._status.update(line(words))
        self._status.display = bool(words)
