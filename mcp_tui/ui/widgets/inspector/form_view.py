"""The tabs with a form: for what a prompt or a template takes, and for a call of a tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.widget import Widget

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.tasks import TaskSupport
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.inspector.running import Running
from mcp_tui.ui.widgets.schema_form import SchemaForm, Suggest


class FormView(View, can_focus=False):
    """A form of its own tab."""

    def __init__(self, form: SchemaForm) -> None:
        super().__init__()
        self.form = form

    def compose(self) -> ComposeResult:
        yield self.form

    @property
    def home(self) -> Widget:
        return next((each for each in self.screen.focus_chain if self.form in each.ancestors), self)


class AskingForm(FormView, can_focus=False):
    """The form of a prompt or a template, which suggests values while one types."""

    def __init__(
        self, schema: Mapping[str, Any], label: str, values: Mapping[str, Any] | None, suggest: Suggest
    ) -> None:
        given = dict(values) if values is not None else None
        super().__init__(SchemaForm(schema, submit_label=label, values=given, suggest=suggest))


class CallForm(FormView, can_focus=False):
    """The form for a call, under the line that says that one runs."""

    def __init__(self, tool: Tool, tasks: TaskSupport, values: dict[str, Any] | None = None) -> None:
        other = "Call as task" if tasks is TaskSupport.OPTIONAL else ""
        super().__init__(SchemaForm(tool.input_schema, submit_label="Call", other_label=other, values=values))
        self.running = Running()

    def compose(self) -> ComposeResult:
        yield self.running
        yield from super().compose()
