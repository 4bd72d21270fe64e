"""An authorization server and an MCP server that it guards, on real sockets, as strict as the specification asks."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import itertools
import json
import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import httpx2
import jwt

from mcp_tui.domain.signin import SignIn
from tests.servers.canned_http import Answer, canned, json_answer

METADATA = "/.well-known/oauth-authorization-server"


def given(content: dict[str, Any], status: int = 200) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(content).encode()


def refused(error: str, status: int = 400) -> Answer:
    return given({"error": error}, status)


@dataclass
class Guard:
    """The authorization server. What it is told to do otherwise stands in its fields."""

    url: str = ""
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    """Instead of what it says of itself; None takes a name out."""
    lifetime: int | None = 3600
    """Seconds, of a token."""
    refreshes: bool = True
    paths: list[str] = field(default_factory=list[str])
    """Every path that was asked for."""
    forms: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    """What came to the token endpoint."""
    clients: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    tokens: dict[str, str] = field(default_factory=dict[str, str])
    """Scopes by access token."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    revoked: list[str] = field(default_factory=list[str])
    public_key: str = ""
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    trouble: Answer | None = None
    """Instead of any answer of the token endpoint."""

    def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        path, _, query = headers[":path"].partition("?")
        self.paths.append(path)
        form = dict(parse_qsl(body.decode())) if path in ("/token", "/revoke") else {}
        match path:
            case "/.well-known/oauth-authorization-server":
                return given(self.says())
            case "/register":
                client = json.loads(body)
                name = f"client-{next(self.numbers)}"
                self.clients[name] = client
                return given({**client, "client_id": name, "token_endpoint_auth_method": "none"}, 201)
            case "/authorize":
                return self._authorize(dict(parse_qsl(query)))
            case "/token":
                self.forms.append({**form, "authorization": headers.get("authorization", "")})
                return self.trouble or self._token(form, headers.get("authorization", ""))
            case "/revoke":
                self.revoked.append(form["token"])
                return 200, {}, b""
            case _:
                return 404, {}, b""

    def says(self) -> dict[str, Any]:
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "registration_endpoint": f"{self.url}/register",
            "revocation_endpoint": f"{self.url}/revoke",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }
        return {name: value for name, value in said.items() if value is not None}

    def grant(self, scope: str) -> dict[str, Any]:
        token = secrets.token_urlsafe(16)
        self.tokens[token] = scope
        given = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime, "scope": scope}
        if self.refreshes:
            given["refresh_token"] = f"refresh-{token}"
        return {name: value for name, value in given.items() if value is not None}

    def _authorize(self, asked: dict[str, str]) -> Answer:
        client = self.clients.get(asked["client_id"])
        if client is None or asked["redirect_uri"] not in client["redirect_uris"] or not asked.get("resource"):
            return refused("invalid_request")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.url})
        return 302, {"location": f"{asked['redirect_uri']}?{back}"}, b""

    def _token(self, form: dict[str, str], authorization: str) -> Answer:
        match form["grant_type"]:
            case "authorization_code":
                asked = self.codes.pop(form["code"], None)
                digest = hashlib.sha256(form["code_verifier"].encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
                if asked is None or asked["code_challenge"] != challenge or asked["resource"] != form["resource"]:
                    return refused("invalid_grant")
                if not self._knows(self.clients[asked["client_id"]], form, authorization):
                    return refused("invalid_client", 401)
                return given(self.grant(asked.get("scope", "")))
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                vouched = form["assertion"] == "vouched.for.robot" and form["resource"]
                return given(self.grant(form.get("scope", ""))) if vouched else refused("invalid_grant")
            case "refresh_token":
                token = form["refresh_token"].removeprefix("refresh-")
                return given(self.grant(self.tokens[token])) if token in self.tokens else refused("invalid_grant")
            case _:
                return self._machine(form, authorization)

    def _machine(self, form: dict[str, str], authorization: str) -> Answer:
        if assertion := form.get("client_assertion"):
            claims = jwt.decode(assertion, self.public_key, ["ES256", "RS256", "EdDSA"], audience=self.url)
            return given(self.grant(form.get("scope", ""))) if claims["sub"] == "robot" else refused("invalid_client")
        if self._knows({"client_secret": "robots-secret"}, form, authorization):
            return given(self.grant(form.get("scope", "")))
        return refused("invalid_client", 401)

    def _knows(self, client: dict[str, Any], form: dict[str, str], authorization: str) -> bool:
        wanted = client.get("client_secret", "")
        if authorization:
            shown = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")[2]
            return unquote(shown) == wanted
        return form.get("client_secret", "") == wanted


@dataclass
class Guarded:
    """The MCP server: nothing without a token, and the tool `deep` only with the scope `deep`."""

    guard: Guard
    url: str = ""
    resource: dict[str, Any] = field(default_factory=dict[str, Any])
    """Instead of what it says about who guards it."""
    closed: bool = False
    """No token is good enough."""
    rejected: set[str] = field(default_factory=set[str])
    """Tokens that are no longer good enough."""
    tokens: list[str] = field(default_factory=list[str])
    """The Authorization headers that came."""

    def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        origin = self.url.removesuffix("/mcp")
        if headers[":path"] == "/.well-known/oauth-protected-resource/mcp":
            said = {"resource": self.url, "authorization_servers": [self.guard.url], "scopes_supported": ["wide"]}
            return given({**said, **self.resource})
        if method != "POST":
            return 404, {}, b""
        token = headers.get("authorization", "")
        self.tokens.append(token)
        where = f'resource_metadata="{origin}/.well-known/oauth-protected-resource/mcp"'
        bare = token.removeprefix("Bearer ")
        scopes = None if self.closed or bare in self.rejected else self.guard.tokens.get(bare)
        if scopes is None:
            return 401, {"www-authenticate": f'Bearer {where}, scope="read"'}, b""
        message = json.loads(body)
        result: dict[str, Any] = {"content": [{"type": "text", "text": scopes}]}
        match message["method"]:
            case "server/discover":
                result = {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}}
            case "tools/list":
                result = {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in ("flat", "deep")]}
            case _ if message["params"]["name"] == "deep" and "deep" not in scopes.split():
                return 403, {"www-authenticate": f'Bearer error="insufficient_scope", scope="deep", {where}'}, b""
            case _:
                pass
        complete = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
        return json_answer(message, {"result": {**complete, **result}})


@contextlib.asynccontextmanager
async def guarded() -> AsyncGenerator[tuple[Guard, Guarded]]:
    """Both, on ports of their own."""
    guard = Guard()
    server = Guarded(guard)
    async with canned(guard) as address, canned(server) as url:
        guard.url = address.removesuffix("/mcp")
        server.url = url
        yield guard, server


class Browser:
    """A person who agrees in a browser; the browser comes back by itself, or (`pastes`) the person pastes its address.

    `refuses`: no. `changes` is put into the address on the way back.
    """

    def __init__(self, *, pastes: bool = False, refuses: bool = False, changes: dict[str, str] | None = None) -> None:
        self.asked: list[SignIn] = []
        self.ended = 0
        self.told_at_end: tuple[object, ...] = ()
        """Why the question was taken back."""
        self.pages: list[str] = []
        self._pastes = pastes
        self._refuses = refuses
        self._changes = changes or {}

    async def sign_in(self, ask: SignIn) -> str | None:
        self.asked.append(ask)
        try:
            if self._refuses:
                return None
            async with httpx2.AsyncClient(verify=False) as browser:
                answer = await browser.get(ask.url)
                location = self._changed(answer.headers["location"])
                if self._pastes:
                    return location
                page = await browser.get(location)
                self.pages.append(f"{page.status_code} {page.text}")
            await asyncio.Event().wait()  # until the sign-in is done, however it ends
            return None
        except asyncio.CancelledError as error:
            self.told_at_end = error.args
            raise
        finally:
            self.ended += 1

    def _changed(self, location: str) -> str:
        parts = urlsplit(location)
        query = {**dict(parse_qsl(parts.query)), **self._changes}
        return parts._replace(query=urlencode({name: value for name, value in query.items() if value})).geturl()


class Memory(dict[str, dict[str, Any]]):
    """A `TokenStore` that lasts as long as the test."""

    def load(self, server: str) -> dict[str, Any] | None:
        return json.loads(json.dumps(self.get(server)))

    def save(self, server: str, record: Any) -> None:
        self[server] = json.loads(json.dumps(record))

    def forget(self, server: str) -> None:
        self.pop(server, None)
