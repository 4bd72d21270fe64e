"""Messages that more than one widget sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from mcp_tui.workbench.tasks import TaskRun


class CopyRequested(Message):
    """The user wants this text in the clipboard; the App cleans and copies it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class LinkRequested(Message):
    """The user wants to open an address that stands in this text (raw)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class TaskOpened(Message):
    """The user wants to see what a task came to."""

    def __init__(self, run: TaskRun) -> None:
        super().__init__()
        self.run = run
