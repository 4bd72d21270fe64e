"""The audit log: what was asked for, what was decided, and what came of it, the newest first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from mcp_tui.domain.audit import Act
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.widgets.pieces import hints, marked, pairs, prose, two

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp

MOST_SHOWN = 1_000
"""Lines of the list; a filter finds what is older."""
NOTHING = "Nothing is on record yet: what runs, what is denied, and what servers are answered appears here."
_LOOKS = {"allowed": "$good", "denied": "$bad", "stopped": "$quiet", "rule made": "$warn", "rule revoked": "$warn"}
_ENDS = {"error": "$bad", "stopped": "$warn"}


class AuditScreen(Fitted[None]):
    """A line for each act; below, all about the highlighted one."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = "#acts"
    DEFAULT_CSS = """
    AuditScreen {
        .dialog { height: 90%; }
        #acts { height: auto; max-height: 40%; border: none; background: $surface; padding: 0; margin-bottom: 1; }
        #acts:focus { border: none; }
        #filter { height: 1; border: none; padding: 0; margin-bottom: 1; background: transparent; }
        #about { height: 1fr; max-height: 1fr; }
        .values { padding: 0; }
    }
    """
    app: McpTuiApp

    def __init__(self, acts: list[Act], broken: int) -> None:
        """`broken`: lines of the file that could not be read."""
        super().__init__(classes="dialog-screen")
        self._acts = acts
        self._broken = broken
        self._shown: list[Act] = []

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            yield two("[b]Audit log[/b]", hints(esc="back"), "gap")
            if self._broken:
                lines = f"{self._broken:,} line{'' if self._broken == 1 else 's'}"
                yield Static(f"[$warn]△[/] {lines} of the file could not be read", classes="gap")
            yield Input(placeholder="filter by server, tool, decision, words", id="filter")
            yield OptionList(id="acts")
            yield VerticalScroll(classes="question", id="about")
            yield Static(hints(slash="filter", tab="to the words"))

    def on_mount(self) -> None:
        self._show("")

    def on_key(self, event: events.Key) -> None:
        field = self.query_one("#filter", Input)
        if event.key == "slash" and not field.has_focus:
            field.focus()
        elif event.key == "escape" and field.has_focus:
            field.value = ""
            self.query_one("#acts").focus()
        elif event.key == "escape":
            self.dismiss(None)
        elif event.key in ("enter", "down") and field.has_focus:
            self.query_one("#acts").focus()
        else:
            return
        event.stop()
        event.prevent_default()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._tell(self._shown[event.option_index])

    def _show(self, words: str) -> None:
        wanted = words.lower().split()
        self._shown = [act for act in self._acts if all(word in _searched(act) for word in wanted)][:MOST_SHOWN]
        acts = self.query_one("#acts", OptionList).set_options([row(act) for act in self._shown])
        acts.display = bool(self._shown)
        if self._shown:
            acts.highlighted = 0
        else:
            self._tell(None)

    def _tell(self, act: Act | None) -> None:
        about = self.query_one("#about", VerticalScroll)
        about.remove_children()
        if act is None:
            about.mount(Static(f"[$quiet]{'Nothing fits the filter.' if self._acts else NOTHING}[/]"))
            return
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(act.time))
        title = marked("[b]$what[/b] on $server", what=_what(act), server=act.text("server"))
        about.mount(two(title, when, "gap"), pairs(*((name, prose(value)) for name, value in act.facts())))
        about.scroll_home(animate=False)


def row(act: Act) -> Content:
    """`12 Nov 14:03  denied    forget   notes   error`: as wide as a small screen."""
    decision = act.text("decision")
    columns = (
        (time.strftime("%d %b %H:%M", time.localtime(act.time)), 12, "$quiet"),
        (decision, 12, _LOOKS.get(decision, "")),
        (_what(act), 18, ""),
        (act.text("server"), 12, "$quiet"),
        (act.outcome, 16, _ENDS.get(act.outcome, "$quiet")),
    )
    cells = [
        Content.styled(clean_line(text), style).truncate(width, ellipsis=True, pad=True)
        for text, width, style in columns
    ]
    return Content(" ").join(cells)


def _what(act: Act) -> str:
    return act.text("item") or act.text("about") or "everything"


def _searched(act: Act) -> str:
    values = [*act.record.values(), *act.end.values()]
    return " ".join(str(value) for value in values).lower()
