"""What nobody foresaw. A failed action, job or task is said and written down, and the program goes on.

What falls in the handling of a message ends the app: nobody knows what was left half done. cli.py says so then.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from textual.app import App

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from mcp_tui.workbench.bench import Workbench


class SturdyApp(App[int]):
    """An app that one mistake of ours does not end."""

    bench: Workbench
    crash: BaseException | None = None
    """What ended it all the same."""

    @abstractmethod
    def tell(self, text: str, *, severity: Any = "information") -> None:
        """Say it in passing."""

    def say_failure(self, what: str, error: BaseException) -> None:
        """Say that this failed, where its details are, and write them down."""
        log = self.bench.home.write_failure(error)
        self.bench.say(f"{what}: {type(error).__name__}: {error}", "error")
        self.tell(f"Something went wrong: {error}. The details are in {log}", severity="error")

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """What a key, a click or another action stands for; all of them come through here."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:
            self.say_failure(f"the action {action}", error)
            return True

    async def attempt(self, what: str, act: Callable[[], object]) -> None:
        """What a line of the palette stands for."""
        try:
            done = act()
            if isawaitable(done):
                await done
        except Exception as error:
            self.say_failure(what, error)

    def on_worker_state_changed(self, event: Any) -> None:
        """A background job failed. Textual tells only the node that started it: they are all started on the App."""
        from textual.worker import WorkerState

        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say_failure(event.worker.description or event.worker.name, event.worker.error)

    def task_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """The handler for the event loop's exceptions."""
        error = context.get("exception")
        if isinstance(error, Exception):
            self.say_failure(str(context.get("message", "a task")), error)

    def _handle_exception(self, error: Exception) -> None:
        """Leave the terminal as it was; cli.py then says what happened and where the log is."""
        self.crash = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """No traceback over the user's terminal: it may quote foreign text. It goes to the log file."""
        self._close_messages_no_wait()
