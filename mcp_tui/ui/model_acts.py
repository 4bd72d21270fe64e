"""What can be done about the model from the app: connect one, exchange it for another of its endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

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
        names = await models.names()
        lines = [Content(clean_line(each)) for each in names]
        index = await app.push_screen_wait(Pick("Models", lines, "The endpoint lists no model.", "use this one"))
        if index is None:
            return
        name = names[index]
    await models.use(choice.base_url, name)
    app.workspace.model_changed()
