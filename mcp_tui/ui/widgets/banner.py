"""The line above the composer that says a question waits; a click on it, or F8, shows the question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.widgets import Static

from mcp_tui.ui.widgets.pieces import hints, marked, two

if TYPE_CHECKING:
    from mcp_tui.ui.asking import Asking
    from mcp_tui.ui.questions import Waiting


class Banner(VerticalGroup):
    """Hidden when nothing waits, or when what waits is on the screen."""

    DEFAULT_CSS = """
    Banner {
        display: none; height: auto; padding: 0 2; background: $primary 18%; border-left: wide $primary;
        &.-waiting { display: block; }
        &:ansi { background: transparent; }
        .left { height: 1; text-overflow: ellipsis; text-wrap: nowrap; }
    }
    """

    def __init__(self, asking: Asking, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._asking = asking
        self._stop_listening: Callable[[], None] | None = None

    def compose(self) -> ComposeResult:
        yield two("", hints(F8="look"))

    def on_mount(self) -> None:
        self._stop_listening = self._asking.listen(self._show)
        self._show()

    def on_unmount(self) -> None:
        if self._stop_listening:
            self._stop_listening()

    def on_click(self) -> None:
        self._asking.open_now()

    def _show(self) -> None:
        waiting = self._asking.waiting
        shown = bool(waiting) and not waiting[0].is_open
        self.set_class(shown, "-waiting")
        if shown:
            self.query_one(".left", Static).update(words(waiting))


def words(waiting: list[Waiting]) -> Content:
    """What the line says of the first question, and how many more there are."""
    first = waiting[0]
    match first.about:
        case "permission":
            said = marked("[$hue]?[/] [b]$item[/b] on $server waits", item=first.item, server=first.server)
        case "result":
            words = "[$hue]?[/] [b]the result of $item[/b] on $server waits"
            said = marked(words, item=first.item, server=first.server)
        case "elicitation":
            said = marked("[$hue]?[/] [b]$server[/b] asks you", server=first.server)
        case "sampling":
            said = marked("[$hue]?[/] [b]$server[/b] asks for a model's answer", server=first.server)
        case "review":
            said = marked("[$hue]?[/] what [b]$server[/b] says to models wants a look", server=first.server)
        case "consent":
            said = marked("[$hue]?[/] whether [b]$server[/b] may be started waits", server=first.server)
        case "rounds":
            said = Content.from_markup("[$hue]?[/] [b]continue[/b] this long turn?")
        case "page":
            said = marked("[$hue]?[/] the page of [b]$item[/b] on $server waits", item=first.item, server=first.server)
        case "sign-in":
            said = marked("[$hue]?[/] [b]$server[/b] wants you to sign in", server=first.server)
    if first.destructive:
        said += Content.from_markup("   [$bad]▲ destructive[/]")
    if more := len(waiting) - 1:
        said += Content.from_markup(f"   [$quiet]and {more} more[/]")
    return said
