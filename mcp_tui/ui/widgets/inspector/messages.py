"""What the Inspector's parts say to the workspace."""

from __future__ import annotations

from textual.message import Message

from mcp_tui.domain.catalog import Tool


class InsertIntoChat(Message):
    """The user wants this text (raw) in the composer."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class OpenResource(Message):
    """The user wants to see a resource that something of a server links to; listed or not."""

    def __init__(self, uri: str, name: str = "", mime_type: str = "") -> None:
        super().__init__()
        self.server = ""
        """The page that the link stands on says which."""
        self.uri = uri
        self.name = name
        self.mime_type = mime_type


class BrowsePage(Message):
    """The user wants to see the own page of a tool in the browser."""

    def __init__(self, tool: Tool) -> None:
        super().__init__()
        self.tool = tool


class SaveRequested(Message):
    """The user wants these contents as files; `name` is what they came from."""

    def __init__(self, name: str, files: list[tuple[str, bytes]]) -> None:
        super().__init__()
        self.name = name
        self.files = files
        """MIME types and bytes."""


class ServerAct(Message):
    """The user wants something done to a server: "reconnect", "edit", "switch", "consent" or "log"."""

    def __init__(self, server: str, act: str) -> None:
        super().__init__()
        self.server = server
        self.act = act
