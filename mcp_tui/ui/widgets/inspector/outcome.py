"""What a call came to, as the Result tab shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.content import BlobBlock, ResourceBlock, TextBlock, ToolResult
from mcp_tui.domain.text import human_size, human_time, pretty_json
from mcp_tui.ui.widgets.inspector.json_tree import JsonTree
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.inspector.texts import BADGE, block_view, breach_view, kind_of_text, text_view
from mcp_tui.ui.widgets.messages import CopyRequested, LinkRequested
from mcp_tui.ui.widgets.pieces import hints, line, marked, prose, two
from mcp_tui.workbench.calls import CallRecord


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result, or what went wrong in words (raw) with a hint."""

    arguments: dict[str, Any]
    seconds: float = 0.0
    result: ToolResult | None = None
    what: str = ""
    hint: str = ""
    as_task: bool = False
    """It was the user's wish that the call ran as a task."""

    @classmethod
    def of(cls, record: CallRecord) -> Outcome:
        return cls(record.arguments, record.seconds, record.result, record.error)

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """What of it is no text: MIME types and bytes."""
        found: list[tuple[str, bytes]] = []
        for block in self.result.blocks if self.result else ():
            match block:
                case BlobBlock(mime_type, data) if data:
                    found.append((mime_type, data))
                case ResourceBlock(_, mime_type, _, bytes() as data) if data:
                    found.append((mime_type, data))
                case _:
                    pass
        return found

    @property
    def text(self) -> str:
        """All of it as text (raw), for the clipboard."""
        if self.result is None:
            return f"{self.what}\n{self.hint}".strip()
        return pretty_json(self.result.structured) if self.result.structured is not None else self.result.text


class ResultView(View):
    """One outcome: how it went, its data as a tree, its texts as they read best."""

    BINDINGS = [
        Binding("y", "copy", "Copy the result"),
        Binding("o", "open_link", "Open an address in it, after a question", show=False),
    ]

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome

    def compose(self) -> ComposeResult:
        result = self.outcome.result
        if result is None:
            yield from self._failure()
        else:
            yield self._head(result)
            yield from _body(result)
        save = {"s": "save its files" if len(self.outcome.files) > 1 else "save its file"} if self.outcome.files else {}
        yield Static(hints(r="call again", y="copy", **save))

    def action_copy(self) -> None:
        self.post_message(CopyRequested(self.outcome.text))

    def action_open_link(self) -> None:
        self.post_message(LinkRequested(self.outcome.text))

    def _failure(self) -> Iterator[Widget]:
        yield two(marked("[$bad]✗[/] [b]$what[/]", what=self.outcome.what), human_time(self.outcome.seconds))
        if self.outcome.hint:
            yield Static(prose(self.outcome.hint, "$quiet"))
        yield Static("")

    def _head(self, result: ToolResult) -> Widget:
        time = human_time(self.outcome.seconds)
        said = "[$bad]✗ the tool reports an error[/]   [$quiet]$time[/]" if result.is_error else "[$good]✓[/] $time"
        size = human_size(len(result.text.encode(errors="replace")))
        fits = {None: "", True: " · fits its schema", False: " · [$warn]△ does not fit its schema[/]"}[result.conforms]
        breach = f" · {BADGE}" if result.breach else ""
        return two(marked(said, time=time), f"{size}{fits}{breach}", "gap")


def _body(result: ToolResult) -> Iterator[Widget]:
    if result.complaint:
        yield Static(line(result.complaint, "$warn"), classes="gap")
    data = result.structured
    if data is not None:
        counted = isinstance(data, dict | list)
        words = ("key" if isinstance(data, dict) else "item") if counted else ""
        count = f"{len(data):,} {words}{'' if len(data) == 1 else 's'}" if counted else ""
        yield two("[b]Data[/b]", count)
        yield JsonTree(data) if counted and data else Static(prose(pretty_json(data)))
        yield Static("")
    for block in result.blocks:
        if isinstance(block, TextBlock):
            if data is not None and _same(block.text, data):
                continue
            kind = kind_of_text(block.text)
            yield two("[b]Text[/b]", "" if kind == "plain" else kind, "" if kind == "plain" else "gap")
            yield from text_view(block.text, classes="bad" if result.is_error else "")
        else:
            yield from block_view(block)
        yield Static("")
    yield from breach_view(result.breach, result.raw)
    if result.meta:
        yield two("[b]Meta[/b]", "_meta, beside the result")
        yield JsonTree(dict(result.meta))
        yield Static("")
    if data is None and not result.blocks and not result.breach:
        yield Static("[$quiet]The tool answered with nothing.[/]", classes="gap")


def _same(text: str, data: Any) -> bool:
    """Whether a text only repeats the structured content, as servers are asked to do."""
    try:
        return bool(json.loads(text) == data)
    except (ValueError, RecursionError):
        return False
