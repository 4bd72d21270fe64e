"""`mcp-tui audit`: what was asked for, what was decided, and what came of it, the newest last."""

from __future__ import annotations

import time
from contextlib import aclosing

from mcp_tui.domain.audit import Act
from mcp_tui.domain.text import clean_line, counted
from mcp_tui.headless.output import Exit, print_json, print_result, say
from mcp_tui.workbench.audit import Audit
from mcp_tui.workbench.home import Home


async def audit(home: Home, last: int, as_json: bool) -> int:
    """Print the last acts on record. No server is started."""
    async with aclosing(home):
        acts, broken = Audit(home.audit_log, say).acts()
    shown = acts[:last][::-1]
    if as_json:
        print_json([{**act.record, "outcome": act.outcome, "end": act.end or None} for act in shown])
    else:
        for act in shown:
            print_result(_line(act))
    if broken:
        say(f"mcp-tui: {counted(broken, 'line')} of {home.paths.audit_file} could not be read")
    if not acts:
        say("Nothing is on record.")
    return Exit.OK


def _line(act: Act) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(act.time))
    what = "/".join(filter(None, (act.text("server"), act.what)))
    why = ". ".join(filter(None, (act.text("why") or act.text("words"), act.text("reason"))))
    parts = (when, act.text("decision"), what, act.text("initiator"), act.outcome, why)
    return "  ".join(clean_line(part) for part in parts if part)
