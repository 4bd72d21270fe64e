"""Dialogs with a line for each thing of a list; below, all about the highlighted one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from mcp_tui.domain.text import clean_line
from mcp_tui.ui.screens.fitted import Fitted

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp

T = TypeVar("T")


class Overview(Fitted[None], Generic[T]):
    """Whoever composes it yields an OptionList `#lines` and a VerticalScroll `#about`."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = "#lines"
    DEFAULT_CSS = """
    Overview {
        .dialog { height: 90%; }
        #lines { height: auto; max-height: 40%; border: none; background: $surface; padding: 0; margin-bottom: 1; }
        #lines:focus { border: none; }
        #about { height: 1fr; max-height: 1fr; }
        .values { padding: 0; }
    }
    """
    app: McpTuiApp

    def __init__(self) -> None:
        super().__init__(classes="dialog-screen")
        self.listed: Sequence[T] = ()

    def row(self, thing: T) -> Content:
        """Its line."""
        raise NotImplementedError

    def about(self, thing: T | None) -> Iterable[Widget]:
        """All about it, or why there is nothing."""
        raise NotImplementedError

    def show(self, things: Sequence[T], at: int = 0) -> None:
        """List these, and highlight one of them by its place."""
        self.listed = things
        lines = self.query_one("#lines", OptionList).set_options([self.row(each) for each in things])
        lines.display = bool(things)
        if things:
            lines.highlighted = min(at, len(things) - 1)
        else:
            self._tell(None)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if (at := event.option_list.highlighted) is not None:  # the event's own place may be of the lines before
            self._tell(self.listed[at])

    def _tell(self, thing: T | None) -> None:
        about = self.query_one("#about", VerticalScroll)
        about.remove_children()
        about.mount(*self.about(thing))
        about.scroll_home(animate=False)


def columns(*cells: tuple[str, int, str]) -> Content:
    """A line of cells: text (raw), width, style."""
    return Content(" ").join(
        [
            Content.styled(clean_line(text), style).truncate(width, ellipsis=True, pad=True)
            for text, width, style in cells
        ]
    )
