"""Somebody vouches for this program or its user: the JWT bearer grant (RFC 7523, section 2.1).

Either the platform it runs on gave it an assertion (workload identity, SEP-1933), or the identity provider of the
user's employer gives one in exchange for the user's ID token (enterprise-managed authorization, SEP-990).
"""

from __future__ import annotations

from pathlib import Path

import httpx2
from mcp.client.auth import OAuthFlowError
from mcp.shared.auth import JWT_BEARER_GRANT_TYPE, OAuthClientInformationFull, OAuthClientMetadata
from pydantic import BaseModel, ValidationError

from mcp_tui.domain.errors import AuthNeeded
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.servers.auth.grant import Grant, Send
from mcp_tui.servers.auth.vault import Vault

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
ID_JAG = "urn:ietf:params:oauth:token-type:id-jag"
"""An identity assertion authorization grant: for one authorization server and one resource."""

UNNAMED = "unnamed"
"""A client that is not registered, for the SDK's eyes only: it is not sent, the assertion says who this is."""


class AssertionGrant(Grant):
    """The identity provider is asked through `send`."""

    def __init__(self, spec: HttpSpec, vault: Vault, send: Send) -> None:
        metadata = OAuthClientMetadata(redirect_uris=None, grant_types=[JWT_BEARER_GRANT_TYPE])
        super().__init__(spec.url, metadata, vault)
        self.spec = spec
        self.vault = vault
        self._send = send

    async def _initialize(self) -> None:
        await super()._initialize()
        self.context.client_info = self._given_client() or OAuthClientInformationFull(client_id=UNNAMED)

    async def _perform_authorization(self) -> httpx2.Request:
        self._choose_scope()
        self.context.client_info = self._given_client() or self.context.client_info
        issuer = self._expected_issuer()
        form = {"grant_type": JWT_BEARER_GRANT_TYPE, "assertion": await self._assertion(issuer)}
        if self.spec.oauth.client_id:
            form["client_id"] = self.spec.oauth.client_id
        if self.context.should_include_resource_param(self.context.protocol_version):
            form["resource"] = self.context.get_resource_url()
        if self.context.client_metadata.scope:
            form["scope"] = self.context.client_metadata.scope
        form, headers = self.context.prepare_token_auth(form, {"Content-Type": "application/x-www-form-urlencoded"})
        return httpx2.Request("POST", self._get_token_endpoint(), data=form, headers=headers)

    async def _assertion(self, issuer: str) -> str:
        """For the authorization server with this issuer."""
        oauth = self.spec.oauth
        if not oauth.id_token:
            return _read(oauth.assertion, self.spec.name)
        wish = {
            "grant_type": TOKEN_EXCHANGE,
            "requested_token_type": ID_JAG,
            "subject_token": _read(oauth.id_token, self.spec.name),
            "subject_token_type": ID_TOKEN,
            "audience": issuer,
            "resource": self.context.get_resource_url(),
            "client_id": oauth.idp_client_id,
        }
        answer = await self._send(httpx2.Request("POST", oauth.idp_token_endpoint, data=wish))
        if answer.status_code != 200:
            raise OAuthFlowError(f"the identity provider gives no assertion (HTTP {answer.status_code})")
        try:
            return _Exchanged.model_validate_json(answer.content).access_token
        except ValidationError as error:
            raise OAuthFlowError("the identity provider's answer holds no assertion") from error


class _Exchanged(BaseModel):
    """RFC 8693, section 2.2.1: whatever was asked for is called `access_token`."""

    access_token: str


def _read(written: str, server: str) -> str:
    """A token, or the file that holds the newest one: platforms renew them there."""
    if written.count(".") == 2 and "/" not in written:  # a JWT (RFC 7515, section 3.1)
        return written
    path = Path(written).expanduser()
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AuthNeeded(f"the token in {path} cannot be read", subject=server) from error
