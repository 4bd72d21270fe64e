"""The audit log: what was asked for, what was decided, and what came of it, the newest first."""

from __future__ import annotations

import time
from collections.abc import Iterator

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from mcp_tui.domain.audit import Act
from mcp_tui.ui.screens.overview import Overview, columns
from mcp_tui.ui.widgets.pieces import hints, marked, pairs, prose, two
from mcp_tui.ui.widgets.plain_fields import PlainInput

MOST_SHOWN = 1_000
"""Lines of the list; a filter finds what is older."""
NOTHING = "Nothing is on record yet: what runs, what is denied, and what else you decide appears here."
_LOOKS = {
    **dict.fromkeys(("allowed", "agreed", "accepted"), "$good"),
    **dict.fromkeys(("denied", "refused", "left out", "withheld"), "$bad"),
    **dict.fromkeys(("rule made", "rule revoked"), "$warn"),
    "stopped": "$quiet",
}
_ENDS = {"error": "$bad", "stopped": "$warn"}


class AuditScreen(Overview[Act]):
    """A line for each act, and a filter over all of them."""

    DEFAULT_CSS = """
    AuditScreen #filter { height: 1; border: none; padding: 0; margin-bottom: 1; background: transparent; }
    """

    def __init__(self, acts: list[Act], broken: int) -> None:
        """`broken`: lines of the file that could not be read."""
        super().__init__()
        self._acts = acts
        self._broken = broken

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            yield two("[b]Audit log[/b]", hints(esc="back"), "gap")
            if self._broken:
                lines = f"{self._broken:,} line{'' if self._broken == 1 else 's'}"
                yield Static(f"[$warn]△[/] {lines} of the file could not be read", classes="gap")
            yield PlainInput(placeholder="filter by server, tool, decision, words", id="filter")
            yield OptionList(id="lines")
            yield VerticalScroll(classes="question", id="about")
            yield Static(hints(slash="filter", tab="to the words"))

    def on_mount(self) -> None:
        self._narrow_to("")

    def on_key(self, event: events.Key) -> None:
        field = self.query_one("#filter", Input)
        if event.key == "slash" and not field.has_focus:
            field.focus()
        elif event.key == "escape" and field.has_focus:
            field.value = ""
            self.query_one("#lines").focus()
        elif event.key == "escape":
            self.dismiss(None)
        elif event.key in ("enter", "down") and field.has_focus:
            self.query_one("#lines").focus()
        else:
            return
        event.stop()
        event.prevent_default()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow_to(event.value)

    def _narrow_to(self, words: str) -> None:
        wanted = words.lower().split()
        self.show([act for act in self._acts if all(word in _searched(act) for word in wanted)][:MOST_SHOWN])

    def row(self, thing: Act) -> Content:
        return row(thing)

    def about(self, thing: Act | None) -> Iterator[Widget]:
        if thing is None:
            yield Static(f"[$quiet]{'Nothing fits the filter.' if self._acts else NOTHING}[/]")
            return
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(thing.time))
        server = thing.text("server")
        what = marked("[b]$what[/b] on $server" if server else "[b]$what[/b]", what=_what(thing), server=server)
        yield two(what, when, "gap")
        yield pairs(*((name, prose(value)) for name, value in thing.facts()))


def row(act: Act) -> Content:
    """`12 Nov 14:03  denied    forget   notes   error`: as wide as a small screen."""
    decision = act.text("decision")
    return columns(
        (time.strftime("%d %b %H:%M", time.localtime(act.time)), 12, "$quiet"),
        (decision, 12, _LOOKS.get(decision, "")),
        (_what(act), 18, ""),
        (act.text("server"), 12, "$quiet"),
        (act.outcome, 16, _ENDS.get(act.outcome, "$quiet")),
    )


def _what(act: Act) -> str:
    return act.what or "everything"


def _searched(act: Act) -> str:
    values = [*act.record.values(), *act.end.values()]
    return " ".join(str(value) for value in values).lower()
