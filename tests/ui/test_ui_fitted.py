"""A dialog's first picture is its last one: what a hand aims at does not jump away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asking_app import AskingApp, drawn, request, settle
from looking import until
from textual import events
from textual.screen import ModalScreen

from mcp_tui.domain.asks import Elicitation
from mcp_tui.domain.permission import Answer
from mcp_tui.ui.screens.approve import ApproveDialog
from mcp_tui.ui.screens.confirm import Confirm
from mcp_tui.ui.screens.elicit import ElicitDialog
from mcp_tui.ui.screens.proposal import Proposal
from mcp_tui.ui.widgets.pieces import Choice

FORM = {"properties": {"name": {"type": "string"}}}
DIALOGS = {
    "confirm": lambda: Confirm("Sure?", "It ends.", ("y", "Yes", "it ends"), ("n", "No", "it stays")),
    "form": lambda: ElicitDialog(Elicitation("srv", "Who?", FORM)),
    "permission": lambda: ApproveDialog([Proposal(request(), request().arguments)]),
}


@pytest.mark.parametrize("kind", DIALOGS)
@pytest.mark.parametrize("size", [(90, 18), (120, 40)], ids=["small", "medium"])
async def test_a_dialog_fits_its_terminal_from_the_first_picture_on(kind: str, size: tuple[int, int]) -> None:
    dialog: ModalScreen[Any] = DIALOGS[kind]()
    seen: list[object] = []
    app = AskingApp()
    async with app.run_test(size=size) as pilot:
        dialog.screen_layout_refresh_signal.subscribe(
            app, lambda _: seen.append(dialog.query_one(".dialog").region), immediate=True
        )
        app.push_screen(dialog)
        await until(lambda: seen)
        await pilot.pause()
    assert len(set(seen)) == 1


async def test_two_quick_clicks_on_an_answer_close_the_dialog_alone() -> None:
    app = AskingApp()
    async with app.run_test(size=(120, 40)) as pilot:
        reply = asyncio.create_task(app.asking.ask(request()))
        dialog = await drawn(pilot)
        x, y = dialog.query_one("#deny", Choice).region.offset
        for act in (events.MouseDown, events.MouseUp) * 2:
            app.post_message(act(None, x, y, 0, 0, 1, False, False, False, x, y))
        assert (await settle(reply)).answer is Answer.DENY
        await pilot.pause()
        assert len(app.screen_stack) == 1 and app.is_running
