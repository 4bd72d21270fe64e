"""Every remembered rule: what it says, since when, from where, how often it was used; revoked and added here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.rule_words import sentence, what_of
from mcp_tui.domain.rules import Effect, Initiator, Rule, Scope
from mcp_tui.ui import rule_acts
from mcp_tui.ui.screens.overview import Overview, columns
from mcp_tui.ui.widgets.pieces import hints, marked, pairs, prose, two

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp
    from mcp_tui.workbench.permissions import Standing

NOTHING = "Nothing is remembered. Every call by the model is asked for."
_LOOKS = {Effect.DENY: "$bad", Effect.ASK: "$warn", Effect.ALLOW: "$good", Effect.READ_ONLY: "$quiet"}
_WHO = {Initiator.MODEL: "model", Initiator.USER: "form", Initiator.COMMAND_LINE: "command"}


async def show_permissions(app: McpTuiApp) -> None:
    """Open the screen, with every use counted so far."""
    await app.bench.rule_uses.flush()
    await app.push_screen(PermissionsScreen())


class PermissionsScreen(Overview["Standing"]):
    """A line for each rule."""

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            yield two("[b]Permissions[/b]", hints(esc="back"), "gap")
            yield OptionList(id="lines")
            yield VerticalScroll(classes="question", id="about")
            yield Static(hints(delete="revoke", n="ask or deny…", m="mark read-only…", tab="to the words"))

    def on_mount(self) -> None:
        self.show_rules()

    def show_rules(self, at: int = 0) -> None:
        """Read the rules anew, and highlight one of them by its place."""
        self.show(self.app.bench.permissions.rules, at)

    def on_key(self, event: events.Key) -> None:
        match event.key:
            case "escape":
                self.dismiss(None)
            case "delete":
                self._revoke()
            case "n":
                self.app.run_worker(rule_acts.add(self.app, self.show_rules), group="dialog", exit_on_error=False)
            case "m":
                self.app.run_worker(rule_acts.mark(self.app, self.show_rules), group="dialog", exit_on_error=False)
            case _:
                return
        event.stop()

    def _revoke(self) -> None:
        at = self.query_one("#lines", OptionList).highlighted
        if at is None or not self.listed:
            return
        try:
            self.app.bench.permissions.revoke(self.listed[at].rule)
        except McpTuiError as error:
            self.app.tell(error.what, severity="error")
        self.show_rules(at)
        self.app.workspace.rules_changed()

    def row(self, thing: Standing) -> Content:
        return row(thing)

    def about(self, thing: Standing | None) -> Iterator[Widget]:
        if thing is None:
            yield Static(f"[$quiet]{NOTHING}[/]")
            return
        if thing.dead:
            yield Static(marked("[$warn]✗ It can answer nothing any more:[/] $why.", why=thing.dead), classes="gap")
        yield Static(prose(sentence(thing.rule)), classes="gap")
        yield pairs(*facts(thing.rule))


def row(standing: Standing) -> Content:
    """`allow     add          pocket       model    tool     12×`, with a ✗ where it can answer nothing any more."""
    rule = standing.rule
    times = f"{rule.used}×" if rule.used else "–"
    return columns(
        (("✗ " if standing.dead else "  ") + rule.effect.value, 12, "$warn" if standing.dead else _LOOKS[rule.effect]),
        (what_of(rule), 25, ""),
        (rule.server, 13, "$quiet"),
        ("" if rule.effect is Effect.READ_ONLY else _WHO[rule.initiator], 8, "$quiet"),
        (scope_word(rule), 9, "$quiet"),
        (times.rjust(5), 5, "$quiet"),
    )


def scope_word(rule: Rule) -> str:
    """The scope in a word."""
    return {Scope.EXACT: "exact", Scope.TOOL: rule.kind.value, Scope.SERVER: "server"}[rule.scope]


def facts(rule: Rule) -> list[tuple[str, str | Content]]:
    """What the sentence does not say: since when, from where, how often."""
    found: list[tuple[str, str | Content]] = [
        ("scope", rule.scope.value if rule.scope is not Scope.TOOL else f"this {rule.kind.value}"),
        ("since", f"{_moment(rule.created)}, from {rule.origin.value}"),
    ]
    if rule.effect is not Effect.READ_ONLY:
        used = "once" if rule.used == 1 else f"{rule.used:,} times"
        found.append(("used", f"{used}, last {_moment(rule.last_used)}" if rule.used else "never yet"))
    if rule.lifetime == "session":
        found.append(("lasts", "until you quit"))
    return [*found, ("id", rule.short_id)]


def _moment(when: float) -> str:
    """ "12 Nov 14:03"; the year where it is another one."""
    then, now = time.localtime(when), time.localtime()
    return time.strftime("%-d %b %H:%M" if then.tm_year == now.tm_year else "%-d %b %Y", then)
