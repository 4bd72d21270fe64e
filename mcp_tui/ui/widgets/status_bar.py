"""The top line (servers and model), the strip above the keys (traffic and log), and the switcher of small screens."""

from __future__ import annotations

from collections import Counter

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from mcp_tui.domain.permission import Mode
from mcp_tui.domain.servers import ServerState, ServerStatus
from mcp_tui.domain.text import clean_line, shorten
from mcp_tui.ui.widgets.pieces import Clicks, clickable

STATE_MARKS: dict[ServerState, tuple[str, str]] = {
    ServerState.CONNECTING: ("◌", "$quiet"),
    ServerState.READY: ("●", "$good"),
    ServerState.DEGRADED: ("◐", "$warn"),
    ServerState.LOST: ("○", "$warn"),
    ServerState.FAILED: ("✗", "$bad"),
    ServerState.OFF: ("·", "$quiet"),
    ServerState.CONSENT: ("·", "$warn"),
    ServerState.STOPPED: ("·", "$quiet"),
}
"""A server's state as icon and role."""

MODES = {Mode.ASK: "ask first", Mode.READ_ONLY: "[b $warn]read-only[/]", Mode.MANUAL: "[b $warn]manual[/]"}
"""The mode of permissions, as markup."""

SMALL = 100
"""Columns under which one pane shows at a time."""


def two_ends(left: Content, right: Content, width: int) -> Content:
    """One line of exactly `width` cells; the left part gives way."""
    room = max(0, width - right.cell_length - 2)
    if left.cell_length > room:
        left = left.truncate(room, ellipsis=True)
    return Content.assemble(left, " " * max(0, width - left.cell_length - right.cell_length), right)


class StatusBar(Widget):
    """`mcp-tui   ● everything   ✗ notes exited 1            model · host   context 12 %   tools ask first`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "StatusBar { height: 1; padding: 0 2; background: $surface; }"

    servers: reactive[dict[str, ServerStatus]] = reactive(dict[str, ServerStatus])
    model: reactive[str] = reactive("")
    context: reactive[str] = reactive("")
    mode: reactive[Mode] = reactive(Mode.ASK)

    def render(self) -> Content:
        small = self.screen.size.width < SMALL
        left = [Content.from_markup("[b $primary]mcp-tui[/]")]
        left += self._counts() if small else self._names()
        return two_ends(Content("   ").join(left), self._right(small), self.content_size.width)

    def _names(self) -> list[Content]:
        return [
            Content.from_markup(
                f"[{STATE_MARKS[status.state][1]}]{STATE_MARKS[status.state][0]}[/] $name [$quiet]$short[/]",
                name=clean_line(name),
                short=clean_line(status.short),
            ).rstrip()
            for name, status in self.servers.items()
        ]

    def _counts(self) -> list[Content]:
        counts = Counter(STATE_MARKS[status.state] for status in self.servers.values())
        return [Content.from_markup(f"[{role}]{mark}[/] {number}") for (mark, role), number in counts.items()]

    def _right(self, small: bool) -> Content:
        model = clean_line(self.model) or "no model"
        mode = MODES[self.mode]
        if small:
            parts = ["[$quiet]$model[/]", *([self.context] if self.context else []), f"[$quiet]tools[/] {mode}"]
            return Content.from_markup("   ".join(parts), model=shorten(model.partition(" · ")[0], 20))
        context = [f"[$quiet]context[/] {self.context}"] if self.context else []
        parts = ["[$quiet]$model[/]", *context, f"[$quiet]tools[/] {mode}"]
        return Content.from_markup("     ".join(parts), model=shorten(model, 44))


class Strip(Clicks):
    """`Traffic 128     Log 3     Requests 1 waits                     F6 open`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Strip { height: 1; padding: 0 2; background: $panel; }"

    traffic: reactive[int] = reactive(0)
    log_lines: reactive[int] = reactive(0)
    requests: reactive[int] = reactive(0)
    tasks: reactive[int] = reactive(0)

    def render(self) -> Content:
        waits = " [$hue]waits[/]" if self.requests == 1 else " [$hue]wait[/]" if self.requests else ""
        left = (
            f"[$quiet]Traffic[/] {self.traffic}     [$quiet]Log[/] {self.log_lines}     "
            f"[$quiet]Requests[/] {self.requests}{waits}"
        )
        if self.tasks:
            left += f"     [$quiet]Tasks[/] {self.tasks}"
        right = clickable(Content.from_markup("[$key] F6 [/] [$quiet]open[/]"), "screen.drawer")
        return two_ends(Content.from_markup(left), right, self.content_size.width)


class Switcher(Clicks):
    """On a small screen: which of the three panes is shown, and beside them the traffic and what waits for you."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Switcher { height: 1; padding: 0 2; background: $panel; display: none; }"

    shown: reactive[str] = reactive("chat")
    traffic: reactive[int] = reactive(0)
    waiting: reactive[int] = reactive(0)
    """Questions that wait while none is on the screen."""

    def render(self) -> Content:
        parts = [
            clickable(Content.from_markup(markup), f"screen.show_{name}")
            for name in ("explorer", "chat", "inspector")
            for markup in [f"[b $primary]▌{name.title()}[/]" if name == self.shown else f"[$quiet] {name.title()}[/]"]
        ]
        left = Content("     ").join(parts)
        right = clickable(Content.from_markup(f"[$quiet]F6 Traffic[/] {self.traffic}"), "screen.drawer")
        if self.waiting:
            said = f"[$hue]?[/] [b]{self.waiting}[/b] {'waits' if self.waiting == 1 else 'wait'}  [$key] F8 [/]"
            waits = clickable(Content.from_markup(said), "app.look")
            both = Content.assemble(waits, "   ", right)
            right = both if left.cell_length + 2 + both.cell_length <= self.content_size.width else waits
        return two_ends(left, right, self.content_size.width)
