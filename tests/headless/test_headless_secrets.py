"""A secret of the configuration never stands on stdout or stderr of a headless command; what is sent keeps it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scripted_endpoint import Endpoint, say

from mcp_tui.domain.masking import MASK
from tests.program import Shell

CANARY = "canary-tok/en-12345"
KEY = "sk-canary-of-the-model"
LEAKY = str(Path(__file__).parents[1] / "leaky_server.py")


def configure(shell: Shell) -> str:
    """A file with a server that leaks and one that fails."""
    file = shell.home / "servers.json"
    leaky = {"command": sys.executable, "args": ["-I", LEAKY], "env": {"CANARY_TOKEN": CANARY}}
    file.write_text(json.dumps({"mcpServers": {"leaky": leaky, "dead": {**leaky, "args": ["-I", LEAKY, "fails"]}}}))
    return str(file)


async def test_no_command_prints_a_secret(shell: Shell) -> None:
    config = ("--config", configure(shell))
    commands = [
        ["tools"],
        ["tools", "--json"],
        ["call", "leaky/leak", f"word={CANARY}"],
        ["call", "leaky/leak", "word=x", "--json"],
        ["prompt", "leaky/hint"],
        ["prompt", "leaky/hint", "--json"],
        ["read", "leak://it"],
        ["read", "leak://it", "--json"],
        ["doctor"],
        ["doctor", "--json"],
    ]
    for words in commands:
        ran = await shell.run(*words, *config)
        assert CANARY not in ran.text + ran.err, words
        assert json.dumps(CANARY)[1:-1] not in ran.text, words
        assert MASK in ran.text, words
        if "--json" in words:
            assert ran.json


async def test_a_server_gets_the_secret_as_it_is_and_no_key_that_is_not_its_own(shell: Shell) -> None:
    config = configure(shell)
    ran = await shell.run("call", "leaky/leak", f"word={CANARY}x", "--config", config, OPENAI_API_KEY=KEY)
    assert f"got {MASK}x, have CANARY_TOKEN, know {MASK}" in ran.text


async def test_an_answer_that_streams_a_secret_in_pieces_is_masked_and_the_model_gets_the_whole(
    shell: Shell, endpoint: Endpoint
) -> None:
    config = configure(shell)
    for split, options in ((1, []), (5, []), (5, ["--json"])):
        endpoint.script(say(f"It is {KEY} and {CANARY}, or canary-", split=split))
        env = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": KEY, "OPENAI_MODEL": "scripted"}
        ran = await shell.run("ask", f"say {CANARY}", *options, "--config", config, "--server", "leaky", **env)
        told = ran.json["text"] if options else ran.text
        assert told.rstrip("\n") == f"It is {MASK} and {MASK}, or canary-"
        assert endpoint.requests[-1]["messages"][-1]["content"] == f"say {CANARY}"
        assert endpoint.headers[-1]["authorization"] == f"Bearer {KEY}"


async def test_a_rule_that_allows_a_tool_lets_no_secret_out_with_its_arguments(
    shell: Shell, endpoint: Endpoint
) -> None:
    endpoint.script(say(calls=[("leaky__leak", {"word": f"key={CANARY}"})]), say("no"))
    env = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_MODEL": "scripted"}
    config = ("--config", configure(shell), "--server", "leaky")
    ran = await shell.run("ask", "leak it", "--allow", "leaky/leak", *config, **env)
    assert ran.code == 5, ran.err
    assert "a rule allows it, but its arguments carry a configured secret" in ran.err
    assert "Permission denied" in endpoint.requests[-1]["messages"][-1]["content"]
