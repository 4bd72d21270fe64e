"""The `oauth` object of a server's entry: how to sign in, for servers where nobody can register a client by himself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from mcp_tui.domain.links import is_web
from mcp_tui.domain.signin import ASSERTION_GRANT, CLIENT_AUTHS, GRANTS, MACHINE_GRANT, OAuthSettings
from mcp_tui.storage.place import Place
from mcp_tui.storage.variables import Variables

_TEXTS = (
    "client_id",
    "client_secret",
    "client_metadata_url",
    "grant",
    "private_key",
    "signing_algorithm",
    "issuer",
    "client_auth",
    "assertion",
    "id_token",
    "idp_token_endpoint",
    "idp_client_id",
)
_OTHERS_NAMES = {
    "clientId": "client_id",
    "clientSecret": "client_secret",
    "callbackPort": "callback_port",
    "scope": "scopes",
}
"""How other programs write them. What else they write is left alone."""


def read_oauth(entry: dict[str, Any], place: Place, variables: Variables) -> OAuthSettings:
    """What the entry says about signing in. Raises ConfigError, which names the key."""
    found = entry.get("oauth")
    if found is None or isinstance(found, bool):  # on or off, in other programs: here it is tried when it is wanted
        return OAuthSettings()
    if not isinstance(found, dict):
        raise place.wrong("oauth", "must be an object")
    written: dict[str, Any] = {_OTHERS_NAMES.get(str(name), str(name)): value for name, value in found.items()}
    texts = {name: _text(written, name, place, variables) for name in _TEXTS if written.get(name)}
    settings = OAuthSettings(**texts, scopes=_scopes(written, place), callback_port=_port(written, place))
    _check(settings, place, variables)
    return settings


def _check(settings: OAuthSettings, place: Place, variables: Variables) -> None:
    if settings.grant not in GRANTS:
        raise place.wrong("oauth.grant", f"must be one of {', '.join(GRANTS)}, not {settings.grant!r}")
    if settings.client_auth and settings.client_auth not in CLIENT_AUTHS:
        raise place.wrong("oauth.client_auth", f"must be one of {', '.join(CLIENT_AUTHS)}")
    if settings.client_secret and not settings.client_id:
        raise place.wrong("oauth.client_id", "is missing: the secret belongs to one")
    if settings.grant == MACHINE_GRANT and not settings.client_id:
        raise place.wrong("oauth.client_id", f"is missing: {MACHINE_GRANT} needs one")
    if settings.grant == MACHINE_GRANT and not (settings.client_secret or settings.private_key):
        raise place.wrong("oauth.client_secret", f"is missing: {MACHINE_GRANT} needs it, or a private_key")
    if settings.private_key and settings.grant != MACHINE_GRANT:
        raise place.wrong("oauth.private_key", f"is only for the grant {MACHINE_GRANT}")
    if settings.grant == ASSERTION_GRANT and bool(settings.assertion) == bool(settings.id_token):
        raise place.wrong("oauth.assertion", f"or id_token must be given for {ASSERTION_GRANT}, one of them")
    if variables.missing:
        return
    if settings.id_token and not is_web(settings.idp_token_endpoint):
        raise place.wrong("oauth.idp_token_endpoint", "must be the address where the id_token is exchanged")
    document = settings.client_metadata_url
    if document and not (is_web(document, ["https"]) and urlsplit(document).path not in ("", "/")):
        raise place.wrong("oauth.client_metadata_url", "must be an https address with a path")
    if settings.issuer and not is_web(settings.issuer):
        raise place.wrong("oauth.issuer", "must be the address of an authorization server")


def _text(written: dict[str, Any], name: str, place: Place, variables: Variables) -> str:
    value = written[name]
    if not isinstance(value, str):
        raise place.wrong(f"oauth.{name}", "must be a text")
    return variables.expand(value)


def _scopes(written: dict[str, Any], place: Place) -> tuple[str, ...]:
    value = written.get("scopes") or []
    if isinstance(value, str):
        value = value.split()
    if not isinstance(value, list) or not all(isinstance(scope, str) and scope for scope in value):
        raise place.wrong("oauth.scopes", "must be a list of texts")
    return tuple(value)


def _port(written: dict[str, Any], place: Place) -> int:
    value = written.get("callback_port") or 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 65_536:
        raise place.wrong("oauth.callback_port", "must be a port number")
    return value
