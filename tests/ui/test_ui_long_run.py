"""One long sitting with servers that repeat every secret: none is on a screen at any time, nor in a file afterwards.

The file of the sign-ins is the one that is there to hold some.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scripted_endpoint import Endpoint, say
from textual.widgets import Static
from whole_app import Folder, Seat, seat

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.servers import HttpSpec, StdioSpec
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.screens.audit import AuditScreen
from mcp_tui.ui.screens.permissions import PermissionsScreen
from mcp_tui.workbench.bench import Workbench
from tests.servers.canned_http import Answer, canned, json_answer
from tests.servers.oauth_server import Browser, Guard, Guarded, given

VARIABLE, HEADER, QUERY, KEY, CLIENT = (f"canary-{what}/en-12345" for what in ("var", "head", "query", "key", "client"))
LEAKY = str(Path(__file__).parents[1] / "leaky_server.py")
STDIO = StdioSpec("leaky", sys.executable, ("-I", "-S", LEAKY), env={"CANARY_TOKEN": VARIABLE}, review_results=True)
DEAD = replace(STDIO, name="dead", args=(*STDIO.args, "fails"))


def web(method: str, headers: dict[str, str], body: bytes) -> Answer:
    """A server at an address that repeats the header and the address it is asked with."""
    if method != "POST":
        return 405, {}, b""
    message = json.loads(body)
    got = f"{headers.get('x-api-key') or headers['authorization']} at {headers[':path']}"
    tool = {"name": "tell", "description": f"Knows {got}", "inputSchema": {"type": "object"}}
    match message["method"]:
        case "initialize":
            version, info = message["params"]["protocolVersion"], {"name": got, "version": got}
            result = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
            return json_answer(message, {"result": {**result, "instructions": got}})
        case "tools/list":
            return json_answer(message, {"result": {"tools": [tool]}})
        case "tools/call":
            return json_answer(message, {"result": {"content": [{"type": "text", "text": f"Told by {got}"}]}})
        case _ if "id" in message:
            return json_answer(message, {"error": {"code": -32601, "message": f"no {message['method']}, {got}"}})
        case _:
            return 202, {}, b""


class Issuer(Guard):
    """An authorization server all of whose secrets are canaries."""

    def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        if headers[":path"] != "/register":
            return super().__call__(method, headers, body.replace(b"canary-again", b"refresh-canary-token"))
        self.clients["us"] = client = {**json.loads(body), "client_secret": CLIENT, "client_id": "us"}
        return given({**client, "token_endpoint_auth_method": "client_secret_post"}, 201)

    def grant(self, scope: str) -> dict[str, Any]:
        token = f"canary-token/en-{len(self.tokens)}2345"
        self.tokens[token] = scope
        return {"access_token": token, "refresh_token": again(token), "token_type": "Bearer", "scope": scope}

    @property
    def secrets(self) -> list[str]:
        return [CLIENT, *self.tokens, *map(again, self.tokens)]


def again(token: str) -> str:
    """What renews it."""
    return token.replace("token", "again")


class Vault(Guarded):
    """A server to sign in to, that repeats all of that."""

    def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if method != "POST" or token not in self.guard.tokens or token in self.rejected:
            return super().__call__(method, headers, body)
        self.tokens.append(token)
        return web(method, {**headers, "authorization": f"{token}, {again(token)} and {CLIENT}"}, body)


class Sitting:
    """A person who looks at the whole screen after every step."""

    def __init__(self, me: Seat) -> None:
        self.me = me

    async def look(self, *words: str) -> None:
        await self.me.sees(*words)
        assert "canary" not in self.me.screen, f"a secret is seen:\n{self.me.screen}"

    async def decide(self, key: str, *words: str) -> None:
        """Look at the question that waits, and answer it."""
        await self.me.asked()
        await self.look(*words)
        await self.me.answer(key)
        await self.look()

    async def send(self, text: str) -> None:
        await self.me.send(text)
        await self.look()


async def test_no_secret_is_seen_or_kept_whatever_is_done(folder: Folder, endpoint: Endpoint) -> None:
    folder.config.mkdir(parents=True)
    (folder.config / "settings.toml").write_text('[permissions]\nreview = "always"\n')
    endpoint.script(
        say(calls=[("leaky__leak", {"word": VARIABLE})]),
        say(calls=[("leaky__leak", {"word": KEY})]),
        say(calls=[("leaky__ask", {})]),
        say(calls=[("leaky__break", {})]),
        say(calls=[("web__tell", {})]),
        say(calls=[("vault__tell", {})]),
        say(f"All of it: {VARIABLE} {HEADER} {QUERY} {KEY}", split=3),
    )
    issuer, signs_in = Issuer(), partial(Workbench, sign_in=Browser())
    vault = Vault(issuer)
    async with canned(web) as url, canned(issuer) as issuer_url, canned(vault) as vault.url:
        issuer.url = issuer_url.removesuffix("/mcp")
        http = HttpSpec("web", f"{url}?api_token={QUERY}", {"X-Api-Key": HEADER})
        specs, key = [STDIO, http, DEAD, HttpSpec("vault", vault.url)], {"OPENAI_API_KEY": KEY}
        async with seat(folder, specs, model=endpoint.url, environ=key, size=(150, 46), bench=signs_in) as me:
            await go_through(Sitting(me), vault)
    canaries = [VARIABLE, HEADER, QUERY, KEY, *issuer.secrets]
    sent = json.dumps(endpoint.requests)
    assert len(issuer.tokens) == 2, "signed in, and renewed"
    assert all(each in sent for each in canaries if each != KEY), "they were there to be hidden"
    forms = [form.encode() for each in canaries for form in forms_of(each)]
    kept = [file for name in ("config", "data", "state", "cache") for file in (folder.root / name).rglob("*")]
    left = {file.name for file in kept}
    assert {"mcp-tui.db", "pins.json", "audit.jsonl", "settings.toml", "sign-ins.json"} <= left, "it left all behind"
    for file in kept:
        if file.name != "sign-ins.json":
            assert file.is_dir() or not any(form in file.read_bytes() for form in forms), file


def forms_of(secret: str) -> Sequence[str]:
    return secret, json.dumps(secret)[1:-1], quote(secret, safe="")


def frame(me: Seat) -> str:
    """All of what the traffic shows of its chosen line."""
    return str(me.find(Static, "#frame").render())


async def go_through(sitting: Sitting, vault: Vault) -> None:
    me, bench = sitting.me, sitting.me.app.bench
    await sitting.send(f"use {VARIABLE}")
    await sitting.decide("a", "what leaky says", "Your settings want every")
    await sitting.decide("a", "what web says")
    await sitting.decide("a", "what vault says")
    await me.asked()
    await sitting.look("Permission required", "contains a configured secret")
    await me.alone("A")
    await sitting.look("this rule will be written")
    await me.answer("y")
    await sitting.decide("a", "Send this result to the model?")
    await sitting.decide("d", "Permission required", "Asked all the same")
    await sitting.decide("a", "Permission required", "ask")
    await sitting.decide("escape", "leaky", "Do you know")
    await sitting.decide("escape", "leaky", "Is it")
    await sitting.decide("a", "Send this result to the model?")
    await sitting.decide("a", "Permission required", "break")
    await sitting.decide("a", "Send this result to the model?", "no such method")
    await sitting.decide("a", "Permission required", "tell")
    vault.rejected.update(vault.guard.tokens)
    await sitting.decide("a", "Permission required", "tell")
    await me.idle()
    await sitting.look("All of it:")
    await me.press("f6", "ctrl+end")
    for words in (f"{vault.guard.url}/token", "✗ 401", "Told by •••set•••"):
        await me.until(lambda words=words: words in frame(me), f"no frame has {words}")
        await sitting.look()
        assert "canary" not in frame(me)
        await me.press("up")

    await sitting.send("/prompt leaky/hint")
    await sitting.decide("a", "Permission required", "hint")
    await sitting.look("The secret is")
    await sitting.send("/read leak://it")
    await sitting.look("leak://it")
    for ref in (Ref("leaky"), Ref("web"), Ref("dead"), Ref("web", Kind.TOOL, "tell"), Ref("vault")):
        me.app.workspace.open(ref)
        await sitting.look(ref.server)
    await me.press("f4", "3")
    await sitting.look("signed in at", "What happened")
    me.app.workspace.act_on_server("web", "texts")
    await sitting.look("Knows")
    me.app.workspace.act_on_server("dead", "log")
    await sitting.look("my token is")
    await me.press("f6")
    await sitting.look("Requests")

    me.app.action_permissions()
    await me.until(lambda: isinstance(me.app.screen, PermissionsScreen))
    await sitting.look("leak")
    await me.press("escape")
    await me.app.action_audit()
    await me.until(lambda: isinstance(me.app.screen, AuditScreen))
    await sitting.look("elicitation", "sampling", "tell")
    decided = {(act.what, act.text("decision")) for act in bench.audit.acts()[0]}
    assert {("review", "accepted"), ("result leak", "sent"), ("elicitation", "cancel")} <= decided
    await me.press("escape")
    await me.until(lambda: me.app.screen is me.app.workspace)
    assert bench.home.write_failure(ValueError(HEADER)).exists()
