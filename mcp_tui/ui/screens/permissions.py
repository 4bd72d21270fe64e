"""The rules that are remembered: listed, and revoked with delete."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.content import Content

from mcp_tui.domain.permission import Rule
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.screens.pick import Pick

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp


async def show_permissions(app: McpTuiApp) -> None:
    """List the rules; delete revokes the highlighted one, until the user goes back."""
    gate = app.bench.gate
    while True:
        rules = gate.rules
        screen = Pick(
            "Permissions",
            [_line(rule) for rule in rules],
            "Nothing is remembered. Every call is asked for.",
            "revoke: the next call is asked for again",
            key="delete",
        )
        index = await app.push_screen_wait(screen)
        if index is None:
            return
        gate.revoke(rules[index])


def _line(rule: Rule) -> Content:
    what = "every prompt and resource" if rule.item == "*" else rule.item
    since = time.strftime("%-d %b %H:%M", time.localtime(rule.created))
    return Content.from_markup(
        "$effect [b]$what[/] on $server  [$quiet]$lifetime · since $since[/]",
        effect="allow" if rule.allow else "deny",
        what=clean_line(what),
        server=clean_line(rule.server),
        lifetime="always" if rule.lifetime == "always" else "this session",
        since=since,
    )
