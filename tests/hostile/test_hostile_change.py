"""A tool that became another one since it was allowed, on a real terminal: what it became is words."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from scripted_endpoint import Endpoint, say
from test_hostile_screens import COLUMNS, ENTER, F2, F3, ROWS, SERVER, Tour

from tests.hostile.harmless import assert_harmless
from tests.program import PROGRAM, home_environment
from tests.terminal import Terminal

CALLS = (("hostile__turncoat", {}),)


async def test_what_a_tool_became_is_words_where_it_is_reviewed_and_where_it_is_asked_for_again(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    endpoint.script(say(calls=CALLS), say("done"), say(calls=CALLS), say("never"))
    env = home_environment(tmp_path, OPENAI_BASE_URL=endpoint.url, OPENAI_MODEL="scripted")
    command = [*PROGRAM, "--", sys.executable, "-I", "-S", str(SERVER), "--only", "T1,T5"]

    def tour() -> None:
        with Terminal(command, env=env, cwd=tmp_path, columns=COLUMNS, rows=ROWS) as terminal:
            terminal.wait_for("● 1", "scripted")
            seen = Tour(terminal)
            seen.look(F3 + "one" + ENTER, words="Accept as shown")
            seen.answer("Accept as shown", then="Allow for session")
            seen.answer("Allow for session", then="✓  turncoat")
            seen.look(F2, words="△ turncoat")
            seen.look(F3 + "two" + ENTER, "changed-description", words="would tell the model")
            seen.answer("Accept as shown", then="changed since you last allowed it")
            seen.answer("See what changed", "changed-description", then="What changed")
            assert_harmless(bytes(terminal.raw))

    await asyncio.to_thread(tour)
