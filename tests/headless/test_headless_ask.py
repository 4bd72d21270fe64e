"""One chat turn from a shell: what the model says, what it may do, and the exit code."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from scripted_endpoint import Endpoint, delta, refuse, say, sse

from tests.program import DEMO, DEMO_NAME, Shell
from tests.terminal import descendants, running


@pytest.fixture
async def model() -> AsyncIterator[dict[str, str]]:
    """The demo's scripted model, as the variables that name it."""
    words = ("-m", "mcp_tui.demo.model", "--delay", "0")
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None and process.stdout is not None
    yield {"OPENAI_BASE_URL": json.loads(await process.stdout.readline())["url"]}
    process.stdin.close()
    await process.communicate()


async def test_a_call_that_nobody_allows_is_denied_and_the_model_still_answers(
    shell: Shell, model: dict[str, str]
) -> None:
    plain, as_json = await asyncio.gather(
        shell.run("ask", "add 17 and 25", *DEMO, **model), shell.run("ask", "add 17 and 25", "--json", *DEMO, **model)
    )
    assert (plain.code, as_json.code) == (5, 5)
    assert "Permission denied" in plain.err and "--allow" in plain.err
    assert "42" not in plain.text
    assert plain.text.strip().endswith("."), "the model's last words are printed"
    assert as_json.json["calls"][0]["allowed"] is False
    assert as_json.json["exit"] == 5


@pytest.mark.parametrize("rule", ["add", f"{DEMO_NAME}/*"])
async def test_a_rule_lets_a_call_run(shell: Shell, model: dict[str, str], rule: str) -> None:
    ran = await shell.run("ask", "add 17 and 25", "--allow", rule, "--json", *DEMO, **model)
    assert ran.code == 0
    assert "42" in ran.json["text"]
    call = ran.json["calls"][0]
    assert (call["server"], call["tool"], call["allowed"], call["result"]) == (DEMO_NAME, "add", True, "42")
    assert call["arguments"] == {"a": 17, "b": 25}


async def test_stdout_is_the_answer_and_nothing_else(shell: Shell, model: dict[str, str]) -> None:
    ran = await shell.run("ask", "add 17 and 25", "--allow", "add", *DEMO, **model)
    assert ran.code == 0
    assert "42" in ran.text
    assert "✓ add" in ran.err and "✓ add" not in ran.text


async def test_a_rule_for_no_tool_is_a_usage_error_before_anything_is_asked(shell: Shell, endpoint: Endpoint) -> None:
    ran = await shell.run("ask", "hello", "--allow", "nope", *DEMO, OPENAI_BASE_URL=endpoint.url)
    assert (ran.code, ran.out) == (2, b"")
    assert endpoint.requests == []


async def test_without_a_model_it_says_what_is_missing(shell: Shell) -> None:
    ran = await shell.run("ask", "hello", *DEMO)
    assert (ran.code, ran.out) == (2, b"")
    assert "OPENAI_BASE_URL" in ran.err


async def test_an_endpoint_out_of_reach_is_exit_code_3(shell: Shell) -> None:
    named, unnamed = await asyncio.gather(
        shell.run("ask", "hello", *DEMO, OPENAI_BASE_URL="http://127.0.0.1:9/v1", OPENAI_MODEL="m"),
        shell.run("ask", "hello", *DEMO, OPENAI_BASE_URL="http://127.0.0.1:9/v1"),
    )
    assert [(ran.code, ran.out) for ran in (named, unnamed)] == [(3, b""), (3, b"")]


async def test_a_refused_key_is_exit_code_4_and_never_printed(shell: Shell, endpoint: Endpoint) -> None:
    endpoint.script(refuse(401, "Incorrect API key provided: sk-very-secret-key"))
    env = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": "sk-very-secret-key", "OPENAI_MODEL": "m"}
    ran = await shell.run("ask", "hello", *DEMO, **env)
    assert (ran.code, ran.out) == (4, b"")
    assert endpoint.headers[0]["authorization"] == "Bearer sk-very-secret-key"
    assert "sk-very-secret-key" not in ran.err


async def test_an_error_of_the_endpoint_is_exit_code_1(shell: Shell, endpoint: Endpoint) -> None:
    endpoint.script(refuse(400, "the prompt is too long"))
    ran = await shell.run("ask", "hello", *DEMO, OPENAI_BASE_URL=endpoint.url)
    assert ran.code == 1
    assert "the prompt is too long" in ran.err


async def test_ctrl_c_stops_it_with_130_and_leaves_no_server_behind(shell: Shell, endpoint: Endpoint) -> None:
    endpoint.script(sse({"choices": [{"index": 0, "delta": {"content": "Half"}, "finish_reason": None}]}, hang=True))
    process = await shell.start("ask", "hello", *DEMO, OPENAI_BASE_URL=endpoint.url)
    async with asyncio.timeout(30):
        await endpoint.asked.wait()
    servers = descendants(process.pid)
    assert servers
    process.send_signal(signal.SIGINT)
    ran = await shell.ended(process)
    assert (ran.code, running(servers)) == (130, [])
    assert "Traceback" not in ran.err


async def test_an_answer_in_a_pipe_is_raw(shell: Shell, endpoint: Endpoint) -> None:
    endpoint.script(say("a\u202eb"))
    ran = await shell.run("ask", "hello", *DEMO, OPENAI_BASE_URL=endpoint.url)
    assert (ran.code, ran.text) == (0, "a\u202eb\n")


async def test_an_answer_that_was_cut_is_exit_code_1_and_said_on_stderr(shell: Shell, endpoint: Endpoint) -> None:
    endpoint.script(sse(delta(content="Half an")), sse(delta(content="Half an")))
    plain, as_json = await asyncio.gather(
        shell.run("ask", "hello", *DEMO, OPENAI_BASE_URL=endpoint.url),
        shell.run("ask", "hello", "--json", *DEMO, OPENAI_BASE_URL=endpoint.url),
    )
    assert (plain.code, plain.text) == (1, "Half an\n")
    assert "the answer is not whole" in plain.err
    assert (as_json.code, as_json.json["exit"], as_json.json["text"]) == (1, 1, "Half an")


async def test_a_result_that_a_person_is_to_see_is_kept_back_without_a_terminal(
    shell: Shell, endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.script(say(calls=[("watched__add", {"a": 17, "b": 25})]), say("done"))
    entry = {"command": sys.executable, "args": ["-m", "mcp_tui.demo.server"], "review_results": True}
    servers = tmp_path / "watched.json"
    servers.write_text(json.dumps({"mcpServers": {"watched": entry}}))
    words = ("ask", "add 17 and 25", "--allow", "add", "--json", "--config", str(servers))
    ran = await shell.run(*words, OPENAI_BASE_URL=endpoint.url, OPENAI_MODEL="scripted")
    assert "the result of add on watched is kept back" in ran.err
    assert ran.json["calls"][0]["fate"] == "kept back by you"
    assert endpoint.requests[1]["messages"][-1]["content"] == "The user kept this result back."
    assert ran.code == 5
