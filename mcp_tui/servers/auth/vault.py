"""What is kept of a sign-in between runs, as one JSON record per server, bound to the issuer that it came from."""

from __future__ import annotations

import time
from typing import Any

from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import OAuthClientInformationFull, OAuthMetadata, OAuthToken, ProtectedResourceMetadata
from pydantic import ValidationError

from mcp_tui.domain.aside import aside
from mcp_tui.domain.signin import Hide, SignedIn, TokenStore


class Vault:
    """The SDK's `TokenStorage` for one server, over a `TokenStore`; it keeps what the SDK forgets, too.

    That is: when the token ends, and the metadata without which a token could only be renewed by guessing where.
    """

    def __init__(self, store: TokenStore | None, key: str, hide: Hide) -> None:
        self._store = store
        self._hide = hide
        self._key = key
        self.record: dict[str, Any] = {}

    async def open(self) -> None:
        """Read what was kept."""
        if self._store is not None:
            self.record = await aside(self._store.load, self._key) or {}
            self._hide_secrets()

    def restore(self, provider: OAuthClientProvider) -> None:
        """Put back into a provider what it knew when the token came."""
        context, record = provider.context, self.record
        try:
            if resource := record.get("resource"):
                context.protected_resource_metadata = ProtectedResourceMetadata.model_validate(resource)
                context.auth_server_url = str(context.protected_resource_metadata.authorization_servers[0])
            if metadata := record.get("metadata"):
                context.oauth_metadata = OAuthMetadata.model_validate(metadata)
        except ValidationError:
            return
        context.token_expiry_time = record.get("expires")

    def remember(self, provider: OAuthClientProvider) -> None:
        """Take from a provider what goes with its next token."""
        context = provider.context
        for name, found in (("resource", context.protected_resource_metadata), ("metadata", context.oauth_metadata)):
            self.record.pop(name, None)
            if found is not None:
                self.record[name] = found.model_dump(mode="json", exclude_none=True)
        self.record["issuer"] = issuer_of(provider)

    @property
    def signed_in(self) -> SignedIn | None:
        """The sign-in that is kept, if any."""
        return SignedIn.read(self.record)

    async def get_tokens(self) -> OAuthToken | None:
        try:
            return OAuthToken.model_validate(self.record["tokens"]) if "tokens" in self.record else None
        except ValidationError:
            return None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        now = time.time()
        self.record["tokens"] = tokens.model_dump(mode="json", exclude_none=True)
        self.record["expires"] = None if tokens.expires_in is None else now + tokens.expires_in
        self.record["since"] = now
        await self._save()

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        try:
            return OAuthClientInformationFull.model_validate(self.record["client"]) if "client" in self.record else None
        except ValidationError:
            return None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.record = {"client": client_info.model_dump(mode="json", exclude_none=True)}  # its tokens are another's
        await self._save()

    async def forget(self) -> None:
        """Keep nothing, the registration included."""
        self.record = {}
        if self._store is not None:
            await aside(self._store.forget, self._key)

    async def _save(self) -> None:
        self._hide_secrets()
        if self._store is not None:
            await aside(self._store.save, self._key, dict(self.record))

    def _hide_secrets(self) -> None:
        tokens, client = self.record.get("tokens", {}), self.record.get("client", {})
        found = (tokens.get("access_token"), tokens.get("refresh_token"), client.get("client_secret"))
        self._hide([value for value in found if value])


def issuer_of(provider: OAuthClientProvider) -> str:
    """Whose tokens these are: as its metadata says, else the server named, else the MCP server's own origin."""
    context = provider.context
    if context.oauth_metadata is not None:
        return str(context.oauth_metadata.issuer)
    return context.auth_server_url or context.get_authorization_base_url(context.server_url)
