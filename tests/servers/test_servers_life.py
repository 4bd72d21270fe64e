"""How servers start, end and come back: real processes, the hub as its users see it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import pytest
from servers_kit import HERE, Answers, Host, gone, hosting, is_alive, kill, modern, raw, soon

from mcp_tui.domain.errors import ServerLost, ServerUnreachable
from mcp_tui.domain.servers import ServerState, StdioSpec
from mcp_tui.servers import attempt, connection


async def test_good_servers_are_ready_while_others_hang_or_end_at_once() -> None:
    host = Host()
    for spec in (raw("silent"), raw("exits"), raw(), modern()):
        host.hub.add(spec)
    await soon(host.hub.wait_settled(["exits", "raw", "modern"]))
    states = {name: host.hub.status(name).state for name in host.hub.names}
    await host.hub.aclose()
    assert states == {
        "silent": ServerState.CONNECTING,
        "exits": ServerState.FAILED,
        "raw": ServerState.READY,
        "modern": ServerState.READY,
    }


async def test_a_program_that_ends_at_once_is_explained() -> None:
    async with hosting(raw("exits")) as host:
        status = host.hub.status("exits")
        assert (status.short, status.exit_code, status.phase) == ("exited 3", 3, "first handshake")
        assert status.reason == "The program ended before it answered."
        assert "fatal: missing API key" in status.hint
        assert host.hub.stderr("exits")[-1] == "fatal: missing API key"
        assert "fatal: missing API key" in host.logged("stderr")


async def test_without_process_groups_the_sdk_runs_the_program_and_its_last_words_are_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attempt, "HAS_GROUPS", False)  # as on Windows
    async with hosting(raw("exits"), modern()) as host:
        assert host.hub.status("modern").state is ServerState.READY
        await host.until(lambda: host.hub.stderr("exits")[-1:] == ["fatal: missing API key"])


async def test_a_program_that_does_not_exist_is_explained_with_where_it_was_looked_for() -> None:
    async with hosting(StdioSpec("npx", "npx", env={"PATH": "/nowhere:/neither"})) as host:
        status = host.hub.status("npx")
        assert (status.state, status.short, status.phase) == (ServerState.FAILED, "not found", "start")
        assert "npx was not found on PATH" in status.reason
        assert "Node.js" in status.hint and "/nowhere:/neither" in status.hint


async def test_a_file_or_folder_that_is_not_there_is_explained() -> None:
    folder = StdioSpec("folder", sys.executable, cwd="/no/such/folder")
    async with hosting(StdioSpec("file", "./no-such-file"), folder) as host:
        assert "no-such-file does not exist" in host.hub.status("file").reason
        assert "/no/such/folder does not exist" in host.hub.status("folder").reason


async def test_a_silent_program_fails_after_its_connect_timeout_and_is_ended() -> None:
    host = Host()
    host.hub.add(raw("silent", connect_timeout=0.3))
    await host.until(lambda: host.hub.status("silent").state is ServerState.FAILED)
    status = host.hub.status("silent")
    await host.hub.aclose()
    assert status.short == "no answer" and "300 ms" in status.reason
    with pytest.raises(ServerUnreachable, match="there is no server"):
        await host.hub.call_tool("unknown", "echo", {})


async def test_a_server_of_an_unknown_version_is_explained() -> None:
    async with hosting(raw("ancient")) as host:
        status = host.hub.status("ancient")
        assert (status.state, status.short, status.exit_code) == (ServerState.FAILED, "version", None)
        assert "1999-01-01" in status.reason


async def test_a_legacy_server_that_ends_at_an_unknown_first_message_gets_another_start() -> None:
    async with hosting(raw("strict")) as host:
        assert host.hub.status("strict").state is ServerState.READY


async def test_closing_is_fast_and_complete_whatever_the_servers_do() -> None:
    host = Host()
    await host.ready(raw("stubborn"), raw())
    host.hub.add(raw("silent"))
    pids = [host.pid(name) for name in ("stubborn", "raw")]
    began = time.monotonic()
    await host.hub.aclose()
    assert time.monotonic() - began < 1.5
    assert [pid for pid in pids if is_alive(pid)] == []
    assert {host.hub.status(name).state for name in host.hub.names} == {ServerState.STOPPED}


async def test_closing_that_is_cancelled_twice_still_ends_every_program() -> None:
    host = Host()
    await host.ready(raw("stubborn"))
    pid = host.pid("stubborn")
    closing = asyncio.create_task(host.hub.aclose())
    for _ in range(2):
        await asyncio.sleep(0.05)
        closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await soon(closing)
    assert not is_alive(pid)


def test_a_loop_that_ends_without_closing_leaves_no_program_behind() -> None:
    script = """
import asyncio
from servers_kit import Host, raw
async def main():
    host = Host()
    await host.ready(raw("stubborn"))
    print(host.pid("stubborn"))
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=HERE, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert not is_alive(int(done.stdout))


async def test_what_a_server_started_ends_with_it() -> None:
    host = Host()
    await host.ready(raw("parent"))
    await host.until(lambda: bool(host.hub.stderr("parent")))
    child = int(host.hub.stderr("parent")[0])
    assert is_alive(child)
    await host.hub.aclose()
    await gone(child)


async def test_closing_takes_an_open_question_off_the_screen() -> None:
    answers = Answers()
    answers.go.clear()
    host = Host(answers)
    await host.ready(modern(), raw())
    calls = [asyncio.create_task(host.call(tool, server)) for tool, server in (("greet", "modern"), ("ask", "raw"))]
    await soon(answers.both_open.wait())
    await host.hub.aclose()
    outcomes = await soon(asyncio.gather(*calls, return_exceptions=True))
    assert [type(each) for each in outcomes] == [ServerLost, ServerLost]
    assert answers.open == 0


async def test_a_server_killed_while_idle_comes_back() -> None:
    async with hosting(raw()) as host:
        first = host.pid("raw")
        kill(first)
        await host.comes_back("raw")
        assert host.pid("raw") != first
        assert host.states.count(("raw", ServerState.FAILED)) == 0
        assert await host.call("echo") == "{}"


async def test_a_call_in_flight_when_its_server_dies_fails_and_is_not_sent_again() -> None:
    async with hosting(raw()) as host:
        with pytest.raises(ServerLost):
            await host.call("die")
        await host.comes_back("raw")
        calls = [frame for frame in host.trace if frame.method == "tools/call"]
        assert len(calls) == 1


async def test_the_exit_of_a_lost_server_is_explained() -> None:
    async with hosting(raw()) as host:
        with pytest.raises(ServerLost):
            await host.call("die")
        await host.until(lambda: host.hub.status("raw").exit_code == 9)
        status = host.hub.status("raw")
        assert (status.state, status.phase, status.short) == (ServerState.LOST, "running", "exited 9")
        await host.comes_back("raw")
        assert any("The program ended while it was in use" in line for line in host.logged("warning")), (
            "still to be read"
        )


async def test_a_server_that_is_off_or_lacks_consent_waits() -> None:
    off, shy = raw(name="off", enabled=False), raw(name="shy", needs_consent=True)
    async with hosting(off, shy) as host:
        assert host.hub.status("off").state is ServerState.OFF
        assert host.hub.status("shy").state is ServerState.CONSENT
        with pytest.raises(ServerUnreachable, match="needs your consent"):
            await host.call("echo", "shy")
        host.hub.consent("shy")
        await host.hub.switch("off", True)
        await soon(host.hub.wait_settled())
        assert await host.call("echo", "shy") == await host.call("echo", "off") == "{}"
        await host.hub.switch("off", False)
        assert host.hub.status("off").state is ServerState.OFF


async def test_nothing_but_consent_starts_a_server_that_lacks_it_and_then_it_lasts() -> None:
    async with hosting(raw(name="shy", needs_consent=True)) as host:
        await host.hub.reconnect("shy")
        assert host.hub.status("shy").state is ServerState.CONSENT
        await host.hub.switch("shy", False)
        await host.hub.switch("shy", True)
        assert host.hub.status("shy").state is ServerState.CONSENT
        assert ("shy", ServerState.CONNECTING) not in host.states
        host.hub.consent("shy")
        await soon(host.hub.wait_settled())
        before = host.pid("shy")
        await host.hub.reconnect("shy")
        await soon(host.hub.wait_settled())
        assert host.pid("shy") != before


async def test_servers_can_be_replaced_reconnected_and_removed() -> None:
    async with hosting(raw(name="a"), raw(name="b")) as host:
        before = host.pid("a"), host.pid("b")
        await host.hub.replace(raw("bare", name="a"))
        await host.hub.reconnect("b")
        await soon(host.hub.wait_settled())
        assert host.hub.names == ["a", "b"]
        assert host.hub.catalog("a").tools == () and host.hub.catalog("b").tools
        assert {host.pid("a"), host.pid("b")}.isdisjoint(before)
        await host.hub.remove("a")
        assert host.hub.names == ["b"]


async def test_a_server_gets_its_own_variables_and_none_of_our_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-secret")
    async with hosting(raw(env={"MINE": "1"})) as host:
        env = await host.call("env")
        assert "sk-secret-secret" not in env and '"MINE": "1"' in env and '"PATH"' in env


async def test_an_entry_may_let_its_server_have_our_environment_but_not_the_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    async with hosting(raw(inherit_env=True)) as host:
        env = await host.call("env")
        assert "sk-secret-secret" not in env and "proxy.example" in env


async def test_a_server_that_keeps_ending_is_given_up_and_can_be_tried_again_by_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "BACKOFF", (0.01,))
    async with hosting(raw("fickle")) as host:
        await host.until(lambda: host.hub.status("fickle").state is ServerState.FAILED)
        assert host.hub.status("fickle").attempts == connection.MAX_ATTEMPTS
        assert host.states.count(("fickle", ServerState.CONNECTING)) == connection.MAX_ATTEMPTS
        again = [asyncio.create_task(host.hub.reconnect("fickle")) for _ in range(3)]
        await soon(asyncio.gather(*again))
        assert host.hub.status("fickle").state is not ServerState.FAILED


def test_nothing_of_ours_imports_the_sdk_at_import() -> None:
    script = "import sys, mcp_tui.servers.hub; print({'mcp', 'pydantic', 'jsonschema', 'anyio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
