"""The second step of "Always allow…": what to remember, and the exact rule in words before it is written."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.widgets import Static

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Answer, Request, remember
from mcp_tui.domain.rule_words import sentence
from mcp_tui.domain.rules import Scope, canonical
from mcp_tui.ui.widgets.pieces import Choice, key, line, pairs, prose, two

SCOPES = {"exact": Scope.EXACT, "item": Scope.TOOL, "server": Scope.SERVER}
"""By the ids of their choices."""


NUMBERS = {"exact": "1", "item": "2", "server": "3"}
"""Their keys."""


class RememberStep(VerticalGroup):
    """The rule as it stands, and what changes it: its scope (1, 2, 3), allow or deny (n); then `#keep` (y) or `#back`.

    `changed_by()` gives the step that takes its place.
    """

    def __init__(self, request: Request, scope: Scope = Scope.TOOL, answer: Answer = Answer.ALWAYS) -> None:
        """`request` holds the arguments as they would be sent; `answer` is ALWAYS or NEVER."""
        super().__init__(classes="step")
        self._request = request
        self.scope = scope
        self.answer = answer

    def changed_by(self, choice: str) -> RememberStep | None:
        """This step with another scope or the other answer, or None when the choice changes neither."""
        if choice == "turn":
            other = Answer.ALWAYS if self.answer is Answer.NEVER else Answer.NEVER
            return RememberStep(self._request, self.scope, other)
        return RememberStep(self._request, SCOPES[choice], self.answer) if choice in SCOPES else None

    def compose(self) -> ComposeResult:
        request = self._request
        rule = remember(request, self.answer, 0.0, self.scope)
        allows = self.answer is Answer.ALWAYS
        with VerticalScroll(classes="question", can_focus=False):
            yield two(f"[b]Always {'allow' if allows else 'deny'}[/b]", "[$quiet]this rule will be written[/]", "gap")
            yield Static(prose(sentence(rule) if rule else ""), classes="gap")
            whence = " · ".join(filter(None, (request.server, request.server_kind)))
            yield pairs(("server", line(whence)), ("take back", f"Permissions, in the palette {key('ctrl+p')}"))
        for scope, words, more in self._offers():
            mark = "●" if SCOPES[scope] is self.scope else "○"
            yield Choice(f" {NUMBERS[scope]} ", f"{mark} {words}", more, id=scope, width=24)
        other = "deny" if allows else "allow"
        yield Choice(" n ", f"  Always {other}…", f"turn it into a rule to {other}", id="turn", width=24)
        yield Choice(" y ", "  Remember it", f"and {'allow' if allows else 'deny'} this one", id="keep", width=24)
        yield Choice("esc", "  Back", "nothing is remembered", id="back", width=24)

    def _offers(self) -> Iterator[tuple[str, str, str]]:
        kind = self._request.kind
        if kind is not Kind.TOOL:
            yield "item", f"This {kind.value}", ""
            yield "server", "All of this server", "every prompt and resource"
            return
        if not HIDDEN.are_in(canonical(self._request.arguments)):  # a secret never goes into the rules' file
            yield "exact", "These exact arguments", "any others are asked for"
        yield "item", "This tool", "with any arguments"
        yield "server", "Every tool", "of this server, those it adds later too"
