"""Every question that comes by itself, one at a time: permissions, what servers ask, whether a turn may go on.

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

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling
from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.happenings import Happening, RootsTold
from mcp_tui.domain.passing import WITHHOLD, Held, Ruling
from mcp_tui.domain.permission import Answer, Request
from mcp_tui.domain.review import Review
from mcp_tui.domain.servers import ServerSpec
from mcp_tui.domain.signin import CAME_BACK, SignIn
from mcp_tui.ui import answered
from mcp_tui.ui.answered import Answered, Asked, History, Told
from mcp_tui.ui.key_sieve import Guarded, KeySieve

if TYPE_CHECKING:
    from mcp_tui.ui.screens.proposal import Proposal
    from mcp_tui.ui.screens.sample import Draft

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
class _Question(Generic[T]):
    about: Waiting
    make: Callable[[Sequence[_Question[Any]]], ModalScreen[Any]]
    """A new dialog for it and those that are asked together with it."""
    no: T
    """The answer when there is none."""
    answer: asyncio.Future[T]
    proposal: Proposal | None = None
    """Where the dialog writes the answer, when permission is asked for; else it is the dialog's result."""

    def belongs_with(self, other: _Question[Any]) -> bool:
        """Whether both are calls of one answer of the model."""
        ours, theirs = self.about.request, other.about.request
        return self is other or bool(ours and theirs and ours.batch and ours.batch == theirs.batch)

    def settle(self, result: Any) -> None:
        """The dialog closed with this result."""
        found: Any = self.proposal.reply if self.proposal and result else result
        _settle(self, self.no if found is None else found)


class Asking:
    """Asks the person: `Asker`, `Reader` and `Reviewer` for the gates, `ServerAsks` and `SignInAsks` for servers.

    Any task may ask.
    """

    def __init__(self, app: App[Any], has_draft: Callable[[], bool] = lambda: False) -> None:
        self.has_draft = has_draft
        """Whether any field (composer, filter, form) holds a draft."""
        self.drafter: Callable[[], tuple[Draft | None, str]] = lambda: (None, "")
        """What can draft an answer to a server's question to a model, and that model's name."""
        self._app = app
        self.history = History()
        """What was asked and is over."""
        self._numbers = count(1)
        self._queue: list[_Question[Any]] = []
        self._open: tuple[list[_Question[Any]], Dialog] | None = None
        """The questions of the dialog on the screen, and that dialog."""
        self._withdrawn: list[Dialog] = []
        """Dialogs without a question that lie under another one; they go when they come up."""
        self._listeners: list[Callable[[], object]] = []
        self._timer: Timer | None = None
        self._follows_screens = False
        self._closed = False
        self._sieve = KeySieve(app, self._guarded, self._fold)

    # -- questions ------------------------------------------------------------------------------------

    async def ask(self, request: Request) -> Reply:
        """May this run? A closed dialog and a closing app mean no."""
        from mcp_tui.ui.screens.approve import ApproveDialog
        from mcp_tui.ui.screens.proposal import Proposal

        risky = request.kind is Kind.TOOL and request.hints.says_destructive
        about = Waiting("permission", request.server, request.item, risky, request=request)

        def make(together: Sequence[_Question[Any]]) -> ApproveDialog:
            return ApproveDialog([each.proposal for each in together if each.proposal], len(self._queue))

        return await self._put(
            about,
            make,
            Reply(Answer.DENY, request.arguments),
            partial(answered.permission, request),
            lambda _: answered.permission(request, None),
            Proposal(request, request.arguments),
        )

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        """A server wants data from the person, or wants them to go somewhere. No answer means "cancel"."""
        from mcp_tui.ui.screens.elicit import ElicitDialog
        from mcp_tui.ui.screens.visit import VisitDialog

        return await self._put(
            Waiting("elicitation", ask.server),
            lambda _: VisitDialog(ask) if ask.url else ElicitDialog(ask),
            ElicitReply("cancel"),
            partial(answered.elicitation, ask),
            lambda _: answered.elicitation(ask, None),
        )

    async def sample(self, ask: Sampling) -> SampleReply | None:
        """A server wants a model's answer. None means no."""
        from mcp_tui.ui.screens.sample import SampleDialog

        nothing: SampleReply | None = None
        return await self._put(
            Waiting("sampling", ask.server),
            lambda _: SampleDialog(ask, *self.drafter()),
            nothing,
            partial(answered.sampling, ask),
            lambda _: answered.sampling(ask, None, ended=True),
        )

    async def read(self, held: Held) -> Ruling:
        """A tool's result waits to be passed on to the model. A closed dialog keeps it back."""
        from mcp_tui.ui.screens.result import ResultDialog

        return await self._put(
            Waiting("result", held.server, held.tool),
            lambda *_: ResultDialog(held),
            WITHHOLD,
            partial(answered.result, held),
            lambda _: answered.result(held, None),
        )

    async def review(self, review: Review) -> bool:
        """May models read what a server says? A closed dialog leaves it out."""
        from mcp_tui.ui.screens.review import ReviewDialog

        return await self._put(
            Waiting("review", review.server),
            lambda _: ReviewDialog(review),
            False,
            partial(answered.review, review),
            lambda _: answered.review(review, None),
        )

    async def consent(self, spec: ServerSpec, keys: Sequence[str]) -> bool:
        """May a server of a project's file be started? The person wants to be asked now. A closed dialog means no."""
        from mcp_tui.ui.screens.consent import ConsentDialog

        for about in self.waiting:
            if (about.about, about.server) == ("consent", spec.name):
                self.open_now(about.number)
                return False  # whoever asked first hears the answer
        return await self._put(
            Waiting("consent", spec.name),
            lambda _: ConsentDialog(spec, keys),
            False,
            partial(answered.consent, spec),
            lambda _: answered.consent(spec, None),
            at_once=True,
        )

    async def go_on(self, rounds: int) -> bool:
        """A turn reached its cap of rounds: may the model go on? A closed dialog ends the turn."""
        from mcp_tui.ui.screens.two_ways import GoOn

        return await self._put(
            Waiting("rounds", ""),
            lambda _: GoOn(rounds),
            False,
            partial(answered.rounds, rounds),
            lambda _: answered.rounds(rounds, None),
        )

    async def show_page(self, tool: Tool, size: int) -> bool:
        """A tool's own page of this size was read: may it go to the browser? A closed dialog means no."""
        from mcp_tui.ui.screens.two_ways import ShowPage

        return await self._put(
            Waiting("page", tool.server, tool.name),
            lambda _: ShowPage(tool, size),
            False,
            partial(answered.page, tool),
            lambda _: answered.page(tool, None),
        )

    async def sign_in(self, ask: SignIn) -> str | None:
        """A server wants the person to sign in. The pasted address that leads back, or None: refused."""
        from mcp_tui.ui.screens.sign_in import SignInDialog

        nothing: str | None = None
        return await self._put(
            Waiting("sign-in", ask.server),
            lambda _: SignInDialog(ask),
            nothing,
            lambda pasted: answered.sign_in(ask, pasted=bool(pasted)),
            lambda error: answered.sign_in(ask, came_back=CAME_BACK in error.args, ended=True),
        )

    async def _put(
        self,
        about: Waiting,
        make: Callable[[Sequence[_Question[Any]]], ModalScreen[Any]],
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
        question = _Question(about, make, no, answer, proposal)
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

    def happened(self, happening: Happening) -> None:
        """Write down what servers asked and the program answered by itself, as the person told it to."""
        if isinstance(happening, RootsTold):
            self.history.add(answered.roots(happening, next(self._numbers)))
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

    def _forget(self, question: _Question[Any]) -> None:
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


def _settle(question: _Question[T], answer: T) -> None:
    if not question.answer.done():
        question.answer.set_result(answer)
