"""Signing in to the servers of a session: one authorizer per connection, and what is known of each server's sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp_tui.domain.aside import aside
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.domain.signin import AuthStep, Hide, OAuthSettings, SignedIn, SignInAsks, TokenStore
from mcp_tui.servers.auth.journal import Journal

if TYPE_CHECKING:
    import httpx2

    from mcp_tui.servers.auth.addresses import Addresses
    from mcp_tui.servers.auth.flow import SignInFlow
    from mcp_tui.servers.auth.grant import Grant
    from mcp_tui.servers.auth.vault import Vault


class SignInAuthorizer:
    """Signs in to one server, for one connection. Without `asks` no person can be asked; without `store` all is
    forgotten at the end."""

    def __init__(
        self,
        spec: HttpSpec,
        asks: SignInAsks | None = None,
        store: TokenStore | None = None,
        hide: Hide = lambda _: None,
    ) -> None:
        self._spec = spec
        self._asks = asks
        self._store = store
        self._hide = hide
        self._journal = Journal()
        self._grant: Grant | None = None
        self._flow: SignInFlow | None = None

    @property
    def key(self) -> str:
        """What its sign-in is kept under."""
        return self._spec.sign_in_key

    @property
    def waiting(self) -> bool:
        """A person is at it."""
        return self._grant is not None and self._grant.waiting

    @property
    def steps(self) -> list[AuthStep]:
        """What happened so far, oldest first."""
        return list(self._journal.steps)

    @property
    def signed_in(self) -> SignedIn | None:
        """The sign-in in use, once the first request was sent."""
        return self._grant.vault.signed_in if self._grant else None

    async def sign_out(self) -> None:
        """Forget the sign-in and revoke its token. The steps tell how that went. Raises ConfigError."""
        await self._signing_in().sign_out()

    def httpx_auth(self) -> httpx2.Auth:
        """What puts the token on each request, and gets one when the server wants it."""
        return self._signing_in()

    def _signing_in(self) -> SignInFlow:
        if self._flow is None:
            from mcp_tui.servers.auth.addresses import Addresses
            from mcp_tui.servers.auth.egress import Egress
            from mcp_tui.servers.auth.flow import SignInFlow
            from mcp_tui.servers.auth.vault import Vault

            addresses = Addresses(self._spec.name, self._spec.url)
            egress = Egress(self._spec.name, addresses, self._journal)
            self._grant = self._new_grant(Vault(self._store, self._spec.sign_in_key, self._hide), addresses)
            self._flow = SignInFlow(self._grant, egress, self._journal)
        return self._flow

    def _new_grant(self, vault: Vault, addresses: Addresses) -> Grant:
        from mcp_tui.servers.auth.addresses import Addresses
        from mcp_tui.servers.auth.assertion_grant import AssertionGrant
        from mcp_tui.servers.auth.code_grant import CodeGrant
        from mcp_tui.servers.auth.egress import Egress
        from mcp_tui.servers.auth.machine_grant import KeyGrant, SecretGrant

        match self._spec.oauth:
            case OAuthSettings(grant="client_credentials", private_key=""):
                return SecretGrant(self._spec, vault)
            case OAuthSettings(grant="client_credentials"):
                return KeyGrant(self._spec, vault)
            case OAuthSettings(grant="jwt_bearer") as oauth:
                # The user named the identity provider: it may be anywhere, even where the server could not lead.
                provider = Addresses(self._spec.name, oauth.idp_token_endpoint)
                return AssertionGrant(self._spec, vault, Egress(self._spec.name, provider, self._journal).send)
            case _:
                return CodeGrant(self._spec, vault, self._asks, addresses, self._journal)


class SignIns:
    """The sign-ins of a session; as a function it is the hub's `authorizer`."""

    def __init__(
        self, asks: SignInAsks | None = None, store: TokenStore | None = None, hide: Hide = lambda _: None
    ) -> None:
        self._asks = asks
        self._store = store
        self._hide = hide
        self._latest: dict[str, SignInAuthorizer] = {}
        self._issuers: dict[str, str] = {}
        """By the key of a sign-in, the last one that was seen: signing out makes nobody another server."""

    def __call__(self, spec: HttpSpec) -> SignInAuthorizer:
        self._latest[spec.name] = SignInAuthorizer(spec, self._asks, self._store, self._hide)
        return self._latest[spec.name]

    def steps(self, server: str) -> list[AuthStep]:
        """What happened in the server's latest connection."""
        return self._latest[server].steps if server in self._latest else []

    def signed_in(self, server: str) -> SignedIn | None:
        """The sign-in that the server's latest connection uses."""
        return self._latest[server].signed_in if server in self._latest else None

    def issuer(self, spec: HttpSpec) -> str:
        """Who signed the person in to a server last, in this run or before; "" until a connection tells."""
        used = self._latest.get(spec.name)
        if used and used.key == spec.sign_in_key and (signed_in := used.signed_in):
            self._issuers[used.key] = signed_in.issuer
        return self._issuers.get(spec.sign_in_key, "")

    async def kept(self, spec: HttpSpec) -> SignedIn | None:
        """The sign-in in use, else what an earlier run kept; the server need not be on. Raises ConfigError."""
        if (used := self.signed_in(spec.name)) or self._store is None:
            return used
        return SignedIn.read(await aside(self._store.load, spec.sign_in_key) or {})

    async def sign_out(self, spec: HttpSpec) -> str:
        """Forget the server's sign-in, connected or not; gives how that went, in words. Raises ConfigError."""
        authorizer = self._latest[spec.name] if spec.name in self._latest else self(spec)
        await authorizer.sign_out()
        last = authorizer.steps[-1]
        return f"{last.what} ({last.detail})" if last.detail else last.what
