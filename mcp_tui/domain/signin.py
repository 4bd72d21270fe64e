"""Signing in to a server over HTTP (OAuth 2.1 as MCP uses it): what an entry may say, who is asked, what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

CODE_GRANT, MACHINE_GRANT, ASSERTION_GRANT = "authorization_code", "client_credentials", "jwt_bearer"
GRANTS = (CODE_GRANT, MACHINE_GRANT, ASSERTION_GRANT)
"""A person agrees in a browser, this program signs in for itself, or somebody vouches for it."""
CLIENT_AUTHS = ("client_secret_basic", "client_secret_post", "none")
"""How a client shows its secret at the token endpoint (RFC 7591, section 2)."""


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """What an entry says about signing in. Nothing of it is needed where clients may register themselves."""

    client_id: str = ""
    """Of a client that somebody registered beforehand."""
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    """Asked for besides those that the server names; instead of them for a machine."""
    client_metadata_url: str = ""
    """Where a client ID metadata document for this program is, for servers that take one."""
    grant: str = CODE_GRANT
    """One of `GRANTS`."""
    private_key: str = field(default="", repr=False)
    """PEM, or the path of a file that holds it: a machine signs with it instead of showing a secret (RFC 7523)."""
    signing_algorithm: str = ""
    """For `private_key`, for example "ES256"; "" takes the usual one for its kind of key."""
    issuer: str = ""
    """The only authorization server that may get the credentials; "" keeps to the first that was found."""
    client_auth: str = ""
    """One of `CLIENT_AUTHS`; "" takes what the authorization server supports."""
    assertion: str = field(default="", repr=False)
    """What the platform vouches with: a JWT, or the path of the file where it keeps the newest one."""
    id_token: str = field(default="", repr=False)
    """Instead of `assertion`: the user's ID token (or its file), which the employer's identity provider exchanges."""
    idp_token_endpoint: str = ""
    idp_client_id: str = ""
    callback_port: int = 0
    """Where the browser comes back to on 127.0.0.1, for clients registered with a fixed port; 0: any."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A server wants the person to sign in. The address is the authorization server's: foreign text, and raw."""

    server: str
    url: str
    redirect: str = ""
    """The loopback address that the browser comes back to."""

    @property
    def state(self) -> str:
        """What tells the answer to this request from any other."""
        return _query(self.url).get("state", "")


@dataclass(frozen=True, slots=True)
class Redirected:
    """What the authorization server sent the browser back with (RFC 6749, section 4.1.2, and RFC 9207)."""

    code: str = ""
    state: str = ""
    issuer: str | None = None
    error: str = ""

    @classmethod
    def read(cls, address: str) -> Redirected:
        """From the whole address, as the browser shows it, or its query alone."""
        found = _query(address)
        error = " ".join(filter(None, (found.get("error", ""), found.get("error_description", ""))))
        return cls(found.get("code", ""), found.get("state", ""), found.get("iss"), error)


def wrong_with(address: str, ask: SignIn) -> str:
    """Why a pasted address does not answer this request; "" when it does."""
    found = Redirected.read(address)
    if not found.code and not found.error:
        return "It holds no code: copy the whole address that the browser ended at."
    if found.state != ask.state:
        return "It belongs to another sign-in: use the address that this one ended at."
    return ""


CAME_BACK = "the browser came back"
"""What the cancellation of `SignInAsks.sign_in()` says when that is why."""


class SignInAsks(Protocol):
    """Whoever can bring a person to an address."""

    async def sign_in(self, ask: SignIn) -> str | None:
        """Open the browser, or show and copy the address; then wait until cancelled: the browser came back
        (`CAME_BACK`), or the sign-in ended without it.

        Returns the redirected address when the person pasted it instead; None when they refuse.
        """
        ...


@dataclass(frozen=True, slots=True)
class AuthStep:
    """One thing that happened while signing in. Holds no secrets."""

    time: float
    """Unix time."""
    what: str
    detail: str = ""
    """May quote foreign text, raw."""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What is known of a sign-in that lasts. Texts are the authorization server's, raw."""

    issuer: str
    scopes: tuple[str, ...] = ()
    expires: float | None = None
    """Unix time at which the token ends; None: not told."""
    renewable: bool = False
    """It is renewed without asking."""
    since: float = 0.0

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> SignedIn | None:
        """From what is kept of it; None when that holds no token."""
        if not (tokens := record.get("tokens")):
            return None
        scopes, renewable = tuple((tokens.get("scope") or "").split()), bool(tokens.get("refresh_token"))
        return cls(record.get("issuer", ""), scopes, record.get("expires"), renewable, record.get("since", 0.0))


Hide = Callable[[Iterable[str]], object]
"""Is told the secrets that must not be shown."""


class TokenStore(Protocol):
    """Where sign-ins are kept. Every method may block, and raises ConfigError when the place cannot be used."""

    def load(self, server: str) -> dict[str, Any] | None:
        """What was kept for a server, by its `sign_in_key`."""
        ...

    def save(self, server: str, record: Mapping[str, Any]) -> None: ...

    def forget(self, server: str) -> None: ...


def _query(address: str) -> dict[str, str]:
    try:
        query = urlsplit(address.strip()).query or address.strip().lstrip("?")
    except ValueError:
        return {}
    return {name: values[0] for name, values in parse_qs(query).items()}
