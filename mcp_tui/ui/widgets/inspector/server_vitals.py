"""How a server does right now: times, process, memory and its last words. It looks again while it is seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.widgets import Static

from mcp_tui.domain.text import human_size, human_time
from mcp_tui.ui.widgets.inspector.server_facts import Rows
from mcp_tui.ui.widgets.pieces import in_front, line, marked, pairs, prose, two

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

LOOK_EVERY = 2.0
"""Seconds."""
LAST_WORDS = 3
"""Lines of stderr."""


class ServerVitals(VerticalGroup):
    """Names and values that change by themselves."""

    def __init__(self, bench: Workbench, server: str) -> None:
        super().__init__()
        self._bench = bench
        self._server = server
        self._memory: int | None = None
        self._shown: object = None
        self._body = VerticalGroup()

    def compose(self) -> ComposeResult:
        yield self._body

    def on_mount(self) -> None:
        self._look()
        self.set_interval(LOOK_EVERY, self._look_if_seen)

    def _look_if_seen(self) -> None:
        if in_front(self):
            self._look()

    @work(group="vitals", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        if self._server not in self._bench.hub.names:
            return
        self._memory = await asyncio.to_thread(self._bench.hub.memory, self._server)
        now = self._rows(), self._bench.hub.stderr(self._server)[-LAST_WORDS:]
        shown = [(str(name), str(value)) for name, value in now[0]], now[1]
        if shown != self._shown and self.is_attached:
            self._shown = shown
            self._show(*now)

    def _rows(self) -> Rows:
        hub = self._bench.hub
        vitals, info = hub.vitals(self._server), hub.info(self._server)
        answers = f"{human_time(vitals.latency)}, {vitals.latest}" if vitals.latency is not None else ""
        rows = [
            ("up", human_time(round(vitals.uptime)) if vitals.uptime is not None and vitals.uptime >= 1 else ""),
            ("handshake", human_time(vitals.handshake) if vitals.handshake is not None else ""),
            ("last answer", answers),
            ("process", str(info.pid) if info and info.pid is not None else ""),
            ("memory", f"{human_size(self._memory)} in all" if self._memory is not None else ""),
            ("left out", " · ".join(f"{count:,} {what}" for what, count in hub.left_out(self._server).items())),
        ]
        shown: Rows = [(name, line(value)) for name, value in rows if value]
        if info is not None and "logging" in info.capabilities:
            level = hub.log_level(self._server) or "what it likes"
            shown.append(("logs", marked("$level   [$key] v [/] [$quiet]changes it[/]", level=level)))
        return shown

    def _show(self, rows: Rows, words: list[str]) -> None:
        parts = [pairs(*rows)] if rows else []
        quote = [two("[b]Last words[/b]", "stderr"), Static(prose("\n".join(words)), classes="quote")] if words else []
        # Not awaited: the page may go meanwhile, and then nobody would ever say that it is done.
        self._body.remove_children()
        self._body.mount(*parts, *quote)
