"""The answers of the permission dialog: their keys, their words, and which of them allow."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.permission import Answer, Initiator
from mcp_tui.ui.screens.proposal import Proposal
from mcp_tui.ui.widgets.pieces import Choice, key

ANSWERS = {"once": Answer.ONCE, "session": Answer.SESSION, "deny": Answer.DENY}
"""What the choices that end the question mean, by their ids."""
ALLOWING = frozenset({"once", "session", "always"})
KEYS = {
    "a": "once",
    "s": "session",
    "A": "always",
    "shift+a": "always",
    "e": "edit",
    "r": "reason",
    "d": "deny",
    "1": "exact",
    "2": "item",
    "3": "server",
    "n": "turn",
    "y": "keep",
    "v": "changes",
}
"""The choice that each key stands for, by its id; those of the further steps too."""
SEE_ALL = "first see every line: pgdn"


def choices(proposal: Proposal) -> Iterator[Choice]:
    """The answers to a question, Deny last."""
    for choice in _all(proposal):
        if proposal.is_closed and choice.id in ALLOWING:
            choice.set_consequence(SEE_ALL)
        yield choice


def open_up(step: Widget, proposal: Proposal) -> None:
    """Every line was seen: say of the answers in a step what they do."""
    told = {choice.id: choice.consequence for choice in _all(proposal)}
    for choice in step.query(Choice):
        choice.set_consequence(told.get(choice.id, ""))


def _all(proposal: Proposal) -> Iterator[Choice]:
    request = proposal.request
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
        if not request.despite:  # such a rule is there already
            yield Choice("s", "Allow for session", f"{what}{any_arguments}, until you quit", id="session")
        yield Choice("A", "Always allow…", "choose what to remember", id="always")
    if request.before is not None and request.before.definition_text:
        yield Choice("v", "See what changed", "since you last allowed it", id="changes")
    if request.kind is Kind.TOOL:
        yield Choice("e", "Edit arguments", "change them, then decide", id="edit")
    if by_model:
        yield Choice("r", "Deny, and say why", "the model hears your reason", id="reason")
    yield Choice(
        "d", "Deny", "the model hears that you said no" if by_model else "nothing is sent", key("esc"), id="deny"
    )
