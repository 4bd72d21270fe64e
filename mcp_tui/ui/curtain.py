"""The first frame: what the eye needs, in one widget, before anything heavy is imported.

Panes, servers and composer stand where the workspace will put them. What is typed meanwhile is kept, and handed on.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

SMALL, MEDIUM, HUGE = 100, 132, 180
"""Columns from which one, two and three panes, and wider sides, fit; the same as the workspace's."""


class Frame(Widget):
    """The workspace without its content."""

    DEFAULT_CSS = "Frame { width: 1fr; height: 1fr; background: $background; }"

    def __init__(self, servers: Sequence[str]) -> None:
        super().__init__()
        self._servers = servers

    def render(self) -> Content:
        width, height = self.size
        sides = (40, 60) if width >= HUGE else (32, 48)
        names = "   ".join(f"[$quiet]◌[/] $server{number}" for number in range(len(self._servers)))
        servers = {f"server{number}": name for number, name in enumerate(self._servers)}
        top = Content.from_markup(f"  [b $primary]mcp-tui[/]   {names}", **servers)
        if width < SMALL:
            lines = [top, Content.from_markup("  [$quiet] Explorer      Chat      Inspector[/]")]
        else:
            wide = width >= MEDIUM
            titles = f"  {'Explorer':<{sides[0] + 1}}{'Chat':<{width - sum(sides) if wide else 0}}"
            lines = [top, Content(""), Content.from_markup(f"[$quiet]{titles}{'Inspector' if wide else ''}[/]")]
            lines += [Content(""), Content(""), Content("")]
            lines += [Content.from_markup("   [$quiet]◌[/] [b]$name[/]", name=name) for name in self._servers]
        return Content("\n").join(lines[:height])


class Curtain(Screen[None]):
    """Up while the program loads. Keys and pastes wait in `kept`."""

    def __init__(self, servers: Sequence[str]) -> None:
        super().__init__()
        self._servers = servers
        self.kept: list[events.Event] = []

    def compose(self) -> list[Widget]:
        return [Frame(self._servers)]

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.kept.append(events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.kept.append(events.Paste(event.text))
