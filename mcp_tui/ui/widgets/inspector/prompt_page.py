"""A prompt in the Inspector: its arguments as a form, then exactly what it puts into a chat."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalGroup
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.catalog import Prompt
from mcp_tui.domain.content import PromptResult, block_text
from mcp_tui.domain.schema import schema_for_prompt
from mcp_tui.ui.refs import Ref, find
from mcp_tui.ui.widgets.inspector.fetching import Asked, AskingPage, TextsView, failure_lines
from mcp_tui.ui.widgets.inspector.form_view import AskingForm
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.inspector.raw_view import RawView
from mcp_tui.ui.widgets.inspector.texts import BADGE, block_view, breach_view
from mcp_tui.ui.widgets.pieces import hints, line, marked, pairs, prose, two

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

CHARACTERS_PER_TOKEN = 4
"""A rough measure, good enough for `~310 tokens`."""

Fetched = Asked[PromptResult]


class PromptPreview(TextsView):
    """Every message in full, as it would be sent."""

    BINDINGS = [Binding("enter", "insert", "Insert into the chat", show=False)]

    def __init__(self, prompt: Prompt, fetched: Fetched | None) -> None:
        super().__init__()
        self._prompt = prompt
        self._fetched = fetched

    def compose(self) -> ComposeResult:
        if self._prompt.description:
            yield Static(prose(self._prompt.description), classes="gap")
        match self._fetched:
            case Asked(arguments=arguments, result=PromptResult() as result):
                yield from self._arguments(arguments)
                yield from _messages(result)
                yield Static(hints(enter="use in chat", e="edit", y="copy"))
            case Asked(what=what, hint=hint):
                yield from failure_lines(what, hint)
                yield Static(hints(e="edit", r="fetch again"))
            case None:
                words = "fill in its arguments" if self._prompt.arguments else "fetch it"
                yield Static(f"[$quiet]Nothing fetched yet.[/]   {hints(e=words)}")

    @property
    def text(self) -> str:
        """All messages as text (raw)."""
        result = self._fetched.result if self._fetched else None
        return result.text if result else ""

    def _arguments(self, arguments: dict[str, str]) -> Iterator[Widget]:
        if not self._prompt.arguments:
            return
        left_out = len(self._prompt.arguments) - len(arguments)
        yield two("[b]Arguments[/b]", f"{len(arguments)} set" if left_out else "all set")
        if arguments:
            yield pairs(*((line(name), prose(value)) for name, value in arguments.items()))


class PromptPage(AskingPage):
    """Preview, Arguments and Raw of one prompt."""

    BINDINGS = [
        Binding("e", "edit", "Edit the arguments", show=False),
        Binding("r", "again", "Fetch again", show=False),
        Binding("enter", "edit", "Fetch", show=False),
    ]

    def __init__(self, bench: Workbench, prompt: Prompt) -> None:
        super().__init__(bench, Ref(prompt.server, prompt.kind, prompt.key))
        self.prompt = prompt
        self._fetched: Fetched | None = None

    def heading(self) -> Widget:
        prompt = self.prompt
        return two(
            marked("[$hue]¶[/] [b]$name[/b]", name=prompt.name), marked("$server · prompt", server=prompt.server)
        )

    def tabs(self) -> list[tuple[str, str]]:
        count = len(self.prompt.arguments)
        arguments = [("arguments", f"Arguments {count}")] if count else []
        return [("preview", "Preview"), *arguments, ("raw", "Raw")]

    def make(self, tab: str) -> View:
        match tab:
            case "arguments":
                return AskingForm(schema_for_prompt(self.prompt), "Fetch", self._values, self._suggest)
            case "raw":
                result = self._fetched.result if self._fetched else None
                return RawView(("Definition", self.prompt.raw), ("Result", result.raw if result else None))
            case _:
                return PromptPreview(self.prompt, self._fetched)

    def entered(self) -> None:
        if self._fetched is None:
            self.action_edit()

    def follow(self) -> None:
        now = find(self.bench, self.ref)
        if isinstance(now, Prompt) and now != self.prompt:
            self.prompt = now
            self.renew("raw", *([] if self.has_draft else ["arguments"]))
            self.retell()

    def fetch(self, arguments: dict[str, str]) -> None:
        """Ask the server for the messages, if it was not asked for just these already."""
        if self.is_busy and arguments == self._values:
            return
        self._values = arguments
        self.ask("fetching", arguments, partial(self.bench.get_prompt, self.prompt, arguments))

    def show_asked(self, asked: Fetched) -> None:
        self._fetched = asked
        self.renew("raw")
        self.open("preview", focus=self.has_focus_within, again=True)

    def action_edit(self) -> None:
        if self.prompt.arguments:
            self.open("arguments", focus=True)
        else:
            self.fetch({})

    def action_again(self) -> None:
        self.fetch(self._values or {})

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        allowed = super().check_action(action, parameters)
        if action in ("edit", "again"):
            return allowed and self.line.active == "preview" and (action == "edit" or self._fetched is not None)
        return allowed


def _messages(result: PromptResult) -> Iterator[Widget]:
    size = sum(len(block_text(message.block)) for message in result.messages)
    count = len(result.messages)
    tokens = f"~{max(1, size // CHARACTERS_PER_TOKEN):,} tokens"
    breach = f" · {BADGE}" if result.breach else ""
    yield two("[b]What is sent[/b]", f"{count} message{'' if count == 1 else 's'} · {tokens}{breach}", "gap")
    for message in result.messages:
        yield Static(line(message.role, "$quiet"))
        yield VerticalGroup(*block_view(message.block), classes="quote")
    yield from breach_view(result.breach, result.raw)
