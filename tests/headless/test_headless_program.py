"""The program itself from a shell: version, help, no terminal, doctor, authorization, output that is cut off."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.program import DEMO, DEMO_NAME, PATIENCE, PROGRAM, Shell, home_environment
from tests.terminal import Terminal, descendants, running

STUBBORN = str(Path(__file__).parents[1] / "stubborn_server.py")
HOSTILE = ("--", sys.executable, str(Path(__file__).parents[1] / "hostile" / "server.py"), "--only", "T1")


async def test_version_and_help_are_told_on_stdout(shell: Shell) -> None:
    from mcp_tui import __version__

    version, about = await asyncio.gather(shell.run("--version"), shell.run("--help"))
    assert (version.code, version.text) == (0, f"mcp-tui {__version__}\n")
    assert about.code == 0
    assert all(f"mcp-tui {way}" in about.text for way in ("demo", "-- CMD ARG…", "https://host/mcp", "--config FILE"))


async def test_the_app_without_a_terminal_says_so_and_leaves(shell: Shell) -> None:
    for words in ((), ("demo",), DEMO):
        ran = await shell.run(*words)
        assert (ran.code, ran.out) == (2, b"")
        assert "needs a terminal" in ran.err


async def test_words_that_mean_nothing_are_exit_code_2(shell: Shell) -> None:
    unknown, empty = await asyncio.gather(shell.run("toolz"), shell.run("tools", "--"))
    assert (unknown.code, empty.code) == (2, 2)
    assert "toolz" in unknown.err
    assert "command of a server" in empty.err


async def test_doctor_tells_what_was_found_and_what_to_type_next(shell: Shell) -> None:
    bare, demo = await asyncio.gather(shell.run("doctor"), shell.run("doctor", "--json", *DEMO))
    assert bare.code == demo.code == 0
    assert "Next: mcp-tui demo" in bare.text
    found = {finding["name"]: finding for finding in demo.json["findings"]}
    assert found[DEMO_NAME]["ok"] is True
    assert "9 tools" in found[DEMO_NAME]["says"]
    assert not list(shell.home.iterdir()), "doctor changes nothing"


async def test_a_server_that_wants_credentials_is_exit_code_4(shell: Shell) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"
        listed, called = await asyncio.gather(
            shell.run("tools", "--url", url), shell.run("call", "add", "a=1", "--url", url)
        )
    assert (listed.code, called.code) == (4, 4)
    assert "401" in listed.err and "401" in called.err


async def test_an_address_where_nothing_listens_is_exit_code_3(shell: Shell) -> None:
    ran = await shell.run("tools", "--url", "http://127.0.0.1:9/mcp")
    assert (ran.code, ran.out) == (3, b"")


async def test_a_command_that_is_told_to_end_leaves_no_server_behind(shell: Shell) -> None:
    for number, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        process = await shell.start("tools", "--", sys.executable, STUBBORN, "deaf")
        async with asyncio.timeout(PATIENCE):
            while not (servers := descendants(process.pid)):  # noqa: ASYNC110 (nobody tells of a start)
                await asyncio.sleep(0.02)
        process.send_signal(number)
        ran = await shell.ended(process)
        left = running(servers)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert (ran.code, ran.err, left) == (code, "", [])


def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [*PROGRAM, "tools", "--json", *DEMO],
        cwd=tmp_path,
        env=home_environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert run.stdout is not None and run.stderr is not None
    run.stdout.close()
    with run.stderr:
        said = run.stderr.read()
    assert (run.wait(), said) == (0, b"")


def test_on_a_terminal_results_and_lists_are_shown_marked(tmp_path: Path) -> None:
    for words in (("tools",), ("call", "works"), ("read", "evil://text")):
        command = [*PROGRAM, *words, *HOSTILE]
        with Terminal(command, env=home_environment(tmp_path), cwd=tmp_path) as terminal:
            terminal.wait_exit()
        assert b"evil" in terminal.raw, words
        assert "⟦U+001B⟧".encode() in terminal.raw, words
        assert not {0x1B, 0x07, 0x7F, 0x08, 0x00} & set(terminal.raw), words
        assert "\u202e" not in terminal.raw.decode(), words


def test_on_a_terminal_a_destructive_call_is_asked_for(tmp_path: Path) -> None:
    command = [*PROGRAM, "call", "delete_note", "name=ideas", *DEMO]
    answers = (("d", 5, "Permission denied"), ("a yes", 0, "Deleted the note"), ("\x04", 5, "Permission denied"))
    for answer, code, says in answers:
        with Terminal(command, env=home_environment(tmp_path), cwd=tmp_path) as terminal:
            terminal.wait_for("Permission required", "The server says this can destroy data", '"ideas"', "High risk")
            for times, line in enumerate(answer.split(), 1):
                asked = "Allow once (yes), Allow for session (session), Deny (d)? [d]"
                terminal.wait_until(lambda: terminal.text.count(asked) == times, f"asked {times} times")  # noqa: B023
                terminal.type(f"{line}\r" if line != "\x04" else line)
            terminal.wait_exit()
        assert (terminal.exit_code, says in terminal.text) == (code, True), terminal.text


def test_on_a_terminal_binary_content_is_only_told_about(tmp_path: Path) -> None:
    with Terminal([*PROGRAM, "read", "demo://bytes", *DEMO], env=home_environment(tmp_path), cwd=tmp_path) as terminal:
        terminal.wait_exit()
    assert "256 bytes" in terminal.text
