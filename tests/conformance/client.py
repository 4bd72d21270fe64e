"""The official conformance suite's client: a thin adapter over our own hub.

The suite starts it once per scenario, with the server's URL as its last argument and the scenario's name and context
in the environment. It connects, calls what the scenario wants called, and exits 0 when the program held up.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any
from urllib.parse import urljoin

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling
from mcp_tui.domain.errors import ServerError
from mcp_tui.domain.schema import UNSET, fields_of, sample
from mcp_tui.domain.servers import HttpSpec, ServerState
from mcp_tui.domain.signin import ASSERTION_GRANT, CODE_GRANT, MACHINE_GRANT, OAuthSettings, SignIn
from mcp_tui.domain.trace import Trace
from mcp_tui.servers.auth.authorizer import SignIns
from mcp_tui.servers.hub import Hub

NAME = "conformance"
SCENARIO = os.environ.get("MCP_CONFORMANCE_SCENARIO", "")
CONTEXT: dict[str, Any] = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")
VERSION = os.environ.get("MCP_CONFORMANCE_PROTOCOL_VERSION", "2026-07-28")
CLIENT_DOCUMENT = "https://conformance-test.local/client-metadata.json"
"""The suite knows this client by that address of its metadata."""


class Person:
    """Agrees to everything at once, and leaves every form as it was filled in beforehand."""

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        if ask.schema is None:
            return ElicitReply("accept")
        fields = fields_of(ask.schema)
        filled = {field.name: field.default for field in fields if field.default is not UNSET}
        yes = {field.name: True for field in fields if field.required and field.kind == "boolean"}
        return ElicitReply("accept", {**yes, **filled})

    async def sample(self, ask: Sampling) -> SampleReply | None:
        return SampleReply("an answer", "a-model")

    async def sign_in(self, ask: SignIn) -> str | None:
        """The page that asks for consent sends a browser straight back: its address is pasted."""
        import httpx2

        async with httpx2.AsyncClient() as browser:
            answer = await browser.get(ask.url)
        return urljoin(ask.url, answer.headers["location"])


def oauth() -> OAuthSettings:
    """What a server's entry would say of the client that the scenario describes."""
    return OAuthSettings(
        client_id=CONTEXT.get("client_id", ""),
        client_secret=CONTEXT.get("client_secret", ""),
        client_metadata_url=CLIENT_DOCUMENT,
        grant=grant(),
        private_key=CONTEXT.get("private_key_pem", ""),
        signing_algorithm=CONTEXT.get("signing_algorithm", ""),
        assertion=CONTEXT.get("valid_jwt", ""),
        id_token=CONTEXT.get("idp_id_token", ""),
        idp_token_endpoint=CONTEXT.get("idp_token_endpoint", ""),
        idp_client_id=CONTEXT.get("idp_client_id", ""),
    )


def grant() -> str:
    if SCENARIO.startswith("auth/client-credentials"):
        return MACHINE_GRANT
    return ASSERTION_GRANT if "idp_id_token" in CONTEXT or "valid_jwt" in CONTEXT else CODE_GRANT


async def talk(hub: Hub) -> None:
    """Call every tool that the scenario's context names, or else every tool there is."""
    tools = {tool.name: tool for tool in hub.catalog(NAME).tools}
    if SCENARIO == "json-schema-2020-12-preservation":
        schema = tools["json_schema_2020_12_tool"].input_schema
        calls = [("json_schema_echo", {"schema": schema})]
    elif "toolCalls" in CONTEXT:
        calls = [(call["name"], call.get("arguments") or {}) for call in CONTEXT["toolCalls"] if call["name"] in tools]
    else:
        calls = [(tool.name, sample(tool.input_schema)) for tool in tools.values()]
    for name, arguments in calls:
        try:
            await hub.call_tool(NAME, name, dict(arguments))
        except ServerError as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)


async def main(url: str) -> int:
    person, era = Person(), "auto" if VERSION == "2026-07-28" else "legacy"
    hub = Hub(Trace(), lambda _: None, person, sampling=True, roots=[], authorizer=SignIns(person))
    try:
        hub.add(HttpSpec(NAME, url, era=era, oauth=oauth()))
        await hub.wait_settled()
        status = hub.status(NAME)
        if status.state not in (ServerState.READY, ServerState.DEGRADED):
            print(f"{status.state.value}: {status.reason} {status.hint}", file=sys.stderr)
            return 1
        await talk(hub)
        return 0
    finally:
        await hub.aclose()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[-1])))
