"""A tool's calls of this session, newest first."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static

from mcp_tui.domain.text import clean_start, human_time
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.pieces import hints, marked
from mcp_tui.workbench.calls import CallRecord


class History(View, can_focus=False):
    """One line for each call; enter shows what came of it, `c` puts its arguments into the form."""

    DEFAULT_CSS = """
    History > OptionList {
        height: auto; max-height: 1fr; border: none; background: transparent; padding: 0; margin-bottom: 1;
        &:focus { border: none; background-tint: transparent 0%; }
    }
    """
    BINDINGS = [Binding("c", "reuse", "Take the arguments of a call from the history", show=False)]

    class Opened(Message):
        """The user wants to see what came of a call."""

        def __init__(self, record: CallRecord) -> None:
            super().__init__()
            self.record = record

    class Reused(Message):
        """The user wants a call's arguments in the form."""

        def __init__(self, record: CallRecord) -> None:
            super().__init__()
            self.record = record

    def __init__(self, records: Sequence[CallRecord]) -> None:
        super().__init__()
        self._records = records
        self._list = OptionList(*(_words(record) for record in records))
        self._says = Static()

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._says

    def on_mount(self) -> None:
        self._say()

    def _say(self) -> None:
        self._list.display = bool(self._records)
        nothing = "[$quiet]Nothing called yet. Calls appear here, the model's too.[/]"
        self._says.update(hints(enter="shows the result", c="into the form") if self._records else nothing)

    def grow(self, records: Sequence[CallRecord]) -> None:
        """Show these calls, the new ones above those that are there; the cursor stays on its call."""
        chosen, self._records = self._chosen, records
        self._list.clear_options().add_options(_words(record) for record in records)
        self._list.highlighted = next((at for at, record in enumerate(records) if record is chosen), None)
        self._say()

    @property
    def home(self) -> Widget:
        return self._list if self._records else self

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if (record := self._chosen) is not None:
            self.post_message(self.Opened(record))

    def action_reuse(self) -> None:
        if (record := self._chosen) is not None:
            self.post_message(self.Reused(record))

    @property
    def _chosen(self) -> CallRecord | None:
        """The call under the cursor, which stays on it when others come above."""
        at = self._list.highlighted
        return None if at is None else self._records[at]


def _words(record: CallRecord) -> Content:
    mark = "[$bad]✗[/]" if record.failed else "[$good]✓[/]"
    return marked(
        f"{mark} [$quiet]$at[/] $took  [$quiet]$who[/]  $arguments",
        at=time.strftime("%H:%M:%S", time.localtime(record.time)),
        took=f"{human_time(record.seconds):>6}",
        who=record.initiator.value,
        arguments=clean_start(json.dumps(record.arguments, ensure_ascii=False, default=str), 200),
    )
