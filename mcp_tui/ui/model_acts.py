"""What can be done about the model from the app: connect one, exchange it for another of its endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from mcp_tui.domain.errors import ModelError
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.screens.model_form import ModelForm
from mcp_tui.ui.screens.pick import Pick

if TYPE_CHECKING:
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
    """Use another model of the same endpoint; without a name, choose from its list. Raises ModelError."""
    models, choice = app.bench.models, app.bench.home.model
    if choice is None:
        await connect(app)
        return
    if not name:
        dialog = Pick("Models", (), "The endpoint lists no model.", "use this one", waits="asking the endpoint …")
        picked = app.push_screen(dialog, wait_for_dismiss=True)  # at once: later it would take keys meant for others
        try:
            names = await models.names()
        except ModelError:
            dialog.dismiss(None)
            raise
        now = models.current.name if models.current else choice.name
        await dialog.fill([Content(clean_line(each)) for each in names], names.index(now) if now in names else 0)
        index = await picked
        if index is None:
            return
        name = names[index]
    await models.use(choice.base_url, name)
    app.workspace.model_changed()
