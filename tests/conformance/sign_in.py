"""Signs in for the conformance suite, as somebody would who agrees to everything at once.

The page that asks for consent is followed to its redirect instead of being shown in a browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

if TYPE_CHECKING:
    from mcp.client.auth import OAuthClientProvider
    from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthToken

REDIRECT = "http://localhost:3000/callback"
CLIENT_DOCUMENT = "https://conformance-test.local/client-metadata.json"
"""The suite knows the client by this address of its metadata."""


class Memory:
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


class SignIn:
    """The hub's authorizer in each `auth/` scenario; `context` is what the suite tells of the client."""

    waiting = False

    def __init__(self, url: str, scenario: str, context: Mapping[str, Any]) -> None:
        self._url = url
        self._scenario = scenario
        self._context = context

    def httpx_auth(self) -> httpx2.Auth:
        match self._scenario:
            case "auth/client-credentials-basic":
                return self._with_secret()
            case "auth/client-credentials-jwt":
                return self._with_key()
            case "auth/enterprise-managed-authorization":
                return self._with_employer()
            case _:
                return self._with_code()

    def _with_code(self) -> OAuthClientProvider:
        from mcp.client.auth import OAuthClientProvider
        from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata

        about = {"client_name": "mcp-tui", "redirect_uris": [REDIRECT]}
        grants = {"grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]}
        storage, page = Memory(), _ConsentPage()
        if "client_id" in self._context:
            secret = self._context.get("client_secret")
            known = {
                "client_id": self._context["client_id"],
                "client_secret": secret,
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            }
            storage.client = OAuthClientInformationFull.model_validate({**about, **known})
        metadata = OAuthClientMetadata.model_validate({**about, **grants})
        return OAuthClientProvider(
            self._url, metadata, storage, page.open, page.answer, client_metadata_url=CLIENT_DOCUMENT
        )

    def _with_secret(self) -> httpx2.Auth:
        from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider

        return ClientCredentialsOAuthProvider(
            server_url=self._url,
            storage=Memory(),
            client_id=self._context["client_id"],
            client_secret=self._context["client_secret"],
            token_endpoint_auth_method="client_secret_basic",
        )

    def _with_key(self) -> httpx2.Auth:
        from mcp.client.auth.extensions.client_credentials import PrivateKeyJWTOAuthProvider, SignedJWTParameters

        name = self._context["client_id"]
        signing = SignedJWTParameters(
            issuer=name,
            subject=name,
            signing_algorithm=self._context.get("signing_algorithm", "ES256"),
            signing_key=self._context["private_key_pem"],
        )
        return PrivateKeyJWTOAuthProvider(
            server_url=self._url,
            storage=Memory(),
            client_id=name,
            assertion_provider=signing.create_assertion_provider(),
        )

    def _with_employer(self) -> httpx2.Auth:
        """The employer's identity provider vouches for the person."""
        from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider

        url = urlsplit(self._url)
        about = urljoin(self._url, f"/.well-known/oauth-protected-resource{url.path.rstrip('/')}")
        return IdentityAssertionOAuthProvider(
            server_url=self._url,
            storage=Memory(),
            client_id=self._context["client_id"],
            client_secret=self._context["client_secret"],
            issuer=httpx2.get(about).json()["authorization_servers"][0],
            assertion_provider=self._assertion,
            token_endpoint_auth_method="client_secret_basic",
        )

    async def _assertion(self, audience: str, resource: str) -> str:
        """MCP, ext-auth, enterprise-managed authorization: the ID token in exchange for an assertion (RFC 8693)."""
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


class _ConsentPage:
    """The authorization server's page, which is only ever agreed to."""

    def __init__(self) -> None:
        self._reply: dict[str, str] = {}

    async def open(self, address: str) -> None:
        async with httpx2.AsyncClient() as browser:
            answer = await browser.get(address, follow_redirects=False)
        redirect = urlsplit(urljoin(address, answer.headers["location"]))
        self._reply = {name: values[0] for name, values in parse_qs(redirect.query).items()}

    async def answer(self) -> AuthorizationCodeResult:
        from mcp.shared.auth import AuthorizationCodeResult

        return AuthorizationCodeResult(
            code=self._reply["code"], state=self._reply.get("state"), iss=self._reply.get("iss")
        )
