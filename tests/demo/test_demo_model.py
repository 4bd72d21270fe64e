"""The demo model as a program: real HTTP against a child process, and its end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

ADD = {
    "type": "function",
    "function": {
        "name": "demo__add",
        "description": "Add two numbers",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
            "required": ["a", "b"],
        },
    },
}
WAIT = 10.0
"""Seconds that anything may take."""


def start(*options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mcp_tui.demo.model", "--delay", "0", *options]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def address(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout
    return json.loads(process.stdout.readline())["url"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with start() as process:
        yield address(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(WAIT) == 0


def post(url: str, body: Any) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with urlopen(Request(f"{url}/chat/completions", data), timeout=WAIT) as reply:
        return reply.read()


def chunks(url: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    lines = [line[6:] for line in post(url, {**body, "stream": True}).split(b"\n") if line.startswith(b"data: ")]
    assert lines[-1] == b"[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def asking(text: str, *tools: dict[str, Any]) -> dict[str, Any]:
    return {"model": "demo-script", "messages": [{"role": "user", "content": text}], "tools": list(tools)}


def test_it_lists_its_one_model(url: str) -> None:
    with urlopen(f"{url}/models", timeout=WAIT) as reply:
        assert [model["id"] for model in json.load(reply)["data"]] == ["demo-script"]


def test_a_streamed_call_comes_in_fragments_that_join_to_its_arguments(url: str) -> None:
    wanted = {**asking("add 17 and -25.5", ADD), "stream_options": {"include_usage": True}}
    *body, usage = chunks(url, wanted)
    deltas = [chunk["choices"][0]["delta"] for chunk in body]
    calls = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    assert calls[0]["id"] and calls[0]["function"]["name"] == "demo__add"
    assert len(calls) > 2
    assert json.loads("".join(call["function"]["arguments"] for call in calls)) == {"a": 17, "b": -25.5}
    assert "".join(delta.get("reasoning_content", "") for delta in deltas).startswith("The words")
    assert body[-1]["choices"][0]["finish_reason"] == "tool_calls"
    assert usage["choices"] == [] and usage["usage"]["total_tokens"] > 0


def test_streamed_and_whole_answers_say_the_same(url: str) -> None:
    wanted = asking("Grüße 🎉", ADD)
    whole = json.loads(post(url, wanted))["choices"][0]
    streamed = chunks(url, wanted)
    pieces = [chunk["choices"][0]["delta"].get("content", "") for chunk in streamed]
    assert len(pieces) > 10
    assert "".join(pieces) == whole["message"]["content"]
    assert whole["finish_reason"] == streamed[-1]["choices"][0]["finish_reason"] == "stop"


def test_the_same_request_gets_the_same_bytes(url: str) -> None:
    wanted = asking("add 1 and 2", ADD)
    assert post(url, wanted) == post(url, wanted)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"messages": "x"}', b'{"messages": [1]}'])
def test_a_broken_request_gets_an_error_object(url: str, body: bytes) -> None:
    with pytest.raises(HTTPError) as caught:
        post(url, body)
    with caught.value as reply:
        assert reply.code == 400
        assert json.load(reply)["error"]["message"]


def test_an_unknown_address_is_not_found(url: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{url}/embeddings", timeout=WAIT)
    with caught.value as reply:
        assert reply.code == 404


def test_a_client_that_hangs_up_leaves_the_next_one_served(url: str) -> None:
    port = int(url.rpartition(":")[2].removesuffix("/v1"))
    body = json.dumps({**asking("hello", ADD), "stream": True}).encode()
    for sent in (
        b"",
        b"GET /v1/mod",
        b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
    ):
        with socket.create_connection(("127.0.0.1", port), WAIT) as connection:
            connection.sendall(sent)
    assert json.loads(post(url, asking("hello", ADD)))["choices"]


def test_it_ends_when_its_input_closes_even_in_the_middle_of_an_answer() -> None:
    with start("--delay", "5000") as process:
        port = int(address(process).rpartition(":")[2].removesuffix("/v1"))
        body = json.dumps({**asking("hello", ADD), "stream": True}).encode()
        with socket.create_connection(("127.0.0.1", port), WAIT) as connection:
            connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            assert connection.recv(15) == b"HTTP/1.1 200 OK"
            assert process.stdin
            process.stdin.close()
            assert process.wait(WAIT) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_on_a_signal(number: signal.Signals) -> None:
    with start() as process:
        address(process)
        process.send_signal(number)
        assert process.wait(WAIT) == 0
