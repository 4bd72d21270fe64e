"""Typing never answers a question, whatever is typed and whenever the question comes.

`MCP_TUI_STREAMS` sets how many random streams are typed (50 by default; 1,000 take some minutes).
"""

from __future__ import annotations

import asyncio
import os
import random

from asking_app import AskingApp, Field, Keyboard, drawn, request, until
from textual.pilot import Pilot

from mcp_tui.domain.gate import Reply

STREAMS = int(os.environ.get("MCP_TUI_STREAMS", "50"))
LETTERS = "asAedy asAedy qxé"


async def type_a_stream(app: AskingApp, pilot: Pilot[None], chance: random.Random) -> None:
    """One stream: a question is open, or comes at some key, by itself or by F8; keys come 0 to 0.2 s apart."""
    keys = Keyboard(app)
    open_first = chance.random() < 0.6
    replies: list[asyncio.Task[Reply]] = []
    if open_first:
        replies.append(asyncio.create_task(app.asking.ask(request("first"))))
        await drawn(pilot)
    keys.wait(chance.choice([0.1, 0.5, 3.0]))
    stream = [chance.choice([*LETTERS, "enter"]) for _ in range(chance.randint(2, 14))]
    arrives, looks = chance.randrange(len(stream)), chance.randrange(len(stream))
    expected = ""
    for index, char in enumerate(stream):
        if index == arrives:
            replies.append(asyncio.create_task(app.asking.ask(request("later"))))
        if index == looks and not open_first:
            app.call_later(app.asking.open_now)
        if char == "enter":
            # Without a dialog, Enter is the composer's: only while one is open, or folds, must it vanish.
            if open_first and index < 3:
                keys.press(char)
        else:
            keys.type(char)
            expected += char
        keys.wait(chance.uniform(0, 0.2))
        if chance.random() < 0.3:
            await asyncio.sleep(chance.choice([0, 0, 0.005]))
    keys.type("zz", gap=0.1)  # no stream is one lone key
    await until(pilot, lambda: app.text.endswith("zz"))
    assert app.text == f"{expected}zz", stream
    await asyncio.sleep(0)
    assert not any(each.done() for each in replies), stream
    for each in replies:
        each.cancel()
    await until(pilot, lambda: not app.asking.waiting and app.dialog is None)
    app.query_one(Field).text = ""


async def test_random_typing_never_answers_and_never_loses_a_character() -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    app = AskingApp()
    async with app.run_test(size=(100, 30)) as pilot:
        app.query_one(Field).focus()
        await pilot.pause()
        for number in range(STREAMS):
            app.asking._sieve._presses.last = 0.0  # pyright: ignore[reportPrivateUsage]
            try:
                await type_a_stream(app, pilot, chance)
            except AssertionError as error:
                raise AssertionError(f"stream {number} of seed {seed}: {error}") from error
        app.asking.close()
