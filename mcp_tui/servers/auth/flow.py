"""The `httpx2.Auth` of a connection: the token goes on each request; when the server wants one, a sign-in begins.

The SDK's own flow holds a lock around the request itself, so that one slow call would stop all others; and it asks
the person again on every refusal. Here only the sign-in is one at a time, and the same thing is asked once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2
from mcp.client.auth import OAuthFlowError, OAuthRegistrationError
from mcp.client.auth.utils import extract_field_from_www_auth

from mcp_tui.domain.errors import AuthNeeded, McpTuiError
from mcp_tui.domain.text import shorten
from mcp_tui.servers.auth.egress import Egress
from mcp_tui.servers.auth.grant import Grant, NobodyToSignIn
from mcp_tui.servers.auth.journal import Journal


class SignInFlow(httpx2.Auth):
    """For one connection to one server."""

    def __init__(self, grant: Grant, egress: Egress, journal: Journal) -> None:
        self._grant = grant
        self._egress = egress
        self._journal = journal
        self._home = _origin(httpx2.URL(grant.spec.url))
        """The only origin that gets the token, wherever the SDK is led to."""
        self._lock = asyncio.Lock()
        self._was_let_in = False
        """Some request of this connection was answered: from then on an error may not end the connection."""
        self._unproven = ""
        """A token that no request was let in with so far."""
        self._asked: set[str] = set()
        """The rights that were asked for."""
        self._failure: McpTuiError | None = None
        self._has_no_way = False
        """The server tells of no way to sign in: it wants another kind of credentials."""

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Raises AuthNeeded when the sign-in failed; a server that was let in, or tells of no way, has its refusal
        as the answer."""
        await self._prepare()
        used = self._put_token(request)
        answer = yield request
        if not self._refused(answer, used):
            return
        if answer.status_code == 401 and used and await self._renewed(used):
            used = self._put_token(request)
            answer = yield request
            if not self._refused(answer, used):
                return
        if not await self._signed_in(request, answer, used):
            return
        used = self._put_token(request)
        answer = yield request
        self._refused(answer, used)

    async def sign_out(self) -> None:
        """Forget the sign-in, here and, when it can be told, at the authorization server."""
        async with self._lock:
            try:
                heard = await self._grant.sign_out(self._egress.send)
            except (httpx2.HTTPError, OAuthFlowError, McpTuiError) as error:
                self._journal.note(
                    "Signed out, but the authorization server could not be told", str(error), failed=True
                )
                return
            self._asked.clear()
            if heard is False:
                self._journal.note("Signed out, but the authorization server did not take the token back", failed=True)
            else:
                self._journal.note("Signed out", "the token is revoked" if heard else "")

    def _put_token(self, request: httpx2.Request) -> str:
        token = self._grant.token
        request.headers.pop("Authorization", None)
        if token and _origin(request.url) == self._home:
            request.headers["Authorization"] = f"Bearer {token}"
        return token

    def _refused(self, answer: httpx2.Response, used: str) -> bool:
        if answer.status_code == 401 or _wants_more(answer):
            if answer.status_code == 403 and used == self._unproven:
                self._unproven = ""
            return True
        if answer.status_code < 400:
            self._was_let_in = True
        if used == self._unproven:
            self._unproven = ""
        return False

    async def _prepare(self) -> None:
        async with self._lock:
            await self._grant.ready()
            if not self._grant.token:
                await self._renew()

    async def _renewed(self, used: str) -> bool:
        """The server no longer takes this token: get another for the refresh token, unless somebody just did."""
        async with self._lock:
            if self._grant.token != used:
                return bool(self._grant.token)
            if used == self._unproven:
                return False
            return await self._renew()

    async def _renew(self) -> bool:
        try:
            return await self._grant.renew(self._egress.send)
        except (httpx2.HTTPError, McpTuiError) as error:
            self._journal.note("The token could not be renewed", str(error), failed=True)
            return False

    async def _signed_in(self, request: httpx2.Request, answer: httpx2.Response, used: str) -> bool:
        """Whether another try of the request is worth it. Raises AuthNeeded."""
        async with self._lock:
            if self._grant.token and self._grant.token != used:
                return True  # somebody signed in while this request was on its way
            if answer.status_code == 401 and used and used == self._unproven:
                return False  # the newest token is not good enough: the same again would not be, either
            wanted = f"{answer.status_code} {extract_field_from_www_auth(answer, 'scope') or ''}"
            if answer.status_code == 403 and wanted in self._asked:
                return False
            if self._failure is None or wanted not in self._asked:
                self._asked.add(wanted)
                self._failure = await self._sign_in(request, answer)
            if self._failure is None:
                self._unproven = self._grant.token
                return True
            if self._was_let_in or self._has_no_way:
                return False
            raise self._failure

    async def _sign_in(self, request: httpx2.Request, answer: httpx2.Response) -> McpTuiError | None:
        """Why it failed, None when it did not."""
        name = self._grant.spec.name
        self._journal.challenged(answer)
        try:
            async with self._grant.under_way(answer):
                await self._drive(request, answer)
        except NobodyToSignIn as error:
            failure, self._has_no_way = error, not self._grant.is_discovered
        except McpTuiError as error:
            failure = error
        except (OAuthFlowError, ValueError) as error:  # a ValueError: the SDK stumbled over what a stranger sent
            self._has_no_way = isinstance(error, OAuthRegistrationError) and not self._grant.is_discovered
            failure = AuthNeeded(f"the sign-in failed: {shorten(str(error), 300)}", subject=name)
        except httpx2.HTTPError as error:
            words = f"{type(error).__name__} {error}".strip()
            failure = AuthNeeded(f"the authorization server cannot be reached ({words})", subject=name)
        else:
            self._journal.note("Signed in", "")
            return None
        self._journal.note("The sign-in failed", str(failure), failed=True)
        return failure

    async def _drive(self, request: httpx2.Request, answer: httpx2.Response) -> None:
        """Run the SDK's flow from the server's refusal to the token; its requests leave through our own way out."""
        async with aclosing(self._grant.async_auth_flow(request)) as flow:
            outgoing = await anext(flow)
            while outgoing is not request:
                outgoing = await flow.asend(await self._egress.send(outgoing))
            outgoing = await flow.asend(answer)
            while outgoing is not request:
                if outgoing.method == "POST":
                    self._grant.go_on()
                outgoing = await flow.asend(await self._egress.send(outgoing))


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _wants_more(answer: httpx2.Response) -> bool:
    return answer.status_code == 403 and extract_field_from_www_auth(answer, "error") == "insufficient_scope"
