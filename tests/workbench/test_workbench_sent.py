"""What a person approved is what goes over the wire, byte for byte."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from mcp_tui.domain.gate import Reply
from mcp_tui.domain.permission import Answer, Initiator, Request
from mcp_tui.domain.rules import canonical
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home

SETS = 1_000
SERVER = """
import json, sys
tool = {"name": "echo", "inputSchema": {"type": "object"}}
for line in sys.stdin.buffer:
    asked = json.loads(line)
    if "id" not in asked:
        continue
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
    """Says yes; to every other question with arguments of their own."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.approved: list[str] = []

    async def ask(self, request: Request) -> Reply:
        edited = some(self._chance) if len(self.approved) % 2 else request.arguments
        self.approved.append(canonical(edited))
        return Reply(Answer.ONCE, edited)


def some(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    """Random arguments: numbers of every kind, texts of every plane, things in things."""
    return {text(chance): value(chance, depth) for _ in range(chance.randrange(5))}


def value(chance: random.Random, depth: int) -> Any:
    kinds: list[Any] = [
        None,
        chance.random() < 0.5,
        chance.randrange(-(10**18), 10**18),
        chance.uniform(-1, 1) * 10 ** chance.randrange(-300, 300),
        1.0,
        1,
        text(chance),
    ]
    if depth < 3:
        kinds += [some(chance, depth + 1), [value(chance, depth + 1) for _ in range(chance.randrange(4))]]
    return chance.choice(kinds)


def text(chance: random.Random) -> str:
    planes = [(0x20, 0x7F), (0x00, 0x20), (0x7F, 0xA0), (0x2000, 0x2070), (0xE000, 0xFFFE), (0x1F300, 0x1FAFF)]
    return "".join(chr(chance.randrange(*chance.choice(planes))) for _ in range(chance.randrange(12)))


async def test_what_is_approved_is_what_is_sent_in_a_thousand_random_calls(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    person = Person(chance)
    spec = StdioSpec("echo", sys.executable, ("-c", SERVER))
    home = Home(Paths(tmp_path, tmp_path, tmp_path, tmp_path), {}, Settings())
    bench = Workbench(home, [spec], asker=person)
    try:
        bench.start()
        await bench.hub.wait_settled()
        await bench.reviews.met()
        tool = bench.find_tool("echo", "echo")
        assert tool
        for _ in range(SETS):
            decision = await bench.gate.check(bench.request(tool, some(chance), Initiator.MODEL))
            await bench.send(tool, decision.arguments, Initiator.MODEL)
        frames = [frame for frame in bench.trace if frame.method == "tools/call"]
    finally:
        await bench.aclose()
    sent = [canonical(json.loads(frame.raw)["params"]["arguments"]) for frame in frames]
    assert len(sent) == SETS and sent == person.approved, f"seed {seed}"
