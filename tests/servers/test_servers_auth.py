"""Signing in to a server, through the hub and over real sockets: a person in a browser, kept tokens, more rights."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest
from canned_http import Answer, canned
from oauth_server import Browser, Guarded, Memory, given, guarded, refused
from servers_kit import Host, hosting, soon

from mcp_tui.domain.errors import AuthNeeded
from mcp_tui.domain.servers import HttpSpec, ServerState
from mcp_tui.domain.signin import CAME_BACK, OAuthSettings, SignIn, SignInAsks
from mcp_tui.servers.auth.authorizer import SignInAuthorizer, SignIns

SERVER = "web"
entry = partial(HttpSpec, SERVER)


def as_person(asks: SignInAsks | None, store: Memory | None = None) -> SignIns:
    return SignIns(asks, Memory() if store is None else store)


def said(sign_ins: SignIns) -> list[str]:
    return [step.what for step in sign_ins.steps(SERVER)]


def expire(store: Memory, server: Guarded) -> None:
    """The token came an hour ago, and the server no longer knows it."""
    store[entry(server.url).sign_in_key]["expires"] = time.time() - 1


# -- the first time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pastes", [False, True])
async def test_a_person_signs_in_and_the_server_is_ready(pastes: bool) -> None:
    browser = Browser(pastes=pastes)
    sign_ins = as_person(browser)
    async with guarded() as (guard, server), hosting(entry(server.url), authorizer=sign_ins) as host:
        assert host.hub.status(SERVER).state is ServerState.READY, host.hub.status(SERVER)
        assert await host.call("flat", SERVER) == "read"
        (ask,) = browser.asked
        assert (ask.server, browser.ended) == (SERVER, 1)
        assert ask.redirect.startswith("http://127.0.0.1:") and ask.url.startswith(guard.url)
        known = sign_ins.signed_in(SERVER)
        assert known is not None and known.expires is not None
        assert (known.issuer, known.scopes, known.renewable) == (guard.url, ("read",), True)
        assert 3500 < known.expires - time.time() <= 3600
    if not pastes:
        assert [page[:3] for page in browser.pages] == ["200"] and "You can close this" in browser.pages[0]
        assert browser.told_at_end == (CAME_BACK,)


async def test_the_steps_tell_what_happened_and_hold_no_secret() -> None:
    store = Memory()
    sign_ins = as_person(Browser(), store)
    async with guarded() as (guard, server), hosting(entry(server.url), authorizer=sign_ins):
        pass
    assert said(sign_ins) == [
        "The server wants a sign-in",
        "Asked who guards the server",
        "Asked what the authorization server can do",
        "Registered as a client",
        "Asked you to sign in",
        "The browser came back",
        "Exchanged the code for a token",
        "Signed in",
    ]
    told = " ".join(f"{step.what} {step.detail}" for step in sign_ins.steps(SERVER))
    (form,) = guard.forms
    tokens = store[entry(server.url).sign_in_key]["tokens"]
    for secret in (form["code"], form["code_verifier"], tokens["access_token"], tokens["refresh_token"]):
        assert secret not in told
    assert not any(step.failed for step in sign_ins.steps(SERVER)) and 'scope="read"' in told


async def test_secrets_are_told_so_that_they_are_never_shown() -> None:
    hidden: list[str] = []
    sign_ins = SignIns(Browser(), Memory(), hidden.extend)
    async with guarded() as (guard, server), hosting(entry(server.url), authorizer=sign_ins):
        assert set(guard.tokens) < set(hidden)


async def test_a_refusal_is_asked_once_and_told_as_one() -> None:
    browser = Browser(refuses=True)
    sign_ins = as_person(browser)
    async with guarded() as (_, server), hosting(entry(server.url), authorizer=sign_ins) as host:
        status = host.hub.status(SERVER)
    assert (status.state, status.phase) == (ServerState.FAILED, "authorization")
    assert "you did not sign in" in status.reason and len(browser.asked) == 1
    assert sign_ins.steps(SERVER)[-1].failed and sign_ins.signed_in(SERVER) is None


async def test_without_a_person_the_hint_says_where_one_is() -> None:
    async with guarded() as (guard, server), hosting(entry(server.url), authorizer=as_person(None)) as host:
        status = host.hub.status(SERVER)
        assert status.phase == "authorization" and "run mcp-tui in a terminal" in status.hint
        assert "/register" not in guard.paths


async def test_the_persons_time_is_not_the_servers() -> None:
    class Looking(Browser):
        async def sign_in(self, ask: SignIn) -> str | None:
            waiting.append(made[0].waiting)
            return await super().sign_in(ask)

    def make(spec: HttpSpec) -> SignInAuthorizer:
        made.append(SignInAuthorizer(spec, Looking()))
        return made[0]

    waiting: list[bool] = []
    made: list[SignInAuthorizer] = []
    async with guarded() as (_, server), hosting(entry(server.url), authorizer=make):
        assert waiting == [True] and not made[0].waiting


@pytest.mark.parametrize("asks", [None, Browser()])
async def test_a_server_that_tells_of_no_way_to_sign_in_wants_a_header(asks: Browser | None) -> None:
    seen: list[str] = []

    def plain(method: str, headers: dict[str, str], body: bytes) -> Answer:
        seen.append(headers[":path"])
        return (401 if headers[":path"] == "/mcp" else 404), {}, b""

    async with canned(plain) as url, hosting(entry(url), authorizer=as_person(asks)) as host:
        status = host.hub.status(SERVER)
    assert (status.short, status.phase) == ("HTTP 401", "authorization")
    assert "Authorization header" in status.hint and seen.count("/register") == (0 if asks is None else 1)


# -- answers that do not belong to the question ------------------------------------------------------------


async def test_an_answer_with_another_state_is_turned_away_and_the_wait_goes_on() -> None:
    browser = Browser(changes={"state": "forged"})
    sign_ins = as_person(browser)
    async with guarded() as (guard, server), hosting(authorizer=sign_ins) as host:
        host.hub.add(entry(server.url))
        await _until(host, lambda: bool(browser.pages))
        assert browser.pages[0].startswith("400") and not guard.forms
        assert host.hub.status(SERVER).state is ServerState.CONNECTING


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "forged"}, "another sign-in"),
        ({"code": ""}, "no code"),
        ({"iss": "https://elsewhere.example"}, "iss mismatch"),
        ({"iss": ""}, "missing iss"),
        ({"code": "", "error": "access_denied"}, "did not grant it: access_denied"),
    ],
)
async def test_a_pasted_answer_that_does_not_fit_is_not_exchanged(changes: dict[str, str], words: str) -> None:
    sign_ins = as_person(Browser(pastes=True, changes=changes))
    async with guarded() as (guard, server), hosting(entry(server.url), authorizer=sign_ins) as host:
        assert words in host.hub.status(SERVER).reason and not guard.forms


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"code_challenge_methods_supported": None}, "PKCE"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"issuer": "https://elsewhere.example"}, "issuer mismatch"),
        ({"authorization_endpoint": "http://as.example/authorize"}, "not https"),
        ({"token_endpoint": "http://192.0.2.1/token"}, "not https"),
        ({"token_endpoint": "https://169.254.169.254/token"}, "private network"),
    ],
)
async def test_an_authorization_server_that_cannot_be_trusted_gets_nothing(
    metadata: dict[str, Any], words: str
) -> None:
    async with guarded() as (guard, server):
        guard.metadata = metadata
        async with hosting(entry(server.url), authorizer=as_person(Browser())) as host:
            assert words in host.hub.status(SERVER).reason and not guard.forms


async def test_a_server_that_claims_to_be_another_resource_gets_no_token() -> None:
    async with guarded() as (guard, server):
        server.resource = {"resource": "https://bank.example/mcp"}
        async with hosting(entry(server.url), authorizer=as_person(Browser())) as host:
            assert "does not match" in host.hub.status(SERVER).reason and guard.paths == []


async def test_a_token_that_is_not_good_enough_is_not_asked_for_again() -> None:
    browser = Browser()
    async with guarded() as (_, server):
        server.closed = True
        async with hosting(entry(server.url), authorizer=as_person(browser)) as host:
            assert host.hub.status(SERVER).short == "HTTP 401"
    assert len(browser.asked) == 1


# -- tokens that were kept -------------------------------------------------------------------------------


async def test_the_next_run_does_not_ask_again() -> None:
    store, browser = Memory(), Browser()
    async with guarded() as (guard, server):
        async with hosting(entry(server.url), authorizer=as_person(browser, store)):
            pass
        async with hosting(entry(server.url), authorizer=as_person(browser, store)) as host:
            assert await host.call("flat", SERVER) == "read"
            assert len(browser.asked) == 1 and guard.paths.count("/token") == 1
            assert set(server.tokens[-3:]) == {f"Bearer {token}" for token in guard.tokens}


async def test_an_expired_token_is_renewed_where_it_came_from_without_asking() -> None:
    store, browser = Memory(), Browser()
    async with guarded() as (guard, server):
        async with hosting(entry(server.url), authorizer=as_person(browser, store)):
            pass
        expire(store, server)
        sign_ins = as_person(browser, store)
        async with hosting(entry(server.url), authorizer=sign_ins) as host:
            assert await host.call("flat", SERVER) == "read"
        assert said(sign_ins) == ["Renewed the token"] and len(browser.asked) == 1
        assert [form["grant_type"] for form in guard.forms] == ["authorization_code", "refresh_token"]
        assert guard.forms[-1]["resource"] == server.url and "/token" not in server.tokens


async def test_a_token_that_the_server_no_longer_takes_is_renewed_without_asking() -> None:
    browser = Browser()
    async with guarded() as (guard, server):
        guard.lifetime = None
        async with hosting(entry(server.url), authorizer=as_person(browser)) as host:
            server.rejected.update(guard.tokens)
            assert await host.call("flat", SERVER) == "read"
            assert [form["grant_type"] for form in guard.forms] == ["authorization_code", "refresh_token"]
    assert len(browser.asked) == 1


async def test_a_server_that_takes_no_token_any_more_fails_the_call_and_asks_no_more_than_once() -> None:
    browser = Browser()
    async with guarded() as (_, server), hosting(entry(server.url), authorizer=as_person(browser)) as host:
        server.closed = True
        for _ in range(2):
            with pytest.raises(AuthNeeded):
                await host.call("flat", SERVER)
    assert len(browser.asked) == 2


async def test_a_token_that_cannot_be_renewed_is_asked_for_anew() -> None:
    store, browser = Memory(), Browser()
    async with guarded() as (guard, server):
        async with hosting(entry(server.url), authorizer=as_person(browser, store)):
            pass
        guard.tokens.clear()
        expire(store, server)
        async with hosting(entry(server.url), authorizer=as_person(browser, store)) as host:
            assert await host.call("flat", SERVER) == "read"
        assert len(browser.asked) == 2 and guard.paths.count("/register") == 1  # known by the same port


async def test_a_new_authorization_server_gets_neither_the_old_token_nor_the_old_client() -> None:
    store, browser = Memory(), Browser()
    async with guarded() as (old, server), guarded() as (new, _):
        async with hosting(entry(server.url), authorizer=as_person(browser, store)):
            pass
        server.guard = new
        asked_before = len(old.paths)
        old.tokens.clear()
        async with hosting(entry(server.url), authorizer=as_person(browser, store)) as host:
            assert await host.call("flat", SERVER) == "read"
        assert new.paths.count("/register") == 1 and [form["grant_type"] for form in new.forms] == [
            "authorization_code"
        ]
        assert set(old.paths[asked_before:]) <= {"/token"}  # where the old one came from, it may be renewed
        assert store[entry(server.url).sign_in_key]["issuer"] == new.url


async def test_signing_out_revokes_the_token_and_forgets_everything() -> None:
    store, browser = Memory(), Browser()
    sign_ins = as_person(browser, store)
    async with guarded() as (guard, server), hosting(entry(server.url), authorizer=sign_ins) as host:
        (token,) = guard.tokens
        assert await soon(sign_ins.sign_out(entry(server.url))) == "Signed out (the token is revoked)"
        assert guard.revoked == [f"refresh-{token}"] and not store and sign_ins.signed_in(SERVER) is None
        assert await host.call("flat", SERVER) == "read"
        assert len(browser.asked) == 2 and guard.paths.count("/register") == 2


async def test_signing_out_of_a_server_that_is_not_connected_works_too() -> None:
    store = Memory()
    async with guarded() as (guard, server):
        async with hosting(entry(server.url), authorizer=as_person(Browser(), store)):
            pass
        assert "revoked" in await soon(as_person(None, store).sign_out(entry(server.url)))
        assert guard.revoked and not store


async def test_signing_out_forgets_even_when_nobody_can_be_told() -> None:
    store = Memory()
    sign_ins = as_person(Browser(), store)
    async with guarded() as (_, server), hosting(entry(server.url), authorizer=sign_ins):
        spec = entry(server.url)
    assert "could not be told" in await soon(sign_ins.sign_out(spec)) and not store


async def test_a_token_goes_to_no_other_origin() -> None:
    sign_ins = as_person(Browser())
    async with guarded() as (guard, server), hosting(entry(server.url), authorizer=sign_ins):
        (token,) = guard.tokens
        seen: list[dict[str, str]] = []

        def stranger(method: str, headers: dict[str, str], body: bytes) -> Answer:
            seen.append(headers)
            return 200, {}, b""

        flow = sign_ins._latest[SERVER].httpx_auth()  # pyright: ignore[reportPrivateUsage] (what the SDK holds)
        async with canned(stranger) as url, httpx2.AsyncClient(auth=flow, verify=False) as client:
            await client.post(url)
            await client.post(server.url, content=b'{"method": "server/discover", "id": 1}')
    assert "authorization" not in seen[0] and server.tokens[-1] == f"Bearer {token}"


# -- where the browser comes back to -----------------------------------------------------------------------


async def test_a_registered_port_that_is_taken_means_another_registration() -> None:
    store, browser = Memory(), Browser()
    async with guarded() as (guard, server):
        async with hosting(entry(server.url), authorizer=as_person(browser, store)):
            pass
        guard.tokens.clear()
        expire(store, server)
        port = int(browser.asked[0].redirect.split(":")[2].split("/")[0])
        sign_ins = as_person(browser, store)
        taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
        async with taken, hosting(entry(server.url), authorizer=sign_ins) as host:
            assert await host.call("flat", SERVER) == "read"
        assert guard.paths.count("/register") == 2
        assert browser.asked[1].redirect != browser.asked[0].redirect


async def test_a_fixed_port_that_is_taken_is_told() -> None:
    async with guarded() as (_, server), await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as taken:
        port = taken.sockets[0].getsockname()[1]
        spec = HttpSpec(SERVER, server.url, oauth=OAuthSettings("known", callback_port=port))
        async with hosting(spec, authorizer=as_person(Browser())) as host:
            status = host.hub.status(SERVER)
    assert f"port {port}" in status.reason and "callback_port" in status.hint


# -- more rights -----------------------------------------------------------------------------------------


async def test_a_tool_that_needs_more_rights_asks_for_them_and_keeps_those_there_were() -> None:
    browser = Browser()
    async with guarded() as (_, server), hosting(entry(server.url), authorizer=as_person(browser)) as host:
        assert await host.call("deep", SERVER) == "read deep"
        assert len(browser.asked) == 2


async def test_refused_rights_fail_the_call_and_nothing_else() -> None:
    class Once(Browser):
        async def sign_in(self, ask: SignIn) -> str | None:
            self._refuses = len(self.asked) > 0
            return await super().sign_in(ask)

    browser = Once()
    async with guarded() as (_, server), hosting(entry(server.url), authorizer=as_person(browser)) as host:
        for _ in range(2):
            with pytest.raises(AuthNeeded):
                await host.call("deep", SERVER)
        assert await host.call("flat", SERVER) == "read"
        assert len(browser.asked) == 2


# -- clients that were registered beforehand ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("supported", "basic"), [(None, True), (["client_secret_basic"], True), (["client_secret_post"], False)]
)
async def test_a_client_of_the_entry_shows_its_secret_as_the_server_wants_it(
    supported: list[str] | None, basic: bool
) -> None:
    async with guarded() as (guard, server):
        guard.metadata = {"token_endpoint_auth_methods_supported": supported, "registration_endpoint": None}
        oauth = OAuthSettings("known", "the-known-secret", ("mine",), callback_port=await free_port())
        redirect = f"http://127.0.0.1:{oauth.callback_port}/callback"
        guard.clients["known"] = {"redirect_uris": [redirect], "client_secret": "the-known-secret"}
        async with hosting(HttpSpec(SERVER, server.url, oauth=oauth), authorizer=as_person(Browser())) as host:
            assert await host.call("flat", SERVER) == "mine read"
        assert (guard.forms[0]["authorization"] != "", "client_secret" in guard.forms[0]) == (basic, not basic)


async def test_a_secret_goes_to_nobody_but_its_issuer() -> None:
    async with guarded() as (guard, server):
        oauth = OAuthSettings("known", "the-known-secret", issuer="https://as.example")
        async with hosting(HttpSpec(SERVER, server.url, oauth=oauth), authorizer=as_person(Browser())) as host:
            assert "its credentials are for https://as.example" in host.hub.status(SERVER).reason
        assert not guard.forms


async def test_a_client_id_document_stands_in_for_a_registration() -> None:
    document = "https://me.example/client.json"

    class Fetching(dict[str, Any]):
        """Clients of a server that fetches their document."""

        def get(self, key: str, default: Any = None) -> Any:
            return {"redirect_uris": [browser.asked[-1].redirect]} if key == document else default

        def __getitem__(self, key: str) -> Any:
            return self.get(key)

    browser = Browser()
    async with guarded() as (guard, server):
        guard.metadata = {"client_id_metadata_document_supported": True}
        guard.clients = Fetching()
        spec = HttpSpec(SERVER, server.url, oauth=OAuthSettings(client_metadata_url=document))
        async with hosting(spec, authorizer=as_person(browser)) as host:
            assert await host.call("flat", SERVER) == "read"
        assert "/register" not in guard.paths and guard.forms[0]["client_id"] == document


# -- machines ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("client_auth", ["", "client_secret_post"])
async def test_a_machine_signs_in_with_its_secret_and_asks_nobody(client_auth: str) -> None:
    oauth = OAuthSettings("robot", "robots-secret", ("work",), grant="client_credentials", client_auth=client_auth)
    async with guarded() as (guard, server):
        spec = HttpSpec(SERVER, server.url, oauth=oauth)
        async with hosting(spec, authorizer=as_person(None)) as host:
            assert await host.call("flat", SERVER) == "work read"
        assert (guard.forms[0]["authorization"] != "") == (client_auth == "")


@pytest.mark.parametrize("kind", ["EC", "RSA", "Ed25519"])
async def test_a_machine_signs_in_with_a_key_of_any_usual_kind(kind: str, tmp_path: Any) -> None:
    private, public = key_pair(kind)
    file = tmp_path / "key.pem"
    file.write_text(private)
    for written in (private, str(file)):
        oauth = OAuthSettings("robot", grant="client_credentials", private_key=written)
        async with guarded() as (guard, server):
            guard.public_key = public
            spec = HttpSpec(SERVER, server.url, oauth=oauth)
            async with hosting(spec, authorizer=as_person(None)) as host:
                assert host.hub.status(SERVER).state is ServerState.READY, host.hub.status(SERVER)
            assert private.splitlines()[1] not in str(guard.forms)


@pytest.mark.parametrize("key", ["-----BEGIN nothing", "/no/such/key.pem"])
async def test_a_key_that_cannot_be_used_is_told(key: str) -> None:
    oauth = OAuthSettings("robot", grant="client_credentials", private_key=key)
    async with guarded() as (_, server):
        spec = HttpSpec(SERVER, server.url, oauth=oauth)
        async with hosting(spec, authorizer=as_person(None)) as host:
            assert "private key" in host.hub.status(SERVER).reason


async def test_a_machine_whose_credentials_are_refused_says_so() -> None:
    oauth = OAuthSettings("robot", "wrong-secret", grant="client_credentials")
    async with guarded() as (guard, server):
        guard.trouble = refused("invalid_client", 401)
        spec = HttpSpec(SERVER, server.url, oauth=oauth)
        async with hosting(spec, authorizer=as_person(None)) as host:
            assert "invalid_client" in host.hub.status(SERVER).reason


# -- somebody vouches --------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_file", [False, True])
async def test_a_platform_vouches_for_the_program(in_file: bool, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("vouched.for.robot\n")
    oauth = OAuthSettings(assertion=str(file) if in_file else "vouched.for.robot", grant="jwt_bearer")
    async with guarded() as (guard, server):
        spec = HttpSpec(SERVER, server.url, oauth=oauth)
        async with hosting(spec, authorizer=as_person(None)) as host:
            assert await host.call("flat", SERVER) == "read"
        assert "client_id" not in guard.forms[0]


async def test_an_employer_vouches_for_the_user() -> None:
    wishes: list[dict[str, str]] = []

    def provider(method: str, headers: dict[str, str], body: bytes) -> Answer:
        wishes.append(dict(parse_qsl(body.decode())))
        return given({"access_token": "vouched.for.robot", "token_type": "N_A"})

    async with guarded() as (guard, server), canned(provider) as idp:
        oauth = OAuthSettings("me", grant="jwt_bearer", id_token="i.d.token", idp_token_endpoint=idp, idp_client_id="x")
        sign_ins = as_person(None)
        async with hosting(HttpSpec(SERVER, server.url, oauth=oauth), authorizer=sign_ins) as host:
            assert await host.call("flat", SERVER) == "read"
    (wish,) = wishes
    assert (wish["subject_token"], wish["audience"], wish["resource"]) == ("i.d.token", guard.url, server.url)
    assert "Asked the identity provider to vouch" in said(sign_ins)
    assert "i.d.token" not in str(sign_ins.steps(SERVER)) and "i.d.token" not in str(guard.forms)


@pytest.mark.parametrize(
    ("answer", "words"), [(refused("invalid_request"), "HTTP 400"), (given({"token": "none"}), "holds no assertion")]
)
async def test_an_employer_that_does_not_vouch_is_told(answer: Answer, words: str) -> None:
    async with guarded() as (guard, server), canned(lambda *_: answer) as idp:
        oauth = OAuthSettings("me", grant="jwt_bearer", id_token="i.d.token", idp_token_endpoint=idp)
        async with hosting(HttpSpec(SERVER, server.url, oauth=oauth), authorizer=as_person(None)) as host:
            assert words in host.hub.status(SERVER).reason and not guard.forms


async def free_port() -> int:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with server:
        return server.sockets[0].getsockname()[1]


def key_pair(kind: str) -> tuple[str, str]:
    """A private and a public key, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    makers = {
        "EC": lambda: ec.generate_private_key(ec.SECP256R1()),
        "RSA": lambda: rsa.generate_private_key(65537, 2048),
        "Ed25519": ed25519.Ed25519PrivateKey.generate,
    }
    key = makers[kind]()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return private.decode(), key.public_key().public_bytes(*shown).decode()


async def _until(host: Host, true: Any) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 (a page of a browser is no news of the hub's)
            await asyncio.sleep(0.02)
