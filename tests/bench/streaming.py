"""The same long Markdown answer through the whole app, and through Textual's own `Markdown.get_stream`.

Each run is a process of its own (`python -m tests.bench.streaming ours|theirs URL`) that tells the CPU time from
sending the message to the end of the turn. The endpoint is a third process, so that its CPU counts for nobody.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.report import Ratio, ratio
from tests.program import home_environment

WORDS = 4_000
MANY_WORDS = 16_000
RUNS = 3
MODULE = "tests.bench.streaming"
BATCH = 20
ROOT = Path(__file__).parents[2]
SIZE = (140, 42)


def run() -> list[Ratio]:
    with tempfile.TemporaryDirectory() as folder:
        env = {**home_environment(Path(folder)), "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            _command("endpoint"), env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as endpoint:
            assert endpoint.stdin is not None and endpoint.stdout is not None
            url = endpoint.stdout.readline().strip()
            theirs = [_cpu(env, "theirs", url, WORDS) for _ in range(RUNS)]  # they differ by more than half
            ours = [_cpu(env, "ours", url, WORDS) for _ in range(RUNS)]
            many = [_cpu(env, "ours", url, MANY_WORDS) for _ in range(RUNS)]
            endpoint.stdin.close()
    each = [1_000_000 * seconds / WORDS for seconds in ours]
    each_of_many = [1_000_000 * seconds / MANY_WORDS for seconds in many]
    return [
        ratio(f"CPU of {WORDS:,} streamed words, against Markdown.get_stream", ours, theirs, "s", 0.10),
        ratio(f"CPU per word at {MANY_WORDS:,} words, against {WORDS:,}", each_of_many, each, "µs", 1.3),
    ]


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", MODULE, *words]


def _cpu(env: dict[str, str], who: str, url: str, words: int) -> float:
    done = subprocess.run(_command(who, url, str(words)), env=env, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


# -- what is streamed -----------------------------------------------------------------------------------------


def markdown(words: int) -> str:
    """So many words of what models write: headings, paragraphs, lists, tables and code."""
    sections: list[str] = []
    count = 0
    while count < words:
        sections.append(_section(len(sections)))
        count += len(sections[-1].split())
    return "\n\n".join(sections)


def _section(number: int) -> str:
    prose = "The *server* answers with **data** that the `client` reads, and nothing is sent before you say yes. " * 3
    items = "\n".join(f"- item {at} of {number}, with [a link](https://example.invalid/{at})" for at in range(4))
    rows = "\n".join(f"| row {at} | {at * number} | some words |" for at in range(3))
    code = "\n".join(f"    value_{at} = compute(value={at}, name='x{number}')" for at in range(5))
    return (
        f"## Section {number}\n\n{prose}\n\n{items}\n\n| name | value | about |\n| --- | --- | --- |\n{rows}\n\n"
        f"```python\ndef section_{number}():\n{code}\n```\n\n{prose}"
    )


def _chunks(words: int) -> Iterator[str]:
    """A word at a time, with the space before it."""
    return iter(re.findall(r"\s*\S+", markdown(words)))


# -- the endpoint ---------------------------------------------------------------------------------------------


async def _endpoint() -> None:
    """Answers any request with a stream; the number of words is the last word of the user's message."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].split()[0])
    asked = json.loads(await reader.readexactly(length))
    words = int(asked["messages"][-1]["content"].split()[-1])
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
    for piece in _chunks(words):
        choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
        writer.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
        await writer.drain()
        await asyncio.sleep(0)
    writer.write(b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n')
    await writer.drain()
    writer.close()


# -- the two programs -----------------------------------------------------------------------------------------


async def _ours(url: str, words: int) -> float:
    """CPU seconds of the app from sending the message to the end of the turn, everything drawn."""
    from mcp_tui.ui.app import McpTuiApp
    from mcp_tui.workbench.bench import Workbench
    from mcp_tui.workbench.home import Home

    home = Home.open({"OPENAI_BASE_URL": url, "OPENAI_MODEL": "bench"})
    app = McpTuiApp(lambda asker, asks: Workbench(home, (), asker=asker, asks=asks))
    async with app.run_test(size=SIZE) as pilot:
        await app.raised.wait()
        while app.bench.models.current is None:
            await pilot.pause(0.05)
        # The imports belong to the start, as the reference's do: nobody has typed a message by then.
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.group == "model"])
        chat = app.workspace.chat
        ended = asyncio.Event()
        began = time.process_time()
        chat.send(f"words {words}")
        chat.watch(chat, "busy", lambda busy: busy or ended.set(), init=False)
        await ended.wait()
        await pilot.pause()
        took = time.process_time() - began
        assert app.bench.conversation.messages[-1].text == "".join(_chunks(words))
    return took


async def _theirs(words: int) -> float:
    """The same pieces, from memory, through Textual's widget in a bare app."""
    from textual.app import App, ComposeResult
    from textual.containers import VerticalScroll
    from textual.widgets import Markdown

    class Bare(App[None]):
        def compose(self) -> ComposeResult:
            with VerticalScroll():
                yield Markdown()

    app = Bare()
    async with app.run_test(size=SIZE) as pilot:
        view = app.query_one(Markdown)
        app.query_one(VerticalScroll).anchor()
        began = time.process_time()
        stream = Markdown.get_stream(view)
        for number, piece in enumerate(_chunks(words)):
            await stream.write(piece)
            if number % BATCH == 0:  # as they come from a socket: some at once
                await asyncio.sleep(0)
        await stream.stop()
        await pilot.pause()
        return time.process_time() - began


def main() -> None:
    match sys.argv[1:]:
        case ["endpoint"]:
            asyncio.run(_endpoint())
        case ["ours", url, words]:
            print(asyncio.run(_ours(url, int(words))))
        case ["theirs", _, words]:
            print(asyncio.run(_theirs(int(words))))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
