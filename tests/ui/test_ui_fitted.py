"""A dialog's first picture is its last one: what a hand aims at does not jump away."""

from __future__ import annotations

from typing import Any

import pytest
from asking_app import AskingApp, request
from looking import until
from textual.screen import ModalScreen

from mcp_tui.domain.asks import Elicitation
from mcp_tui.ui.screens.approve import ApproveDialog
from mcp_tui.ui.screens.confirm import Confirm
from mcp_tui.ui.screens.elicit import ElicitDialog
from mcp_tui.ui.screens.proposal import Proposal

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
