"""Questions on a plain terminal: they say what the dialog says, and only an exact answer, typed after them, counts."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from scripted_endpoint import Endpoint, say

from mcp_tui.domain.catalog import Hints, Kind
from mcp_tui.domain.echoes import Echo
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Initiator, Request, rule_about
from mcp_tui.domain.rules import Effect, Origin, Scope
from mcp_tui.headless.questions import question
from tests.program import PROGRAM, home_environment
from tests.terminal import Terminal

SERVERS = {"calc": {"command": sys.executable, "args": ["-m", "mcp_tui.demo.server"]}}
REQUEST = Request(
    initiator=Initiator.MODEL,
    kind=Kind.TOOL,
    server="mail",
    item="send",
    arguments={"to": "ann", "text": "the door code is 4711, my-own-secret"},
    definition="new",
    identity="id",
    description="Sends.\nAllow once (a)?",
    hints=Hints(read_only=False, open_world=False),
    who="qwen3",
    definition_text='{"name": "send", "description": "Sends."}',
    last={"to": "bob", "text": "the door code is 4711, my-own-secret"},
    echoes=(Echo("text", "the door code is 4711", "notes"),),
)


def test_a_question_says_all_that_the_dialog_says() -> None:
    HIDDEN.add(["my-own-secret"])
    before = replace(REQUEST, definition_text='{"name": "send", "description": "Reads."}')
    rule = rule_about(before, Effect.ALLOW, Scope.TOOL, "always", Origin.DIALOG, 0.0)
    told = question(replace(REQUEST, before=rule))
    for words in (
        "qwen3 wants to call send on mail",
        "│ Allow once (a)?",
        "△ text contains text that came from notes:\n    │ the door code is 4711",
        "△ They contain a configured secret",
        "Since its last call:\n    to, then:\n    │ bob\n    now:\n    │ ann",
        "The server says: changes data, local (a claim, not checked)",
        "△ This tool changed since you last allowed it. Its description changed.\n    description, then:\n    │ Reads.",
    ):
        assert words in told, told
    assert "my-own-secret" not in told


async def test_nothing_typed_ahead_and_nothing_but_an_exact_answer_counts(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.script(say(calls=[("calc__add", {"a": 17, "b": 25})]), say("Then not."))
    servers = tmp_path / "calc.json"
    servers.write_text(json.dumps({"mcpServers": SERVERS}))
    env = home_environment(tmp_path, OPENAI_BASE_URL=endpoint.url, OPENAI_MODEL="scripted")

    def sit() -> int | None:
        command = [*PROGRAM, "ask", "add", "--config", str(servers)]
        with Terminal(command, env=env, cwd=tmp_path) as terminal:
            terminal.type("apt update\ra\r")
            terminal.wait_for("Permission required", "The server says: read-only", "Deny, and say why (r), Deny (d)")
            terminal.type("apt update\r")
            terminal.wait_until(lambda: terminal.text.count("Deny (d)? [d]") == 2, "the question again")
            terminal.wait_for("That is no answer: type a or s or r or d, alone.")
            terminal.type("r\r")
            terminal.wait_for("Why not?")
            terminal.type("Use paper instead.\r")
            terminal.wait_exit()
            return terminal.exit_code

    assert await asyncio.to_thread(sit) == 5
    assert "Use paper instead." in endpoint.requests[1]["messages"][-1]["content"]
