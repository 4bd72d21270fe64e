"""The family of errors a user may meet.

    McpTuiError
    ├── UsageError              a command line or slash command that cannot be understood
    ├── ConfigError             a file of ours or of the user's that cannot be used
    ├── ServerError             something about one MCP server
    │   ├── ServerUnreachable   it did not start, or did not answer the handshake
    │   │   └── AuthNeeded      it wants credentials (HTTP 401 or 403)
    │   ├── ServerLost          it was there and went away while somebody waited
    │   ├── RequestFailed       it answered with a JSON-RPC error
    │   ├── RequestTimedOut     it did not answer in time
    │   └── NoSuchItem          it offers no such tool, prompt or resource
    ├── PermissionDenied        the user, or nobody, said yes
    └── ModelError              something about the model's endpoint
        ├── ModelMissing        no model is configured
        ├── ModelUnreachable    no connection to the endpoint
        ├── KeyRefused          the endpoint refused the key (HTTP 401 or 403)
        └── ModelRefused        any other error the endpoint reported

Each says what happened (`str(error)`), to what (`subject`), and what to try (`hint`).
The texts may quote foreign words: clean them before drawing, as with all foreign text.
"""

from __future__ import annotations

from typing import Any


class McpTuiError(Exception):
    """What happened, in one sentence; `subject` names the thing, `hint` what to try."""

    def __init__(self, what: str, *, subject: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.subject = subject
        self.hint = hint


class UsageError(McpTuiError):
    """A command that cannot be understood."""


class ConfigError(McpTuiError):
    """A file that cannot be used. `subject` is "FILE: key" so that the user can go there."""


class ServerError(McpTuiError):
    """Something about one server; `subject` is our name for it."""


class ServerUnreachable(ServerError):
    """The server did not start, or did not answer the handshake."""


class AuthNeeded(ServerUnreachable):
    """The server wants credentials."""


class ServerLost(ServerError):
    """The server went away while a request waited. The request is never sent again by us."""


class RequestFailed(ServerError):
    """The server answered with a JSON-RPC error (`code` and `data` as on the wire)."""

    def __init__(self, what: str, *, subject: str = "", hint: str = "", code: int = 0, data: Any = None) -> None:
        super().__init__(what, subject=subject, hint=hint)
        self.code = code
        self.data = data


class RequestTimedOut(ServerError):
    """The server did not answer in time; the session stays usable."""


class NoSuchItem(ServerError):
    """The server offers no such tool, prompt or resource."""


class PermissionDenied(McpTuiError):
    """The gate said no."""


class ModelError(McpTuiError):
    """Something about the model's endpoint; `subject` is its address."""


class ModelMissing(ModelError):
    """No model is configured."""


class ModelUnreachable(ModelError):
    """No connection to the endpoint."""


class KeyRefused(ModelError):
    """The endpoint refused the key."""


class ModelRefused(ModelError):
    """The endpoint reported an error. `status` is the HTTP status (0: inside the stream), `body` its words."""

    def __init__(self, what: str, *, subject: str = "", hint: str = "", status: int = 0, body: str = "") -> None:
        super().__init__(what, subject=subject, hint=hint)
        self.status = status
        self.body = body
