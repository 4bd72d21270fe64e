"""The steps of a sign-in, in words that a person can follow and without secrets."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from mcp_tui.domain.signin import AuthStep

if TYPE_CHECKING:
    import httpx2

KEPT = 200
"""Steps; a sign-in takes some eight."""
_GRANTS = {
    "authorization_code": "Exchanged the code for a token",
    "refresh_token": "Renewed the token",
    "client_credentials": "Signed in as this program",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "Showed who vouches",
    "urn:ietf:params:oauth:grant-type:token-exchange": "Asked the identity provider to vouch",
}
_TOLD = ("error", "error_description", "issuer", "authorization_servers", "scopes_supported", "scope", "expires_in")
"""What is told of an answer: the rest is long, or secret."""


class Journal:
    """What happened, oldest first."""

    def __init__(self) -> None:
        self.steps: list[AuthStep] = []

    def note(self, what: str, detail: str = "", *, failed: bool = False) -> None:
        self.steps.append(AuthStep(time.time(), what, detail, failed))
        del self.steps[:-KEPT]

    def challenged(self, answer: httpx2.Response) -> None:
        """The server wants a token, or a better one."""
        what = "The server wants a sign-in" if answer.status_code == 401 else "The server wants more rights"
        self.note(what, f"HTTP {answer.status_code} {answer.headers.get('www-authenticate', '')}".strip())

    def answered(self, request: httpx2.Request, answer: httpx2.Response) -> None:
        """A request of the sign-in itself was answered."""
        detail = f"{request.method} {request.url} → HTTP {answer.status_code}"
        if told := ", ".join(f"{name}: {_words(value)}" for name, value in _told(answer).items()):
            detail += f" · {told}"
        self.note(_what(request), detail, failed=answer.status_code >= 400)


def _what(request: httpx2.Request) -> str:
    path = request.url.path
    if "/.well-known/oauth-protected-resource" in path:
        return "Asked who guards the server"
    if "/.well-known/" in path:
        return "Asked what the authorization server can do"
    if request.method == "GET":
        return "Asked for the server's metadata"
    if request.headers.get("content-type", "").startswith("application/json"):
        return "Registered as a client"
    form = parse_qs(request.content.decode("utf-8", "replace"))
    return _GRANTS.get(form.get("grant_type", [""])[0], "Revoked the token" if "token" in form else "Asked")


def _told(answer: httpx2.Response) -> dict[str, Any]:
    try:
        body = json.loads(answer.content)
    except ValueError:
        return {}
    return {name: body[name] for name in _TOLD if name in body} if isinstance(body, dict) else {}


def _words(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
