"""Signing in to servers, for both faces: where it is kept, what happened, and the way out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.servers import HttpSpec, ServerSpec
from mcp_tui.domain.signin import AuthStep, SignedIn, SignInAsks
from mcp_tui.servers.auth.authorizer import SignInAuthorizer, SignIns
from mcp_tui.storage.tokens import Tokens
from mcp_tui.workbench.audit import Audit, AuditedSignIn

if TYPE_CHECKING:
    from mcp_tui.servers.hub import Hub
    from mcp_tui.workbench.home import Home

SIGN_IN_FAULT = "sign-in"
"""The short word of a status whose server wants somebody to sign in."""
SAVE_FIRST = "keep it without trying: you are asked to sign in once it connects"


class SigningIn:
    """The sign-ins of this run. As a function it is the hub's `authorizer`; without `asks` nobody is asked."""

    def __init__(self, home: Home, audit: Audit, asks: SignInAsks | None = None) -> None:
        self._audit = audit
        self._tokens = Tokens(home.paths)
        self._sign_ins = SignIns(AuditedSignIn(asks, audit) if asks else None, self._tokens, HIDDEN.add)

    def __call__(self, spec: HttpSpec) -> SignInAuthorizer:
        return self._sign_ins(spec)

    def without_asking(self, spec: HttpSpec) -> SignInAuthorizer:
        """For a connection beside the session's own: what is kept is used, and nobody is asked."""
        return SignInAuthorizer(spec, None, self._tokens, HIDDEN.add)

    @property
    def place(self) -> str:
        """Where sign-ins are kept, in words. May take a moment: it looks for a keyring."""
        return self._tokens.place

    def signed_in(self, server: str) -> SignedIn | None:
        """The sign-in that a server's connection uses."""
        return self._sign_ins.signed_in(server)

    def issuer(self, spec: ServerSpec) -> str:
        """Who signs the person in to a server, as far as this run has seen it; "" for nobody."""
        return self._sign_ins.issuer(spec) if isinstance(spec, HttpSpec) else ""

    async def kept(self, spec: ServerSpec) -> SignedIn | None:
        """The sign-in of a server, this run's or an earlier one's, whether it is on or not. Raises ConfigError."""
        return await self._sign_ins.kept(spec) if isinstance(spec, HttpSpec) else None

    def steps(self, server: str) -> list[AuthStep]:
        """What happened since the server was last connected to, oldest first."""
        return self._sign_ins.steps(server)

    async def sign_out(self, hub: Hub, server: str) -> str:
        """Leave the server, forget its sign-in and revoke it; gives how that went, in words. Raises ConfigError."""
        spec = hub.spec(server)
        if not isinstance(spec, HttpSpec):
            return f"{server} is a local program: nobody signs in to it"
        await hub.switch(server, False)
        return await self.forget(spec)

    async def forget(self, spec: HttpSpec) -> str:
        """Forget a sign-in and revoke it, where no server runs; gives how that went, in words. Raises ConfigError."""
        self._audit.noted("sign-in", spec.name, "", "signed out")
        return await self._sign_ins.sign_out(spec)
