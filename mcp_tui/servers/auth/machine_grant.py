"""This program signs in for itself: the client credentials grant, with a secret or a signed assertion (RFC 7523)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mcp.client.auth.extensions.client_credentials import (
    ClientCredentialsOAuthProvider,
    PrivateKeyJWTOAuthProvider,
    SignedJWTParameters,
)

from mcp_tui.domain.errors import AuthNeeded
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.servers.auth.grant import Grant
from mcp_tui.servers.auth.vault import Vault


class SecretGrant(Grant, ClientCredentialsOAuthProvider):
    """Shows a secret."""

    def __init__(self, spec: HttpSpec, vault: Vault) -> None:
        oauth = spec.oauth
        method: Literal["client_secret_basic", "client_secret_post"] = (
            "client_secret_post" if oauth.client_auth == "client_secret_post" else "client_secret_basic"
        )
        self.spec = spec
        self.vault = vault
        ClientCredentialsOAuthProvider.__init__(
            self, spec.url, vault, oauth.client_id, oauth.client_secret, method, issuer=oauth.issuer or None
        )

    def _choose_scope(self) -> None:
        super()._choose_scope()
        self.context.client_info = self._given_client()  # the metadata that says how to show it is known by now


class KeyGrant(Grant, PrivateKeyJWTOAuthProvider):
    """Signs with a private key."""

    def __init__(self, spec: HttpSpec, vault: Vault) -> None:
        oauth = spec.oauth
        self.spec = spec
        self.vault = vault
        PrivateKeyJWTOAuthProvider.__init__(
            self, spec.url, vault, oauth.client_id, self._sign, issuer=oauth.issuer or None
        )

    async def _sign(self, audience: str) -> str:
        oauth = self.spec.oauth
        key = _read_key(self.spec)
        parameters = SignedJWTParameters(
            issuer=oauth.client_id,
            subject=oauth.client_id,
            signing_key=key,
            signing_algorithm=oauth.signing_algorithm or _usual_algorithm(key, self.spec.name),
        )
        return await parameters.create_assertion_provider()(audience)


def _read_key(spec: HttpSpec) -> str:
    written = spec.oauth.private_key
    if "-----BEGIN" in written:
        return written
    path = Path(written).expanduser()
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not PEM"
        raise AuthNeeded(f"the private key at {path} cannot be read: {what}", subject=spec.name) from error


def _usual_algorithm(key: str, server: str) -> str:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        loaded = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError) as error:
        raise AuthNeeded("the private key cannot be used: it must be PEM without a password", subject=server) from error
    match loaded:
        case RSAPrivateKey():
            return "RS256"
        case EllipticCurvePrivateKey():
            return {256: "ES256", 384: "ES384", 521: "ES512"}.get(loaded.curve.key_size, "ES256")
        case _:
            return "EdDSA"
