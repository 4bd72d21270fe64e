"""The dialog that asks for permission: what wants to run, exactly as it will be sent, and five answers.

Deny has the first focus. Which keys may answer, and when, is decided outside: ui/key_sieve.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.definition_change import changes
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.permission import Answer, Initiator, Request
from mcp_tui.domain.rules import canonical
from mcp_tui.ui.key_sieve import Guarded
from mcp_tui.ui.lone_press import QUIET_BEFORE
from mcp_tui.ui.screens.changes import ChangesStep
from mcp_tui.ui.screens.edit_arguments import EditStep
from mcp_tui.ui.screens.remember import RememberStep
from mcp_tui.ui.screens.request_view import day_of, question
from mcp_tui.ui.widgets.pieces import Choice, key, two

_ANSWERS = {"once": Answer.ONCE, "session": Answer.SESSION, "deny": Answer.DENY}
"""What the choices that end the dialog mean, by their ids."""
_CHROME = 7
"""Rows of the panel's frame, its title and its gaps."""
_KEYS = {
    "a": "once",
    "s": "session",
    "A": "always",
    "shift+a": "always",
    "e": "edit",
    "d": "deny",
    "1": "exact",
    "2": "item",
    "3": "server",
    "n": "turn",
    "y": "keep",
    "v": "changes",
}


@dataclass(slots=True)
class Proposal:
    """A request and its arguments as the user has edited them so far; it outlives a dialog that folds away."""

    request: Request
    arguments: dict[str, Any]

    @property
    def edited(self) -> bool:
        return canonical(self.arguments) != canonical(self.request.arguments)

    @property
    def as_edited(self) -> Request:
        """The request as it would be sent."""
        return replace(self.request, arguments=self.arguments)


class ApproveDialog(Guarded, ModalScreen[Reply | None]):
    """Asks for one request. The result is the reply, or None when the dialog folded away unanswered."""

    CSS_PATH = ["dialog.tcss", "approve.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-small"), (100, "-medium")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    AUTO_FOCUS = None
    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("ctrl+up", "scroll(-1)", show=False),
        Binding("ctrl+down", "scroll(1)", show=False),
        Binding("home", "end(False)", show=False),
        Binding("end", "end(True)", show=False),
    ]

    def __init__(self, proposal: Proposal, waiting: int = 1) -> None:
        super().__init__(classes="dialog-screen")
        self._proposal = proposal
        self._waiting = waiting
        self._focus_next = ""
        """The id of the choice that the next step focuses; "" for its last one."""

    def compose(self) -> ComposeResult:
        risky = _is_risky(self._proposal.request)
        with VerticalGroup(classes="dialog -danger" if risky else "dialog"):
            yield two("[b]Permission required[/b]", self._corner(), "gap top")
            yield _answers(self._proposal)

    def on_mount(self) -> None:
        self._stepped()

    # -- what Guarded asks for ------------------------------------------------------------------------

    def choice_for(self, key: str) -> Choice | None:
        if key == "enter":
            return self.focused if isinstance(self.focused, Choice) else None
        found = self.query(f"#{_KEYS[key]}").results(Choice) if key in _KEYS else iter(())
        return next(found, None)

    def choose(self, choice: Choice) -> None:
        match choice.id:
            case "always":
                self._step(RememberStep(self._proposal.as_edited))
            case "exact" | "item" | "server" | "turn" if other := self.query_one(RememberStep).changed_by(choice.id):
                self._step(other, choice.id)
            case "keep":
                step = self.query_one(RememberStep)
                self.dismiss(Reply(step.answer, self._proposal.arguments, step.scope))
            case "changes" if (before := self._proposal.request.before) is not None:
                found = changes(before.definition_text, self._proposal.request.definition_text)
                self._step(ChangesStep(found, day_of(before)))
            case "edit":
                self.takes_text = True
                self._step(EditStep(self._proposal.request, self._proposal.arguments))
            case "back":
                self._step(_answers(self._proposal))
            case _:
                self.dismiss(Reply(_ANSWERS[choice.id or "deny"], self._proposal.arguments))

    def step_back(self) -> None:
        if self.query("RememberStep, ChangesStep"):
            self._step(_answers(self._proposal))
        else:
            self.dismiss(Reply(Answer.DENY, self._proposal.arguments))

    def waiting_changed(self, count: int) -> None:
        if count != self._waiting:
            self._waiting = count
            self.query_one(".top > .right", Static).update(self._corner())

    # -- steps ----------------------------------------------------------------------------------------

    def _step(self, step: VerticalGroup, focus: str = "") -> None:
        """Show another step in place of this one. Nothing answers before it is drawn."""
        self.drawn_at = None
        self._focus_next = focus
        self.run_worker(self._replace(step), exclusive=True)

    async def _replace(self, step: VerticalGroup) -> None:
        # Nothing is held back meanwhile: the dialog may be taken away, and the screen would stay as it is for good.
        await self.query(".step").remove()
        await self.query_one(".dialog").mount(step)
        self._stepped()

    def _stepped(self) -> None:
        if choices := list(self.query(Choice)):
            self.set_focus(next((choice for choice in choices if choice.id == self._focus_next), choices[-1]))
        self._fit()
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.drawn_at = monotonic()

    def on_edit_step_edited(self, event: EditStep.Edited) -> None:
        if event.arguments is not None:
            self._proposal.arguments = event.arguments
        self.takes_text = False
        self._step(_answers(self._proposal))

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """A click. Enter comes through the sieve."""
        if event.clicked and self.drawn_at is not None and event.pressed_at - self.drawn_at >= QUIET_BEFORE:
            self.choose(event.choice)

    # -- moving ---------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """The question gets the rows that title and answers leave, so that the answers are always in sight."""
        fills = self.app.size.width < 100  # there the question takes what is left by itself
        rows = int(self.app.size.height * 0.96) - len(self.query(Choice)) - _CHROME
        for scroll in self.query(".question"):
            scroll.styles.max_height = None if fills else max(3, rows)

    def action_move(self, by: int) -> None:
        choices = list(self.query(Choice))
        if isinstance(self.focused, Choice):
            self.set_focus(choices[min(max(choices.index(self.focused) + by, 0), len(choices) - 1)])
        elif choices:
            self.set_focus(choices[-1])

    def action_page(self, by: int) -> None:
        for scroll in self.query(".question"):
            scroll.scroll_relative(y=by * max(1, scroll.size.height - 1), animate=False)

    def action_scroll(self, by: int) -> None:
        for scroll in self.query(".question"):
            scroll.scroll_relative(y=by, animate=False)

    def action_end(self, last: bool) -> None:
        for scroll in self.query(".question"):
            scroll.scroll_end(animate=False) if last else scroll.scroll_home(animate=False)

    def _corner(self) -> Content:
        """What stands at the right end of the title."""
        count = f"[$quiet]1 of {self._waiting}[/]" if self._waiting > 1 else ""
        danger = "[b $bad]▲ destructive[/]" if _is_risky(self._proposal.request) else ""
        return Content.from_markup("   ".join(filter(None, (count, danger))))


def _answers(proposal: Proposal) -> VerticalGroup:
    request = proposal.request
    told = question(request, proposal.arguments, proposal.edited)
    return VerticalGroup(VerticalScroll(*told, classes="question", can_focus=False), *_choices(request), classes="step")


def _choices(request: Request) -> Iterator[Choice]:
    by_model = request.initiator is Initiator.MODEL
    if request.kind is not Kind.TOOL and not by_model:
        # Any yes to what the user picked counts for its server: domain.permission.remember().
        if request.every_time:
            yield Choice("a", "Allow once", "just this time", id="once")
        else:
            yield Choice("a", "Allow once", "also this server's others, until you quit", id="once")
            yield Choice("s", "Allow for session", "this server's prompts and resources", id="session")
        yield Choice("d", "Deny", "nothing is sent", key("esc"), id="deny")
        return
    what = f"this {request.kind.value}"
    any_arguments = ", any arguments" if request.kind is not Kind.RESOURCE else ""
    yield Choice("a", "Allow once", "just this call" if request.kind is Kind.TOOL else "just this time", id="once")
    if not request.every_time:
        yield Choice("s", "Allow for session", f"{what}{any_arguments}, until you quit", id="session")
        yield Choice("A", "Always allow…", "choose what to remember", id="always")
    if request.before is not None and request.before.definition_text:
        yield Choice("v", "See what changed", "since you last allowed it", id="changes")
    if request.kind is Kind.TOOL:
        yield Choice("e", "Edit arguments", "change them, then decide", id="edit")
    yield Choice(
        "d", "Deny", "the model hears that you said no" if by_model else "nothing is sent", key("esc"), id="deny"
    )


def _is_risky(request: Request) -> bool:
    return request.kind is Kind.TOOL and request.hints.says_destructive
