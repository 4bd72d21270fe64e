"""The step of the permission dialog that shows what changed in a definition since it was allowed."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.definition_change import Change, Words
from mcp_tui.ui.widgets.pieces import Choice, column, marked, pairs, two

_AROUND = 20
"""Characters that stay at each end of what two long texts have in common."""


class ChangesStep(VerticalGroup):
    """Each part that changed, the old text above the new one, and one answer: `#back` (esc)."""

    def __init__(self, found: list[Change], allowed_on: str) -> None:
        super().__init__(classes="step")
        self._changes = found
        self._allowed_on = allowed_on

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="question", can_focus=False):
            yield two("[b]What changed[/b]", marked("[$quiet]since $date[/]", date=self._allowed_on), "gap")
            yield from column(change_rows(self._changes))
        yield Choice("esc", "Back", "to the answers", id="back")


def change_rows(found: list[Change]) -> Iterator[Widget]:
    """Each part that changed, then and now, word by word."""
    for change in found:
        old, new = change.words()
        yield Static(marked("[b]$part[/b]", part=change.part))
        yield pairs(("then", _side(old)), ("now", _side(new)))


def difference(change: Change) -> Content:
    """Then and now on one line; of long texts what differs, and a few characters around it."""
    old, new = change.words()
    return Content.assemble(_side(_near(old)), ("  →  ", "$quiet"), _side(_near(new)))


def _near(words: Words) -> Words:
    if sum(len(text) for text, _ in words) <= 2 * _AROUND:
        return words
    return [(text, differs) if differs else (_ends(text), False) for text, differs in words]


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _AROUND else f"{text[:_AROUND]} … {text[-_AROUND:]}"


def _side(words: Words) -> Content:
    """One side of a change, what is only there marked by more than a colour."""
    if not words:
        return Content.from_markup("[$quiet]not there[/]")
    return Content.assemble(*((text, "b u $warn" if differs else "") for text, differs in words))
