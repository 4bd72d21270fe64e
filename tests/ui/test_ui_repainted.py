"""What was scrolled is painted where it is now, whatever else happens in the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from looking import until
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Static

from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.screens.repainted import Repainted
from mcp_tui.ui.screens.welcome import Welcome
from mcp_tui.ui.screens.workspace import Workspace


class Rows(Repainted[None]):
    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield from (Static(f"row {number}", id=f"row-{number}") for number in range(60))


class Window(App[None]):
    def get_default_screen(self) -> Screen[None]:
        return Rows()


def painted(screen: Any) -> list[Region]:
    """The parts that are painted from now on."""
    parts: list[Region] = []
    paint = screen._compositor_refresh

    def watched() -> None:
        parts.extend(screen._compositor._dirty_regions)
        paint()

    screen._compositor_refresh = watched
    return parts


async def test_rows_that_were_scrolled_are_painted_though_one_was_asked_for_its_place_before_a_layout() -> None:
    app = Window()
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        screen: Any = app.screen
        row = screen.query_one("#row-8")
        parts = painted(screen)

        def at_once() -> None:
            screen.query_one(VerticalScroll).scroll_to(y=5, animate=False, immediate=True)
            screen._compositor._full_map_invalidated = True  # as by any widget that came or went
            assert row.region.y == 3
            screen.query_one("#row-20").refresh(layout=True)

        app.call_later(at_once)
        await until(lambda: any(row.region in part for part in parts))


@pytest.mark.parametrize("kind", [Workspace, Welcome, Fitted])
def test_all_screens_are_of_this_kind(kind: type[Screen[Any]]) -> None:
    assert issubclass(kind, Repainted)
