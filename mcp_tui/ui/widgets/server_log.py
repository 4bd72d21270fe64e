"""What servers wrote to their stderr and logged, and what the program itself noted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import RichLog

from mcp_tui.domain.happenings import Happening, Logged
from mcp_tui.domain.text import clean

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

SHOWN = 1_000
LOUD = {"error", "critical", "alert", "emergency"}


class LogView(RichLog):
    """Lines as they come; `only` shows one server's."""

    DEFAULT_CSS = "LogView { background: transparent; scrollbar-size-vertical: 1; padding: 0; }"

    def __init__(self, bench: Workbench) -> None:
        super().__init__(max_lines=SHOWN, wrap=True, markup=False, highlight=False, auto_scroll=True)
        self._bench = bench
        self._only = ""

    def on_mount(self) -> None:
        self.show_only("")
        self._bench.subscribe(self._happened)

    def show_only(self, server: str) -> None:
        """The lines of one server, or of all for ""."""
        self._only = server
        self.clear()
        for line in [*(self._bench.log.of(server) if server else self._bench.log)][-SHOWN:]:
            self._add(line)

    def _happened(self, happening: Happening) -> None:
        if isinstance(happening, Logged) and self.is_attached:
            self._add(happening)

    def _add(self, line: Logged) -> None:
        if self._only and line.source != self._only:
            return
        colour = self.app.get_css_variables()
        moment = time.strftime("%H:%M:%S", time.localtime(line.time))
        head = f"{moment}  {clean(line.source):<12}  {clean(line.level):<8}  "
        voice = colour["bad"] if line.level in LOUD else ""
        self.write(Text.assemble((head, colour["quiet"]), (clean(line.text), voice)))
