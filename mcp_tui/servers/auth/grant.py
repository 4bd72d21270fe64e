"""What all ways to a token share: kept tokens are used again, and credentials go to one authorization server only."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.client.auth.utils import extract_scope_from_www_auth, issuers_match, union_scopes
from mcp.shared.auth import OAuthClientInformationFull

from mcp_tui.domain.errors import AuthNeeded
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.servers.auth.vault import Vault

Send = Callable[[httpx2.Request], Awaitable[httpx2.Response]]


class NobodyToSignIn(AuthNeeded):
    """A person would have to sign in, and there is none."""


class Grant(OAuthClientProvider):
    """The SDK's provider over a `Vault`. Subclasses say how a token is got, and set what follows.

    To be mixed in before the SDK's own providers, so that `super()` means those.
    """

    spec: HttpSpec
    vault: Vault
    waiting = False
    """A person is at it."""
    _challenge: httpx2.Response | None = None
    """Why a sign-in is under way."""

    @property
    def token(self) -> str:
        """The access token to use now, "" for none."""
        tokens = self.context.current_tokens
        return tokens.access_token if tokens is not None and self.context.is_token_valid() else ""

    @property
    def is_discovered(self) -> bool:
        """The server told of a way to sign in."""
        return self.context.oauth_metadata is not None or self.context.protected_resource_metadata is not None

    def go_on(self) -> None:
        """Called before a request that leaves a trace somewhere. Raises NobodyToSignIn."""

    async def ready(self) -> None:
        """Know what was kept. May be called often."""
        if not self._initialized:
            await self._initialize()

    async def renew(self, send: Send) -> bool:
        """Get a new token for the refresh token, if there is one; whether that went well."""
        if not self.context.can_refresh_token():
            return False
        return await self._handle_refresh_response(await send(await self._refresh_token()))

    async def sign_out(self, send: Send) -> bool | None:
        """Forget the sign-in, and tell the authorization server (RFC 7009): whether it heard, None if it has no ear.

        The token is forgotten first: whatever the server says, it is not used again.
        """
        await self.ready()
        context, tokens = self.context, self.context.current_tokens
        metadata = context.oauth_metadata
        endpoint = metadata.revocation_endpoint if metadata is not None else None
        await self.vault.forget()
        context.clear_tokens()
        if endpoint is None or tokens is None or context.client_info is None:
            context.client_info = None
            return None
        form = {"token": tokens.refresh_token or tokens.access_token, "client_id": context.client_info.client_id}
        form["token_type_hint"] = "refresh_token" if tokens.refresh_token else "access_token"
        form, headers = context.prepare_token_auth(form, {"Content-Type": "application/x-www-form-urlencoded"})
        context.client_info = None
        self._initialized = False
        answer = await send(httpx2.Request("POST", str(endpoint), data=form, headers=headers))
        return answer.status_code == 200

    @asynccontextmanager
    async def under_way(self, challenge: httpx2.Response) -> AsyncGenerator[None]:
        """A sign-in, from its beginning to its end."""
        self._challenge = challenge
        yield

    async def _initialize(self) -> None:
        self.waiting = True  # a locked keyring asks its owner
        try:
            await self.vault.open()
        finally:
            self.waiting = False
        await super()._initialize()
        self.vault.restore(self)

    async def _perform_authorization(self) -> httpx2.Request:
        self._choose_scope()
        return await super()._perform_authorization()

    async def _handle_token_response(self, response: httpx2.Response) -> None:
        self.vault.remember(self)
        await super()._handle_token_response(response)

    async def _handle_refresh_response(self, response: httpx2.Response) -> bool:
        self.vault.remember(self)
        return await super()._handle_refresh_response(response)

    def _select_authorization_server(self, advertised: list[str]) -> str:
        wanted = self._only_issuer()
        return next((each for each in advertised if wanted and issuers_match(each, wanted)), advertised[0])

    def _expected_issuer(self) -> str:
        found, wanted = super()._expected_issuer(), self._only_issuer()
        if wanted and not issuers_match(found, wanted):
            raise AuthNeeded(
                f"{self.spec.name} leads the sign-in to {found}, but its credentials are for {wanted}",
                subject=self.spec.name,
                hint='if that is right, change "issuer" under "oauth" in its entry, or sign out first',
            )
        return found

    def _only_issuer(self) -> str:
        """Who may get the credentials of the entry: who it says, else who got them first."""
        oauth = self.spec.oauth
        has_secret = bool(oauth.client_secret or oauth.private_key)
        return oauth.issuer or (self.vault.record.get("issuer", "") if has_secret else "")

    def _choose_scope(self) -> None:
        """The scopes of the entry stand in for all that the server supports, but not for those it insists on."""
        if not self.spec.oauth.scopes or self._challenge is None:
            return
        wanted = union_scopes(" ".join(self.spec.oauth.scopes), extract_scope_from_www_auth(self._challenge))
        if self._challenge.status_code == 403 and self.context.current_tokens is not None:
            wanted = union_scopes(self.context.current_tokens.scope, wanted)
        self.context.client_metadata.scope = wanted

    def _given_client(self) -> OAuthClientInformationFull | None:
        """The client that the entry names, if it does."""
        oauth = self.spec.oauth
        if not oauth.client_id:
            return None
        return OAuthClientInformationFull(
            client_id=oauth.client_id,
            client_secret=oauth.client_secret or None,
            token_endpoint_auth_method=self._client_auth(),
        )

    def _client_auth(self) -> str:
        """How to show the secret: as the entry says, else in the first way that the authorization server takes."""
        oauth, metadata = self.spec.oauth, self.context.oauth_metadata
        if oauth.client_auth or not oauth.client_secret:
            return oauth.client_auth or "none"
        supported = (metadata.token_endpoint_auth_methods_supported if metadata else None) or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in supported else "client_secret_post"
