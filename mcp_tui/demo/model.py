"""The demo model: a scripted, OpenAI-compatible endpoint. `python -m mcp_tui.demo.model [--port 0] [--delay MS]`.

It prints one line, `{"url": "http://127.0.0.1:PORT/v1"}`, when it listens, and ends when its standard input
closes or on SIGTERM, so that it never outlives the program that started it. What it answers is in script.py.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import suppress
from typing import Any

from mcp_tui.demo.http import BadRequest, EventReply, HttpServer, JsonReply, Reply, Request
from mcp_tui.demo.script import Answer, answer

MODEL = "demo-script"
DELAY_VARIABLE = "MCP_TUI_DEMO_DELAY"
DEFAULT_DELAY = 12.0
"""Milliseconds before each word."""
FRAGMENT = 12
"""Characters of a call's arguments that go into one chunk."""
CREATED = 1_700_000_000
"""The time in every answer: the script is the same each time, down to the byte."""


class Endpoint:
    """Answers the requests of the chat completions API, `delay` seconds before each word of a stream."""

    def __init__(self, delay: float) -> None:
        self._delay = delay

    async def handle(self, request: Request) -> Reply:
        """Raises BadRequest for what the API does not have."""
        match request.method, request.path.rstrip("/"):
            case "GET", "/v1/models":
                model = {"id": MODEL, "object": "model", "created": CREATED, "owned_by": "mcp-tui"}
                return JsonReply(200, {"object": "list", "data": [model]})
            case "POST", "/v1/chat/completions":
                wanted = _parsed(request.body)
                said = answer(wanted)
                if wanted.get("stream"):
                    return EventReply(self._stream(wanted, said))
                return JsonReply(200, completion(wanted, said))
            case _, ("/v1/models" | "/v1/chat/completions"):
                raise BadRequest(f"{request.path} does not take {request.method}", 405)
            case _:
                raise BadRequest(f"there is nothing at {request.path}", 404)

    async def _stream(self, wanted: Mapping[str, Any], said: Answer) -> AsyncGenerator[str, None]:
        for delta in deltas(wanted, said):
            if self._delay and ("content" in delta or "reasoning_content" in delta):
                await asyncio.sleep(self._delay)
            yield _chunk([{"index": 0, "delta": delta, "finish_reason": None}])
        yield _chunk([{"index": 0, "delta": {}, "finish_reason": _finish(said)}])
        if (wanted.get("stream_options") or {}).get("include_usage"):
            yield _chunk([], usage=_usage(wanted, said))
        yield "[DONE]"


def deltas(wanted: Mapping[str, Any], said: Answer) -> Iterator[dict[str, Any]]:
    """The answer in the pieces of a stream: role, reasoning, text, then each call's head and arguments."""
    yield {"role": "assistant", "content": ""}
    for word in _words(said.reasoning):
        yield {"reasoning_content": word}
    for word in _words(said.text):
        yield {"content": word}
    for index, call in enumerate(_calls(wanted, said)):
        arguments = call["function"]["arguments"]
        head = {**call, "index": index, "function": {"name": call["function"]["name"], "arguments": ""}}
        yield {"tool_calls": [head]}
        for start in range(0, len(arguments), FRAGMENT):
            piece = arguments[start : start + FRAGMENT]
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def completion(wanted: Mapping[str, Any], said: Answer) -> dict[str, Any]:
    """The whole answer, for a request that does not stream."""
    message: dict[str, Any] = {"role": "assistant", "content": said.text}
    if said.reasoning:
        message["reasoning_content"] = said.reasoning
    if said.calls:
        message["tool_calls"] = _calls(wanted, said)
    return {
        "id": "chatcmpl-demo",
        "object": "chat.completion",
        "created": CREATED,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": _finish(said)}],
        "usage": _usage(wanted, said),
    }


def _parsed(body: bytes) -> Mapping[str, Any]:
    """Raises BadRequest."""
    try:
        wanted = json.loads(body)
    except ValueError as error:
        raise BadRequest(f"the body is no JSON: {error}") from error
    messages = wanted.get("messages") if isinstance(wanted, dict) else None
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise BadRequest("messages must be an array of objects")
    return wanted


def _calls(wanted: Mapping[str, Any], said: Answer) -> list[dict[str, Any]]:
    turn = len(wanted["messages"])  # makes ids that never come twice in a conversation
    return [
        {
            "id": f"call_{turn}_{index}",
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
        }
        for index, call in enumerate(said.calls)
    ]


def _chunk(choices: list[dict[str, Any]], **more: Any) -> str:
    head = {"id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": CREATED, "model": MODEL}
    return json.dumps({**head, "choices": choices, **more}, ensure_ascii=False)


def _finish(said: Answer) -> str:
    return "tool_calls" if said.calls else "stop"


def _usage(wanted: Mapping[str, Any], said: Answer) -> dict[str, int]:
    """Words in place of tokens: a script has no tokens."""
    prompt = len(_words(json.dumps(wanted["messages"]))) + len(_words(json.dumps(wanted.get("tools") or [])))
    calls = sum(len(_words(json.dumps(call.arguments))) for call in said.calls)
    written = len(_words(said.reasoning)) + len(_words(said.text)) + calls
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


def _words(text: str) -> list[str]:
    """The words, each with the space before it: joined they are the text again."""
    return re.findall(r"\s*\S+|\s+$", text)


async def serve(port: int, delay: float) -> None:
    """Listen until standard input ends or a signal comes. `delay` is in seconds."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # on Windows no loop listens to signals
            loop.add_signal_handler(number, stopped.set)
    threading.Thread(target=_wait_for_end_of_input, args=(loop, stopped), daemon=True).start()
    async with HttpServer(Endpoint(delay).handle, port) as server:
        print(json.dumps({"url": f"http://127.0.0.1:{server.port}/v1"}), flush=True)
        await stopped.wait()


def _wait_for_end_of_input(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    """Runs in a thread: works for pipes, terminals and files alike, which the loop's own readers do not."""
    with suppress(OSError):  # it was never open
        while os.read(0, 65536):  # not sys.stdin, whose lock would keep the interpreter from ending
            pass
    with suppress(RuntimeError):  # the loop ended first
        loop.call_soon_threadsafe(stopped.set)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mcp_tui.demo.model", description="A scripted model endpoint.")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument(
        "--delay",
        type=float,
        default=os.environ.get(DELAY_VARIABLE) or DEFAULT_DELAY,
        metavar="MS",
        help=f"milliseconds before each word ({DEFAULT_DELAY:.0f}, or {DELAY_VARIABLE})",
    )
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.delay / 1000))


if __name__ == "__main__":
    main()
