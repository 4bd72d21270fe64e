"""The questions that wait for the person, and the one that is on the screen. What is asked is in asking.py.

The app has three duties:

- pass every event through `sift()` before it handles it, so that typing can never answer a question:

      async def on_event(self, event: events.Event) -> None:
          for passed in self.asking.sift(event):
              await super().on_event(passed)

- bind F8 to `open_now()`, and set `has_draft` to something that says whether any field holds a draft;
- call `close()` before it leaves: whatever still waits is denied.

A question that reaches the front opens by itself only when it can interrupt nothing: no draft, no other dialog,
no key for 0.7 s. Until then it is a line above the composer (widgets/banner.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from time import monotonic, time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual import events
from textual.app import App
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widgets import Input, TextArea

from mcp_tui.domain.permission import Request
from mcp_tui.ui.answered import Answered, Asked, History, Told
from mcp_tui.ui.key_sieve import Guarded, KeySieve

if TYPE_CHECKING:
    from mcp_tui.ui.screens.proposal import Proposal

    Dialog = ModalScreen[Any]

T = TypeVar("T")

QUIET_TO_OPEN = 0.7
"""Seconds without a key before a question opens by itself."""
_LOOK_AGAIN = 0.1
"""Seconds between two looks whether a waiting question may open."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question in the queue, for whoever shows that it waits. Texts are raw."""

    about: Asked
    server: str
    """"" when it is about the model's turn."""
    item: str = ""
    """The tool's or prompt's name or the resource's URI; "" when it is about none."""
    destructive: bool = False
    position: int = 1
    """1 is the one that is asked now or next."""
    is_open: bool = False
    """Its dialog is on the screen."""
    request: Request | None = None
    """What permission is asked for."""
    number: int = 0
    """The question's own; it keeps it when it is answered."""
    since: float = 0.0
    """Unix time at which it was asked."""


@dataclass(slots=True, eq=False)
class Question(Generic[T]):
    """One that waits, and how it is asked and answered."""

    about: Waiting
    make: Callable[[Sequence[Question[Any]]], ModalScreen[Any]]
    """A new dialog for it and those that are asked together with it."""
    no: T
    """The answer when there is none."""
    answer: asyncio.Future[T]
    proposal: Proposal | None = None
    """Where the dialog writes the answer, when permission is asked for; else it is the dialog's result."""

    def belongs_with(self, other: Question[Any]) -> bool:
        """Whether both are calls of one answer of the model."""
        ours, theirs = self.about.request, other.about.request
        return self is other or bool(ours and theirs and ours.batch and ours.batch == theirs.batch)

    def settle(self, result: Any) -> None:
        """The dialog closed with this result."""
        found: Any = self.proposal.reply if self.proposal and result else result
        _settle(self, self.no if found is None else found)


class Questions:
    """The queue of an app. Any task may put a question."""

    def __init__(self, app: App[Any], has_draft: Callable[[], bool] = lambda: False) -> None:
        self.has_draft = has_draft
        """Whether any field (composer, filter, form) holds a draft."""
        self._app = app
        self.history = History()
        """What was asked and is over."""
        self._numbers = count(1)
        self._queue: list[Question[Any]] = []
        self._open: tuple[list[Question[Any]], Dialog] | None = None
        """The questions of the dialog on the screen, and that dialog."""
        self._withdrawn: list[Dialog] = []
        """Dialogs without a question that lie under another one; they go when they come up."""
        self._listeners: list[Callable[[], object]] = []
        self._timer: Timer | None = None
        self._follows_screens = False
        self._closed = False
        self._sieve = KeySieve(app, self._guarded, self._fold, self._has_field)

    # -- the queue ------------------------------------------------------------------------------------

    async def put(
        self,
        about: Waiting,
        make: Callable[[Sequence[Question[Any]]], ModalScreen[Any]],
        no: T,
        told: Callable[[T], Told],
        ended: Callable[[asyncio.CancelledError], Told],
        proposal: Proposal | None = None,
        at_once: bool = False,
    ) -> T:
        """Queue a question and wait for its answer. Cancelling takes it off the queue and the screen.

        `told` and `ended` say for the history what came of it; `at_once`: the person asked to be asked.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        about = replace(about, number=next(self._numbers), since=time())
        question = Question(about, make, no, answer, proposal)
        if self._closed:
            return no
        began = monotonic()
        self._queue.append(question)
        if at_once:
            self._app.call_later(self.open_now, about.number)
        outcome: Told | None = None
        try:
            # Screens are pushed from the app's own task, never from the caller's context.
            reply = await answer if self._app.call_later(self._tend) else no
            outcome = told(reply)
            return reply
        except asyncio.CancelledError as error:
            outcome = ended(error)
            raise
        finally:
            self._forget(question)
            if outcome is not None:
                over = Answered(
                    about.number, about.about, about.server, about.item, time(), monotonic() - began, outcome
                )
                self.history.add(over)
            self._app.call_later(self._tend)

    def write_down(self, make: Callable[[int], Answered]) -> None:
        """Add what was answered without the person to the history, under a number of its own."""
        self.history.add(make(next(self._numbers)))
        self._app.call_later(self._tend)

    # -- for the screen -------------------------------------------------------------------------------

    @property
    def waiting(self) -> list[Waiting]:
        """All that waits, the oldest first."""
        opened = self._open[0] if self._open else []
        return [
            replace(question.about, position=position, is_open=question in opened)
            for position, question in enumerate(self._queue, 1)
        ]

    def listen(self, changed: Callable[[], object]) -> Callable[[], None]:
        """Call `changed` in the app's task whenever `waiting` changed. Returns what ends that."""
        self._listeners.append(changed)
        return partial(self._listeners.remove, changed)

    def open_now(self, number: int = 0) -> None:
        """Show a question (0: the first) at once, whatever is being typed. The keys' rules hold all the same."""
        if self._queue and not self._open:
            self._queue.sort(key=lambda question: question.about.number != number)  # stable: it alone moves
            self._show()
            self._tend()

    def bring_up(self, about: Asked, server: str) -> bool:
        """Show a question that waits already; whether there is one. Whoever asked first hears the answer."""
        number = next((each.number for each in self.waiting if (each.about, each.server) == (about, server)), 0)
        if number:
            self.open_now(number)
        return bool(number)

    def close(self) -> None:
        """The app leaves: everything is denied, now and from now on."""
        self._closed = True
        self._open = None
        for question in self._queue:
            _settle(question, question.no)
        self._queue.clear()
        self._watch()

    def sift(self, event: events.Event) -> Sequence[events.Event]:
        """What of an event the app is to handle now. See the top of this file and key_sieve.py."""
        return self._sieve.sift(event)

    # -- the dialog -----------------------------------------------------------------------------------

    def _tend(self) -> None:
        """Bring the screen in line with the queue."""
        if self._closed:
            return
        self._clear_away()
        if self._queue and not self._open and self._may_open():
            self._show()
        if self._open and isinstance(self._open[1], Guarded):
            self._open[1].waiting_changed(len(self._queue))
        self._watch()
        for changed in list(self._listeners):
            changed()

    def _may_open(self) -> bool:
        """Whether a dialog would interrupt nothing."""
        free = not isinstance(self._app.screen, ModalScreen) and not self.has_draft()
        return free and monotonic() - self._sieve.last_key >= QUIET_TO_OPEN

    def _show(self) -> None:
        first = self._queue[0]
        together = [question for question in self._queue if question.belongs_with(first)]
        dialog = first.make(together)
        self._open = together, dialog
        if not self._follows_screens:
            self._follows_screens = True
            self._app.screen_change_signal.subscribe(self._app, self._screen_changed, immediate=True)
        self._app.clear_notifications()  # nothing may lie over a question
        self._app.push_screen(dialog, partial(self._answered, dialog))

    def _answered(self, dialog: Dialog, result: Any) -> None:
        """A dialog closed by itself. One that we closed is no longer the open one."""
        if self._open and self._open[1] is dialog:
            together, _ = self._open
            self._open = None
            for question in together:
                question.settle(result)
                self._forget(question)
            self._tend()

    def _fold(self) -> None:
        """Take the dialog off the screen and keep its question."""
        if self._open:
            dialog = self._open[1]
            self._open = None
            dialog.dismiss(None)
            self._app.call_later(self._tend)

    def _clear_away(self) -> None:
        """Close dialogs whose question is gone; a question whose dialog somebody else closed is denied."""
        if self._open:
            together, dialog = self._open
            if not any(question in self._queue for question in together):
                self._open = None
                self._withdrawn.append(dialog)
            elif dialog not in self._app.screen_stack:
                self._app.call_later(self._answered, dialog, None)  # after a result that is on its way
        for dialog in list(self._withdrawn):
            if dialog is self._app.screen:
                dialog.dismiss(None)
            if dialog not in self._app.screen_stack:
                self._withdrawn.remove(dialog)

    def _screen_changed(self, screen: Screen[Any]) -> None:
        self._app.call_later(self._tend)

    def _guarded(self) -> Guarded | None:
        dialog = self._open[1] if self._open else None
        if isinstance(dialog, Guarded) and not dialog.takes_text and dialog is self._app.screen:
            return dialog
        return None

    def _has_field(self) -> bool:
        """Whether a field had the focus before the dialog."""
        return isinstance(self._app.screen_stack[-2].focused, Input | TextArea)

    def _forget(self, question: Question[Any]) -> None:
        if question in self._queue:
            self._queue.remove(question)

    # -- time -----------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Look again and again while a question waits for its moment, and only then."""
        needed = bool(self._queue) and not self._open
        if needed and self._timer is None:
            self._timer = self._app.set_interval(_LOOK_AGAIN, self._look_soon)
        elif not needed and self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _look_soon(self) -> None:
        self._app.call_later(self._look)  # after the keys that the app has yet to handle

    def _look(self) -> None:
        if self._queue and not self._open and not self._closed and self._may_open():
            self._tend()


def _settle(question: Question[T], answer: T) -> None:
    if not question.answer.done():
        question.answer.set_result(answer)
