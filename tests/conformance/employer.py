"""Enterprise-managed authorization: the employer's identity provider vouches for the person (an extension of MCP).

The program has no door to identity providers. The hub takes any authorizer, though, so this one lets it be held to
the scenario: the SDK's grant, with the exchange of the ID token done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import httpx2

if TYPE_CHECKING:
    from mcp.shared.auth import OAuthClientInformationFull, OAuthToken


class Employer:
    """The hub's authorizer; `context` is what the suite tells of the client and of the identity provider."""

    waiting = False

    def __init__(self, url: str, context: Mapping[str, Any]) -> None:
        self._url = url
        self._context = context

    def httpx_auth(self) -> httpx2.Auth:
        from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider

        about = urljoin(self._url, f"/.well-known/oauth-protected-resource{urlsplit(self._url).path.rstrip('/')}")
        return IdentityAssertionOAuthProvider(
            server_url=self._url,
            storage=_Memory(),
            client_id=self._context["client_id"],
            client_secret=self._context["client_secret"],
            issuer=httpx2.get(about).json()["authorization_servers"][0],
            assertion_provider=self._assertion,
            token_endpoint_auth_method="client_secret_basic",
        )

    async def _assertion(self, audience: str, resource: str) -> str:
        """The ID token in exchange for an assertion (RFC 8693)."""
        wish = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "requested_token_type": "urn:ietf:params:oauth:token-type:id-jag",
            "subject_token": self._context["idp_id_token"],
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "audience": audience,
            "resource": resource,
            "client_id": self._context["idp_client_id"],
        }
        async with httpx2.AsyncClient() as client:
            answer = await client.post(self._context["idp_token_endpoint"], data=wish)
        return answer.json()["access_token"]


class _Memory:
    """Tokens for one run."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info
