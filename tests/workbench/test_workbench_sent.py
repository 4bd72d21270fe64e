"""What a person read and approved is what the server's program reads: each of a thousand calls of a model."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from scripted_endpoint import Endpoint, say

from mcp_tui.chat.events import TurnFinished
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.permission import Answer, Request
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.ui.screens.sent_view import value_text
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home

ENVIRON = {"OPENAI_MODEL": "scripted"}
SETTINGS = Settings(max_rounds=50)
ROUNDS, CALLS = 5, 200
"""Answers of the model, and calls in each."""
SERVER = """
import json, sys
tool = {"name": "echo", "inputSchema": {"type": "object"}}
for line in sys.stdin.buffer:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    if asked["method"] == "tools/call":
        with open(sys.argv[1], "ab") as heard:
            heard.write(line)
    answer = {
        "initialize": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                       "serverInfo": {"name": "echo", "version": "1"}},
        "tools/list": {"tools": [tool]},
        "tools/call": {"content": []},
    }.get(asked["method"])
    reply = {"result": answer} if answer is not None else {"error": {"code": -32601, "message": "no"}}
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **reply}) + "\\n")
    sys.stdout.flush()
"""


class Person:
    """Says yes, to every other question with arguments of their own; and keeps what the dialog showed of each."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.seen: list[str] = []

    async def ask(self, request: Request) -> Reply:
        arguments = some(self._chance) if len(self.seen) % 2 else request.arguments
        shown = {name: value_text(value) for name, value in arguments.items()}
        self.seen.append(exactly({name: json.loads(text.replace("\\n\n", "\\n")) for name, text in shown.items()}))
        return Reply(Answer.ONCE, arguments)


def exactly(arguments: dict[str, Any]) -> str:
    """Names in their order, and values that differ by no more than blanks: 1 is not 1.0, nor 0.0 -0.0."""
    return repr(list(arguments.items()))


def some(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    """Random arguments: numbers of every kind, texts of every plane, things in things."""
    return {text(chance): value(chance, depth) for _ in range(chance.randrange(5))}


def value(chance: random.Random, depth: int) -> Any:
    match chance.randrange(9 if depth < 3 else 7):
        case 0:
            return None
        case 1:
            return chance.random() < 0.5
        case 2:
            return chance.randrange(-(10**18), 10**18)
        case 3:
            return chance.uniform(-1, 1) * 10 ** chance.randrange(-300, 300)
        case 4:
            return chance.choice([1, 1.0, 0.0, -0.0])
        case 5 | 6:
            return text(chance)
        case 7:
            return some(chance, depth + 1)
        case _:
            return [value(chance, depth + 1) for _ in range(chance.randrange(4))]


def text(chance: random.Random) -> str:
    planes = [(0x20, 0x7F), (0x00, 0x20), (0x7F, 0xA0), (0x2000, 0x2070), (0xE000, 0xFFFE), (0x1F300, 0x1FAFF)]
    return "".join(chr(chance.randrange(*chance.choice(planes))) for _ in range(chance.randrange(12)))


async def test_what_is_approved_is_what_is_sent_in_a_thousand_random_calls(tmp_path: Path, endpoint: Endpoint) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance, heard = random.Random(seed), tmp_path / "heard"
    person = Person(chance)
    wishes = [[("echo__echo", some(chance)) for _ in range(CALLS)] for _ in range(ROUNDS)]
    endpoint.script(*(say(calls=calls, split=10_000) for calls in wishes), say("done"))
    spec = StdioSpec("echo", sys.executable, ("-I", "-S", "-c", SERVER, str(heard)))
    home = Home(Paths(tmp_path, tmp_path, tmp_path, tmp_path), ENVIRON | {"OPENAI_BASE_URL": endpoint.url}, SETTINGS)
    bench = Workbench(home, [spec], asker=person)
    try:
        bench.start()
        await bench.hub.wait_settled()
        await bench.reviews.met()
        await bench.models.connect()
        last = [event async for event in bench.turn("go")][-1]
    finally:
        await bench.aclose()
    assert isinstance(last, TurnFinished), f"seed {seed}: {last}"
    sent = [exactly(json.loads(line)["params"]["arguments"]) for line in heard.read_bytes().splitlines()]
    assert len(sent) == ROUNDS * CALLS and sorted(sent) == sorted(person.seen), f"seed {seed}"
