"""What can be done about the model from the app: connect one, exchange it for another of its endpoint."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.content import Content

from mcp_tui.domain.errors import ModelError
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.screens.model_form import ModelForm
from mcp_tui.ui.screens.pick import Pick

if TYPE_CHECKING:
    from mcp_tui.storage.model_choice import ModelChoice
    from mcp_tui.ui.app import McpTuiApp


async def connect(app: McpTuiApp) -> None:
    """The dialog for a model's address and key."""
    models, choice = app.bench.models, app.bench.home.model
    form = ModelForm(models.names_at, choice.base_url if choice else "", choice.name if choice else "")
    made = await app.push_screen_wait(form)
    if made is not None:
        await models.use(made.base_url, made.name, made.key)
        app.workspace.model_changed()


async def pick(app: McpTuiApp, name: str) -> None:
    """Use another model of the same endpoint; without a name, choose from its list."""
    models, choice = app.bench.models, app.bench.home.model
    if choice is None:
        await connect(app)
        return
    if name := name or await _choose(app, choice):
        await models.use(choice.base_url, name)
        app.workspace.model_changed()


async def _choose(app: McpTuiApp, choice: ModelChoice) -> str:
    """The name that the user picks, or "". The dialog opens at once: later it would take keys meant for others."""
    models, names = app.bench.models, list[str]()
    dialog = Pick("Models", (), "asking the endpoint …", "use this one")

    async def ask() -> None:
        try:
            names.extend(await models.names())
        except ModelError as error:
            await dialog.fill((), f"{error.what}. {error.hint}")
            return
        now = models.current.name if models.current else choice.name
        lines = [Content(clean_line(each)) for each in names]
        await dialog.fill(lines, "The endpoint lists no model.", names.index(now) if now in names else 0)

    asking = asyncio.create_task(ask())
    try:
        index = await app.push_screen_wait(dialog)
    finally:
        asking.cancel()
        if app.is_running and app.screen is dialog:
            dialog.dismiss(None)  # stopped by ctrl+c
    return "" if index is None else names[index]
