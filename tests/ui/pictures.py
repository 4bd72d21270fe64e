"""Pictures of the screen for the tests that compare them with those in `__snapshots__`."""

from __future__ import annotations

import asyncio
from typing import Any

from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

PATIENCE = 15.0
SIZES = [(80, 24), (140, 42), (200, 60)]


async def changed(pilot: Pilot[Any], snapshot: SnapshotAssertion) -> list[tuple[int, int]]:
    """The sizes at which the screen does not look as it did."""
    drawn = snapshot.use_extension(SVGImageExtension)
    pictures = {size: await picture(pilot, size) for size in SIZES}
    return [size for size, svg in pictures.items() if svg != drawn(name="{}x{}".format(*size))]


async def picture(pilot: Pilot[Any], size: tuple[int, int]) -> str:
    """The screen at a size, once it has come to rest."""
    await pilot.resize_terminal(*size)
    await pilot.pause(0.2)
    for field in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
        field.cursor_blink = False
    before, now = "", pilot.app.export_screenshot(title="mcp-tui")
    async with asyncio.timeout(PATIENCE):
        while now != before:
            await pilot.pause(0.1)
            before, now = now, pilot.app.export_screenshot(title="mcp-tui")
    return now
