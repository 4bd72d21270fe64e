"""The tabs of a page: words in a line, the open one bold over an accent line."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

GAP = 2


class TabLine(Widget, can_focus=True):
    """`Details  Call  History 4  Raw`. The page around it has the keys."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TabLine {
        height: 2; margin: 1 0;
        &:focus { background: $block-cursor-blurred-background; }
        &:ansi:focus { text-style: underline; }
    }
    .-small TabLine { margin: 0 0 1 0; }
    """

    tabs: reactive[tuple[tuple[str, str], ...]] = reactive(())
    """Pairs of an id and its words."""
    active: reactive[str] = reactive("")

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def render(self) -> Content:
        ground = " " if self.app.current_theme.ansi else "━"  # 16 colours have none that is quiet enough
        words: list[Content] = []
        line: list[Content] = []
        for tab, word in self.tabs:
            open_one = tab == self.active
            words.append(Content.styled(word, "b" if open_one else "$quiet"))
            line.append(
                Content.styled("━" * len(word), "$primary")
                if open_one
                else Content.styled(ground * len(word), "$panel")
            )
        gap = Content.styled(ground * GAP, "$panel")
        rest = max(0, self.content_size.width - sum(len(word) for _, word in self.tabs) - GAP * (len(self.tabs) - 1))
        under = Content.assemble(gap.join(line), Content.styled(ground * rest, "$panel"))
        return Content.assemble(Content(" " * GAP).join(words), "\n", under)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        left = 0
        for tab, word in self.tabs:
            if left <= event.x < left + len(word):
                self.post_message(self.Picked(tab))
            left += len(word) + GAP
