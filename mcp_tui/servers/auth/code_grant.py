"""A person agrees in a browser: the authorization code grant with PKCE."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx2
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata
from pydantic import AnyUrl

from mcp_tui.domain.errors import AuthNeeded
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.domain.signin import CAME_BACK, Redirected, SignIn, SignInAsks, wrong_with
from mcp_tui.servers.auth.addresses import Addresses
from mcp_tui.servers.auth.grant import Grant, NobodyToSignIn
from mcp_tui.servers.auth.journal import Journal
from mcp_tui.servers.auth.loopback import Loopback
from mcp_tui.servers.auth.vault import Vault

PATIENCE = 300.0
"""Seconds a person has to agree."""


class CodeGrant(Grant):
    """Without `asks` there is no person, and a sign-in that needs one fails."""

    def __init__(
        self, spec: HttpSpec, vault: Vault, asks: SignInAsks | None, addresses: Addresses, journal: Journal
    ) -> None:
        metadata = OAuthClientMetadata(client_name="mcp-tui", redirect_uris=None)
        document = spec.oauth.client_metadata_url or None
        super().__init__(spec.url, metadata, vault, self._noted, self._brought_back, document)
        self.spec = spec
        self.vault = vault
        self._asks = asks
        self._addresses = addresses
        self._journal = journal
        self._loopback: Loopback | None = None
        self._url = ""

    @asynccontextmanager
    async def under_way(self, challenge: httpx2.Response) -> AsyncGenerator[None]:
        """Listens for the browser meanwhile: clients are registered with the address that it comes back to."""
        async with super().under_way(challenge), AsyncExitStack() as stack:
            self._loopback = await self._listen(stack)
            self.context.client_metadata.redirect_uris = [AnyUrl(self._loopback.uri)]
            yield

    def go_on(self) -> None:
        if self._asks is None:
            raise NobodyToSignIn(
                f"{self.spec.name} wants you to sign in, and there is nobody to ask",
                subject=self.spec.name,
                hint="run mcp-tui in a terminal and sign in there: the sign-in is kept",
            )

    async def _listen(self, stack: AsyncExitStack) -> Loopback:
        fixed = self.spec.oauth.callback_port
        try:
            return await stack.enter_async_context(Loopback(fixed or self._registered_port()))
        except OSError as error:
            if fixed:
                raise AuthNeeded(
                    f"port {fixed} on 127.0.0.1 cannot be listened on: {error.strerror}",
                    subject=self.spec.name,
                    hint='end the program that uses it, or change "callback_port" under "oauth" in the entry',
                ) from error
        if not self.spec.oauth.client_id:
            self.context.client_info = None  # registered with an address that is taken: register another one
        return await stack.enter_async_context(Loopback())

    def _registered_port(self) -> int:
        """The port that an earlier registration named: not every authorization server lets it vary."""
        known = self.context.client_info
        if known is None or not known.redirect_uris:
            return 0
        parts = urlsplit(str(known.redirect_uris[0]))
        return (parts.port or 0) if parts.hostname == "127.0.0.1" else 0

    async def _initialize(self) -> None:
        await super()._initialize()
        self.context.client_info = self._given_client() or self.context.client_info

    async def _perform_authorization(self) -> httpx2.Request:
        self.go_on()
        metadata = self.context.oauth_metadata
        if metadata is not None and "S256" not in (metadata.code_challenge_methods_supported or ()):
            raise AuthNeeded(
                f"{metadata.issuer} does not say that it supports PKCE (S256), which MCP demands",
                subject=self.spec.name,
                hint="its code_challenge_methods_supported must hold S256",
            )
        self.context.client_info = self._given_client() or self.context.client_info
        return await super()._perform_authorization()

    async def _noted(self, url: str) -> None:
        self._addresses.check(url)
        self._url = url

    async def _brought_back(self) -> AuthorizationCodeResult:
        assert self._loopback is not None and self._asks is not None
        ask = SignIn(self.spec.name, self._url, self._loopback.uri)
        self._journal.note("Asked you to sign in", f"at {urlsplit(ask.url).netloc}")
        self.waiting = True
        try:
            found = await self._answer(ask, self._loopback, self._asks)
        finally:
            self.waiting = False
        if found.error:
            raise AuthNeeded(f"the authorization server did not grant it: {found.error}", subject=self.spec.name)
        return AuthorizationCodeResult(code=found.code, state=found.state, iss=found.issuer)

    async def _answer(self, ask: SignIn, loopback: Loopback, asks: SignInAsks) -> Redirected:
        """From the browser or from the person, whichever comes first."""
        browser: asyncio.Task[object] = asyncio.create_task(loopback.answer(ask.state))
        person: asyncio.Task[object] = asyncio.create_task(asks.sign_in(ask))
        ended = await _first_done(browser, person, timeout=PATIENCE, why=CAME_BACK)
        if ended is None:
            raise AuthNeeded("nobody signed in within 5 minutes", subject=self.spec.name, hint="press r to try again")
        match ended.result():
            case Redirected() as found:
                self._journal.note("The browser came back")
            case str() as pasted:
                if wrong := wrong_with(pasted, ask):
                    raise AuthNeeded(f"the pasted address does not fit: {wrong}", subject=self.spec.name)
                self._journal.note("You pasted the address")
                found = Redirected.read(pasted)
            case _:
                raise AuthNeeded("you did not sign in", subject=self.spec.name, hint="press r to be asked again")
        return found


async def _first_done(*works: asyncio.Task[object], timeout: float, why: str) -> asyncio.Task[object] | None:
    """The first of these tasks to end, None when none does in time. The others are cancelled, and waited for; they
    hear `why` when it was because of the first."""
    first: asyncio.Task[object] | None = None
    try:
        done, _ = await asyncio.wait(works, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        first = next((work for work in works if work in done), None)
        return first
    finally:
        for work in works:
            work.cancel(why if first is works[0] else None)
        await asyncio.gather(*works, return_exceptions=True)
