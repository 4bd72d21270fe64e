"""Every question that comes by itself: permissions, what servers ask, whether a turn may go on.

What is asked, what no answer means, and what is written down of it; when a question is shown is in questions.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App

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
from mcp_tui.ui.questions import Question, Questions, Waiting

if TYPE_CHECKING:
    from mcp_tui.ui.screens.approve import ApproveDialog
    from mcp_tui.ui.screens.sample import Draft


class Asking(Questions):
    """Asks the person: `Asker`, `Reader` and `Reviewer` for the gates, `ServerAsks` and `SignInAsks` for servers.

    Any task may ask.
    """

    def __init__(self, app: App[Any], has_draft: Callable[[], bool] = lambda: False) -> None:
        super().__init__(app, has_draft)
        self.drafter: Callable[[], tuple[Draft | None, str]] = lambda: (None, "")
        """What can draft an answer to a server's question to a model, and that model's name."""

    async def ask(self, request: Request) -> Reply:
        """May this run? A closed dialog and a closing app mean no."""
        from mcp_tui.ui.screens.approve import ApproveDialog
        from mcp_tui.ui.screens.proposal import Proposal

        risky = request.kind is Kind.TOOL and request.hints.says_destructive
        about = Waiting("permission", request.server, request.item, risky, request=request)

        def make(together: Sequence[Question[Any]]) -> ApproveDialog:
            return ApproveDialog([each.proposal for each in together if each.proposal], len(self.waiting))

        return await self.put(
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

        return await self.put(
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
        return await self.put(
            Waiting("sampling", ask.server),
            lambda _: SampleDialog(ask, *self.drafter()),
            nothing,
            partial(answered.sampling, ask),
            lambda _: answered.sampling(ask, None, ended=True),
        )

    async def read(self, held: Held) -> Ruling:
        """A tool's result waits to be passed on to the model. A closed dialog keeps it back."""
        from mcp_tui.ui.screens.result import ResultDialog

        return await self.put(
            Waiting("result", held.server, held.tool),
            lambda *_: ResultDialog(held),
            WITHHOLD,
            partial(answered.result, held),
            lambda _: answered.result(held, None),
        )

    async def review(self, review: Review) -> bool:
        """May models read what a server says? A closed dialog leaves it out."""
        from mcp_tui.ui.screens.review import ReviewDialog

        return await self.put(
            Waiting("review", review.server),
            lambda _: ReviewDialog(review),
            False,
            partial(answered.review, review),
            lambda _: answered.review(review, None),
        )

    async def consent(self, spec: ServerSpec, keys: Sequence[str]) -> bool:
        """May a server of a project's file be started? The person wants to be asked now. A closed dialog means no."""
        from mcp_tui.ui.screens.consent import ConsentDialog

        return await self.put(
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

        return await self.put(
            Waiting("rounds", ""),
            lambda _: GoOn(rounds),
            False,
            partial(answered.rounds, rounds),
            lambda _: answered.rounds(rounds, None),
        )

    async def show_page(self, tool: Tool, size: int) -> bool:
        """A tool's own page of this size was read: may it go to the browser? A closed dialog means no."""
        from mcp_tui.ui.screens.two_ways import ShowPage

        return await self.put(
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
        return await self.put(
            Waiting("sign-in", ask.server),
            lambda _: SignInDialog(ask),
            nothing,
            lambda pasted: answered.sign_in(ask, pasted=bool(pasted)),
            lambda error: answered.sign_in(ask, came_back=CAME_BACK in error.args, ended=True),
        )

    def happened(self, happening: Happening) -> None:
        """Write down what servers asked and the program answered by itself, as the person told it to."""
        if isinstance(happening, RootsTold):
            self.write_down(partial(answered.roots, happening))
