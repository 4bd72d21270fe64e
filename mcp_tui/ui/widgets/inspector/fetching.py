"""What prompts and resources share: something asked of a server, the form before it, and how it failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.inspector.messages import InsertIntoChat
from mcp_tui.ui.widgets.inspector.page import Page, View
from mcp_tui.ui.widgets.inspector.running import Running
from mcp_tui.ui.widgets.messages import CopyRequested, LinkRequested
from mcp_tui.ui.widgets.pieces import marked, prose
from mcp_tui.ui.widgets.schema_form import SchemaForm

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

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
        Binding("o", "open_link", "Open an address in it, after a question", show=False),
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


class AskingPage(Page):
    """A page that asks its server for something: a line says so after a moment, and esc stops it."""

    def __init__(self, bench: Workbench, ref: Ref) -> None:
        super().__init__(bench, ref)
        self._values: dict[str, str] | None = None
        """What was sent with the form last."""
        self._waiting = Running()
        self._worker: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self._waiting

    @property
    def is_busy(self) -> bool:
        return self._worker is not None and self._worker.is_running

    def stop(self) -> bool:
        if self._worker is None or not self.is_busy:
            return False
        self._worker.cancel()
        self._came(Asked({}, None, "stopped by you"))
        return True

    async def _suggest(self, name: str, typed: str, others: dict[str, str]) -> list[str]:
        """What the server suggests for a field of the form, after what is typed so far."""
        key, is_prompt = self.ref.key, self.ref.kind is Kind.PROMPT
        prompt, template = (key, "") if is_prompt else ("", key)
        try:
            return await self.bench.hub.complete(
                self.ref.server, prompt=prompt, template=template, argument=name, value=typed, context=others
            )
        except McpTuiError:
            return []

    @on(SchemaForm.Submitted)
    def _submitted(self, event: SchemaForm.Submitted) -> None:
        event.stop()
        event.form.set_values(event.values)
        self.fetch({name: str(value) for name, value in event.values.items()})

    def fetch(self, arguments: dict[str, str]) -> None:
        """Ask the server with what stands in the form; the gate asks first where it must."""
        raise NotImplementedError

    def ask(self, words: str, arguments: dict[str, str], answer: Callable[[], Awaitable[Any]]) -> None:
        """Wait for an answer, which takes the place of another one that is waited for."""
        self._waiting.start(words)
        work = partial(self._ask, arguments, answer)
        self._worker = self.run_worker(work, group="ask", exclusive=True, exit_on_error=False)

    async def _ask(self, arguments: dict[str, str], answer: Callable[[], Awaitable[Any]]) -> None:
        try:
            asked = Asked(arguments, await answer())
        except McpTuiError as error:
            asked = Asked(arguments, None, error.what, error.hint)
        self._came(asked)

    def _came(self, asked: Asked[Any]) -> None:
        self._waiting.stop()
        self.show_asked(asked)

    def show_asked(self, asked: Asked[Any]) -> None:
        """Show what came, or why nothing did."""
        raise NotImplementedError


def failure_lines(what: str, hint: str) -> Iterator[Widget]:
    """What happened, and what to try."""
    yield Static(marked("[$bad]✗[/] [b]$what[/]", what=what))
    if hint:
        yield Static(prose(hint, "$quiet"))
    yield Static("")
