"""The step of the permission dialog in which arguments are changed, as JSON."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mcp_tui.domain.permission import Request
from mcp_tui.domain.text import clean_line, safe_json
from mcp_tui.ui.widgets.editors import Area
from mcp_tui.ui.widgets.pieces import hints, two


class EditStep(VerticalGroup):
    """A field with the arguments. ctrl+s hands them on once they are an object that fits the schema."""

    BINDINGS = [
        Binding("ctrl+s", "done", "Done", show=False, priority=True),
        Binding("escape", "back", "Back", show=False, priority=True),
    ]

    class Edited(Message):
        """The user is done, with these arguments; None: they stay as they were."""

        def __init__(self, arguments: dict[str, Any] | None) -> None:
            super().__init__()
            self.arguments = arguments

    def __init__(self, request: Request, arguments: dict[str, Any]) -> None:
        super().__init__(classes="step")
        self._request = request
        self._arguments = arguments

    def compose(self) -> ComposeResult:
        yield two("[b]Arguments[/b]", "[$quiet]JSON[/]")
        yield Area(safe_json(self._arguments), json=True, id="json")
        yield Static("", id="complaints")
        yield Static(hints(ctrl_s="done", esc="back, unchanged"))

    def on_mount(self) -> None:
        self.query_one(Area).focus()

    def action_done(self) -> None:
        arguments, complaints = read_arguments(self.query_one(Area).text, self._request.schema)
        if complaints or arguments is None:
            marks = [Content.from_markup("[$bad]✗[/] ") + Content(clean_line(each)) for each in complaints[:3]]
            told = self.query_one("#complaints", Static)
            told.update(Content("\n").join(marks))
            told.add_class("-shown")
        else:
            self.post_message(self.Edited(arguments))

    def action_back(self) -> None:
        self.post_message(self.Edited(None))


def read_arguments(text: str, schema: dict[str, Any] | None) -> tuple[dict[str, Any] | None, list[str]]:
    """Typed JSON as arguments, or what is wrong with it, in words."""
    from mcp_tui.domain.schema import FieldError, check, parse_json

    try:
        value = parse_json(text)
    except FieldError as error:
        return None, [str(error)]
    if not isinstance(value, dict):
        return None, ["must be an object: { … }"]
    arguments = {str(name): each for name, each in value.items()}
    found = check(schema, arguments) if schema else []
    return arguments, [": ".join([".".join(map(str, each.path))] * bool(each.path) + [each.words]) for each in found]
