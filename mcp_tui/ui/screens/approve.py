"""The dialog that asks for permission: what wants to run, exactly as it will be sent, and the answers (answers.py).

Deny has the first focus. Which keys may answer, and when, is decided outside: ui/key_sieve.py. What is of high risk
(domain/risk.py) can be allowed only once each line of it was in view, and by the answer's own key, never by Enter.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalGroup
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.definition_change import changes
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.permission import Answer, remember
from mcp_tui.domain.risk import is_high
from mcp_tui.ui.key_sieve import Guarded
from mcp_tui.ui.lone_press import QUIET_BEFORE
from mcp_tui.ui.screens.answers import ALLOWING, ANSWERS, KEYS, SEE_ALL, choices, open_up
from mcp_tui.ui.screens.batch import BatchList
from mcp_tui.ui.screens.changes import ChangesStep
from mcp_tui.ui.screens.deny_reason import ReasonStep
from mcp_tui.ui.screens.edit_arguments import EditStep
from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.screens.proposal import Proposal
from mcp_tui.ui.screens.remember import RememberStep
from mcp_tui.ui.screens.request_view import day_of, question
from mcp_tui.ui.widgets.pieces import Choice, column, two
from mcp_tui.ui.widgets.seen_scroll import SeenScroll

_CHROME = 7
"""Rows of the panel's frame, its title and its gaps."""


class ApproveDialog(Guarded, Fitted[bool]):
    """Asks for one request, or for all calls of one answer of the model, each by itself.

    The result is True once each proposal has its reply, and None when the dialog folded away before that.
    """

    CSS_PATH = ["dialog.tcss", "approve.tcss"]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    AUTO_FOCUS = None
    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("left", "turn_to(-1)", show=False),
        Binding("right", "turn_to(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("ctrl+up", "scroll(-1)", show=False),
        Binding("ctrl+down", "scroll(1)", show=False),
        Binding("home", "end(False)", show=False),
        Binding("end", "end(True)", show=False),
    ]

    def __init__(self, proposals: Sequence[Proposal], waiting: int = 1) -> None:
        """`waiting`: how many questions wait, these included."""
        super().__init__(classes="dialog-screen")
        self._proposals = proposals
        self._proposal = _undecided(proposals)[0]
        """The one that is looked at."""
        self._waiting = waiting
        self._focus_next = ""
        """The id of the choice that the next step focuses; "" for its last one."""

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            yield two("[b]Permission required[/b]", "", "gap top")
            if len(self._proposals) > 1:
                yield BatchList(self._proposals)
            yield _answers(self._proposal)

    def on_mount(self) -> None:
        self._stepped()

    # -- what Guarded asks for ------------------------------------------------------------------------

    def choice_for(self, key: str) -> Choice | None:
        if key == "enter":
            focused = self.focused
            return focused if isinstance(focused, Choice) and not self._only_by_key(focused) else None
        found = self.query(f"#{KEYS[key]}").results(Choice) if key in KEYS else iter(())
        return next(found, None)

    def choose(self, choice: Choice) -> None:
        proposal = self._proposal
        match choice.id:
            case _ if proposal.is_closed and choice.id in ALLOWING:
                choice.set_consequence(SEE_ALL, "b $warn")
            case "always":
                self._step(RememberStep(proposal.as_edited))
            case "exact" | "item" | "server" | "turn" if other := self.query_one(RememberStep).changed_by(choice.id):
                self._step(other, choice.id)
            case "keep":
                step = self.query_one(RememberStep)
                self._decide(Reply(step.answer, proposal.arguments, step.scope))
            case "changes" if (before := proposal.request.before) is not None:
                found = changes(before.definition_text, proposal.request.definition_text)
                self._step(ChangesStep(found, day_of(before)))
            case "edit":
                self.takes_text = True
                self._step(EditStep(proposal.request, proposal.arguments))
            case "reason":
                self.takes_text = True
                self._step(ReasonStep())
            case "back":
                self._step(_answers(proposal))
            case _:
                self._decide(Reply(ANSWERS[choice.id or "deny"], proposal.arguments))

    def step_back(self) -> None:
        if self.query("RememberStep, ChangesStep"):
            self._step(_answers(self._proposal))
        else:
            self._decide(Reply(Answer.DENY, self._proposal.arguments))

    def waiting_changed(self, count: int) -> None:
        if count != self._waiting:
            self._waiting = count
            self._tell()

    # -- deciding -------------------------------------------------------------------------------------

    def _decide(self, reply: Reply) -> None:
        """Take a reply, and go on to the next call that has none."""
        self._proposal.reply = reply
        self._decide_alike(reply)
        if open_ones := _undecided(self._proposals):
            at = self._proposals.index(self._proposal)
            later = [each for each in open_ones if self._proposals.index(each) > at]
            self._turn((later or open_ones)[0])
        else:
            self.dismiss(True)

    def _decide_alike(self, reply: Reply) -> None:
        """What a rule of this reply is about too needs no further question, as if it had come later."""
        rule = remember(self._proposal.as_edited, reply.answer, 0.0, reply.scope)
        if rule is None:
            return
        answer = Answer.DENY if reply.answer.is_no else Answer.ONCE
        for other in _undecided(self._proposals):
            request = other.as_edited
            if rule.matches(request) and (reply.answer.is_no or not (is_high(request) or request.every_time)):
                other.reply = Reply(answer, other.arguments)

    def _turn(self, proposal: Proposal) -> None:
        self._proposal = proposal
        self._step(_answers(proposal))

    def action_turn_to(self, by: int) -> None:
        """Look at the call before or after this one; what was decided of it can be decided anew."""
        at = self._proposals.index(self._proposal) + by
        if self.query("#deny") and 0 <= at < len(self._proposals):
            self._turn(self._proposals[at])

    def _only_by_key(self, choice: Choice) -> bool:
        """Whether Enter on this answer would allow something of high risk."""
        if not self._proposal.is_high_risk:
            return False
        keeps = choice.id == "keep" and not self.query_one(RememberStep).answer.is_no
        return keeps or choice.id in ALLOWING

    def on_seen_scroll_all_seen(self, event: SeenScroll.AllSeen) -> None:
        event.stop()
        if self._proposal.is_closed:
            self._proposal.seen = True
            open_up(self, self._proposal)

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
        self._tell()
        self._fit()
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.drawn_at = monotonic()
        for scroll in self.query(SeenScroll):
            scroll.begin()

    def on_edit_step_edited(self, event: EditStep.Edited) -> None:
        if event.arguments is not None:
            self._proposal.edit(event.arguments)
        self.takes_text = False
        self._step(_answers(self._proposal))

    def on_reason_step_given(self, event: ReasonStep.Given) -> None:
        self.takes_text = False
        if event.reason is None:
            self._step(_answers(self._proposal))
        else:
            self._decide(Reply(Answer.DENY, self._proposal.arguments, reason=event.reason))

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
        rows = (
            int(self.app.size.height * 0.96)
            - len(self.query(Choice))
            - _CHROME
            - sum(batch.rows for batch in self.query(BatchList))
        )
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

    # -- the title ------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Say at the title which question this is, and how it stands with the calls."""
        self.query(".dialog").set_class(self._proposal.is_high_risk, "-danger")
        for corner in self.query(".top > .right").results(Static):
            corner.update(self._corner())
        for batch in self.query(BatchList):
            batch.show(self._proposal)

    def _corner(self) -> Content:
        """What stands at the right end of the title."""
        count = f"[$quiet]1 of {self._waiting}[/]" if self._waiting > 1 else ""
        if len(self._proposals) > 1:
            place = self._proposals.index(self._proposal) + 1
            count = f"[$quiet]← →  call {place} of {len(self._proposals)}[/]"
        risk = "destructive" if self._proposal.request.hints.says_destructive else "high risk"
        danger = f"[b $bad]▲ {risk}[/]" if self._proposal.is_high_risk else ""
        return Content.from_markup("   ".join(filter(None, (count, danger))))


def _undecided(proposals: Sequence[Proposal]) -> list[Proposal]:
    return [proposal for proposal in proposals if proposal.reply is None]


def _answers(proposal: Proposal) -> VerticalGroup:
    told = question(proposal.as_edited, proposal.edited)
    return VerticalGroup(SeenScroll(*column(told), classes="question"), *choices(proposal), classes="step")
