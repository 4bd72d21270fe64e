"""Messages that more than one widget sends."""

from __future__ import annotations

from textual.message import Message


class CopyRequested(Message):
    """The user wants this text in the clipboard; the App cleans and copies it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
