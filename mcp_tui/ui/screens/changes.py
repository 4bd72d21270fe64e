"""The step of the permission dialog that shows what changed in a definition since it was allowed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mcp_tui.domain.definition_change import Change, Words
from mcp_tui.ui.widgets.pieces import Choice, marked, pairs, two


class ChangesStep(VerticalGroup):
    """Each part that changed, the old text above the new one, and one answer: `#back` (esc)."""

    def __init__(self, found: list[Change], allowed_on: str) -> None:
        super().__init__(classes="step")
        self._changes = found
        self._allowed_on = allowed_on

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="question", can_focus=False):
            yield two("[b]What changed[/b]", marked("[$quiet]since $date[/]", date=self._allowed_on), "gap")
            for change in self._changes:
                old, new = change.words()
                yield Static(marked("[b]$part[/b]", part=change.part))
                yield pairs(("then", _side(old)), ("now", _side(new)))
        yield Choice("esc", "Back", "to the answers", id="back")


def _side(words: Words) -> Content:
    """One side of a change, what is only there marked by more than a colour."""
    if not words:
        return Content.from_markup("[$quiet]not there[/]")
    return Content.assemble(*((text, "b u $warn" if differs else "") for text, differs in words))
