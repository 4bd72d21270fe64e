"""The `oauth` object of an entry: what it becomes, and what is said of one that cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.servers import HttpSpec
from mcp_tui.domain.signin import OAuthSettings
from mcp_tui.storage.place import Place
from mcp_tui.storage.server_entry import read_entry

URL = "https://a.example/mcp"


def read(oauth: Any, environ: dict[str, str] | None = None) -> HttpSpec:
    spec = read_entry("a", {"url": URL, "oauth": oauth}, Place("f.json", "mcpServers.a", 1), environ or {})
    assert isinstance(spec, HttpSpec)
    return spec


def test_an_entry_says_how_to_sign_in() -> None:
    written = {"client_id": "me", "client_secret": "${SECRET}", "scopes": ["read", "write"], "callback_port": 8123}
    spec = read(written, {"SECRET": "not-a-real-secret"})
    assert spec.oauth == OAuthSettings("me", "not-a-real-secret", ("read", "write"), callback_port=8123)
    assert "not-a-real-secret" not in repr(spec)


def test_a_machine_signs_with_a_key_from_the_environment() -> None:
    written = {"client_id": "me", "grant": "client_credentials", "private_key": "${KEY}", "signing_algorithm": "ES256"}
    assert read(written, {"KEY": "-----BEGIN …"}).oauth.private_key == "-----BEGIN …"
    assert read(written).missing == ("KEY",)


def test_what_other_programs_write_is_understood() -> None:
    written = {"clientId": "me", "callbackPort": 1, "scope": "a b", "authServerMetadataUrl": "https://x.example"}
    assert read(written).oauth == OAuthSettings("me", scopes=("a", "b"), callback_port=1)
    assert read(True).oauth == read(None).oauth == OAuthSettings()


def test_other_credentials_make_another_server_of_it() -> None:
    assert len({read(None).identity, read({"client_id": "me"}).identity, read({"client_id": "you"}).identity}) == 3


@pytest.mark.parametrize(
    ("oauth", "key"),
    [
        ("me", "oauth"),
        ({"client_id": 1}, "oauth.client_id"),
        ({"client_secret": "s"}, "oauth.client_id"),
        ({"grant": "password"}, "oauth.grant"),
        ({"grant": "client_credentials"}, "oauth.client_id"),
        ({"grant": "client_credentials", "client_id": "me"}, "oauth.client_secret"),
        ({"client_id": "me", "private_key": "k"}, "oauth.private_key"),
        ({"client_id": "me", "client_auth": "tls"}, "oauth.client_auth"),
        ({"scopes": [1]}, "oauth.scopes"),
        ({"callback_port": 70_000}, "oauth.callback_port"),
        ({"callback_port": True}, "oauth.callback_port"),
        ({"client_metadata_url": "https://a.example"}, "oauth.client_metadata_url"),
        ({"client_metadata_url": "http://a.example/client.json"}, "oauth.client_metadata_url"),
        ({"issuer": "as.example"}, "oauth.issuer"),
        ({"grant": "jwt_bearer"}, "oauth.assertion"),
        ({"grant": "jwt_bearer", "assertion": "a", "id_token": "i"}, "oauth.assertion"),
        ({"grant": "jwt_bearer", "id_token": "i"}, "oauth.idp_token_endpoint"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_named(oauth: Any, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(oauth)
    assert caught.value.subject == f"f.json: mcpServers.a.{key}"
