"""The chat: transcript, banner and composer, and the worker that folds a turn's events into the transcript."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static
from textual.worker import Worker

from mcp_tui.chat.events import TurnFailed, UsageReported
from mcp_tui.domain.chat import Usage
from mcp_tui.domain.commands import Command, Say, parse
from mcp_tui.domain.errors import McpTuiError, ModelMissing, UsageError
from mcp_tui.ui.transcript.transcript import Transcript
from mcp_tui.ui.widgets.banner import Banner
from mcp_tui.ui.widgets.composer import Composer
from mcp_tui.ui.widgets.pieces import Pane, line

if TYPE_CHECKING:
    from mcp_tui.ui.asking import Asking
    from mcp_tui.workbench.bench import Workbench

EMPTY = "[$quiet]Nothing said yet. Ask something, or type[/] /help[$quiet].[/]"


class ChatPane(Pane):
    """One conversation. Slash commands are handed to the screen; messages go to the model."""

    DEFAULT_CSS = """
    ChatPane {
        Transcript { height: 1fr; }
        #composer { margin: 1 0 0 0; }
        #hint { height: 1; padding: 0 0 0 1; color: $text-muted; }
        #hint > .left { text-wrap: nowrap; text-overflow: ellipsis; }
        #hint:ansi { text-style: dim; }
    }
    """
    HELP = """## Chat
    Type a message and press enter. The model may ask for tools; each call waits for your permission.
    `/help` lists the commands."""

    busy: reactive[bool] = reactive(False)

    class Typed(Message):
        """A command that is not for the model."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    class Used(Message):
        """The endpoint counted tokens."""

        def __init__(self, usage: Usage) -> None:
            super().__init__()
            self.usage = usage

    class Renamed(Message):
        """The conversation has a (new) name."""

    def __init__(self, bench: Workbench, asking: Asking) -> None:
        super().__init__("Chat", id="chat")
        self._bench = bench
        self._asking = asking
        self.transcript = Transcript(id="transcript")
        self.transcript.empty_text = Content.from_markup(EMPTY)
        self.composer = Composer("Ask, or / for commands", id="composer")
        self._banner = Banner(asking)
        self._offer_note = Static("", classes="right")
        self._queued: list[str] = []
        self._worker: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.transcript
        yield self._banner
        yield self.composer
        with HorizontalGroup(id="hint", classes="two"):
            yield Static("enter sends · ctrl+j new line", classes="left")
            yield self._offer_note

    def count_offered(self, count: int) -> None:
        """Say how many tools the model is offered."""
        self._offer_note.update(f"{count} tools on offer" if count != 1 else "1 tool on offer")

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        event.stop()
        try:
            command = parse(event.text)
        except UsageError as error:
            self.transcript.add_note(f"{error.what}. {error.hint}", kind="warn")
            self.composer.give_back(event.text)
            return
        if not isinstance(command, Say):
            self.post_message(self.Typed(command))
        elif self.busy:
            self._queued.append(command.text)
            self.transcript.add_note("Your message waits for the end of this turn.")
        else:
            self.send(command.text)

    def on_transcript_retry_requested(self, event: Transcript.RetryRequested) -> None:
        event.stop()
        if not self.busy:
            self.send(None)

    def send(self, text: str | None) -> None:
        """Run a turn; None sends the same history again."""
        if text is not None:
            self.transcript.add_user(text)
        self.busy = True
        self._worker = self.app.run_worker(
            self._turn(text), group="turn", name="turn", description="a turn of the chat", exit_on_error=False
        )

    def stop(self) -> bool:
        """Stop the running turn; the text so far stays. False when none runs."""
        if self.busy and self._worker is not None:
            self._worker.cancel()
            return True
        return False

    def clear(self) -> None:
        """Begin an empty chat. A turn of the one before is stopped, and says nothing more."""
        self.stop()
        self._bench.new_chat()
        self.transcript.clear()
        self._queued.clear()
        self.busy = False
        self._show_name()

    async def _turn(self, text: str | None) -> None:
        conversation, ended_well = self._bench.conversation, False
        try:
            if self._bench.none_ready_yet:
                self.transcript.add_note("Waiting for the first server to connect.")
                await self._bench.some_ready()
            async with aclosing(self._bench.turn(text, self._asking.go_on)) as events:
                self._show_name()
                async for event in events:
                    self.transcript.fold(event)
                    match event:
                        case UsageReported(usage):
                            self.post_message(self.Used(usage))
                        case TurnFailed():
                            return
                        case _:
                            pass
            ended_well = True
        except ModelMissing as error:
            self.transcript.add_note(f"{error.what} {error.hint}", kind="warn")
            self.composer.give_back(text or "")
        except McpTuiError as error:
            self.transcript.fold(TurnFailed(error))
        except asyncio.CancelledError:
            if conversation is self._bench.conversation:
                self.transcript.stopped()
            raise
        finally:
            if conversation is self._bench.conversation:
                self.busy = False
                self._show_name()
                self._go_on(ended_well)

    def _go_on(self, ended_well: bool) -> None:
        """Send what was queued during the turn; after a stop or an error it goes back into the field."""
        if not self._queued or not self.is_attached:
            return
        if ended_well:
            self.call_later(self.send, self._queued.pop(0))
        else:
            self.composer.give_back("\n".join(self._queued))
            self._queued.clear()

    def _show_name(self) -> None:
        self.set_note(line(self._bench.conversation.title))
