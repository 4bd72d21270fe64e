"""What the Inspector's parts say to the workspace."""

from __future__ import annotations

from textual.message import Message


class InsertIntoChat(Message):
    """The user wants this text (raw) in the composer."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class ServerAct(Message):
    """The user wants something done to a server: "reconnect", "edit", "switch", "consent" or "log"."""

    def __init__(self, server: str, act: str) -> None:
        super().__init__()
        self.server = server
        self.act = act
