"""Which entry a field of a form gets."""

from __future__ import annotations

from typing import Any

from mcp_tui.domain.schema import UNSET, Field
from mcp_tui.ui.widgets.form_choices import ChoiceEntry, ChoicesEntry, YesNoEntry
from mcp_tui.ui.widgets.form_entry import Entry
from mcp_tui.ui.widgets.form_suggestions import Complete
from mcp_tui.ui.widgets.form_text import TextEntry


def entry_for(field: Field, value: Any = UNSET, complete: Complete | None = None) -> Entry:
    """The entry for a field that is no object."""
    match field.kind:
        case "boolean":
            return YesNoEntry(field, value)
        case "choice":
            return ChoiceEntry(field, value)
        case "choices":
            return ChoicesEntry(field, value)
        case _:
            return TextEntry(field, value, complete if field.kind == "text" else None)
