"""One long random stream of typing in a real terminal, while questions of a server and of a model arrive."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from scripted_endpoint import Endpoint, say

from tests.program import PROGRAM, home_environment
from tests.terminal import Terminal

SERVER = Path(__file__).parent / "hostile" / "server.py"
F3 = "\x1bOR"
LENGTH = 200
LETTERS = "asdAer yes no add all qxé"
CALLS = [("hostile__wipe", {}), ("hostile__nagger", {}), ("hostile__password", {})]


async def test_each_character_of_a_random_stream_is_in_the_composer_and_nothing_is_answered(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    endpoint.script(say(calls=CALLS))
    server = ("--", sys.executable, "-I", "-S", str(SERVER), "--only", "T14,T16,T18")
    env = home_environment(tmp_path, OPENAI_BASE_URL=endpoint.url, OPENAI_MODEL="scripted")

    def typing() -> None:
        chance = random.Random(seed)
        with Terminal([*PROGRAM, *server], env=env, cwd=tmp_path, columns=98) as terminal:
            terminal.wait_for("● 1", "scripted")
            terminal.type(F3 + "/call nagger {}\rgo\r")  # the server asks, and the model wants three calls
            terminal.wait_for("asks you")
            typed = ""
            while len(typed) < LENGTH:
                typed += (char := chance.choice(LETTERS))
                terminal.type(char)
                terminal.pause(chance.choice([0.0, 0.0, 0.01, 0.05, 0.2]))
            whole = "".join(f"{typed}zz".split())
            terminal.type("zz")
            terminal.wait_until(lambda: whole in "".join(terminal.text.replace("▎", "").split()), f"{whole} of {seed}")
            terminal.wait_for("F8  look")
        answers = [request["messages"][2:] for request in endpoint.requests[1:]]
        assert not answers, f"no call was answered, so the model was asked nothing more: {answers} of {seed}"

    await asyncio.to_thread(typing)
