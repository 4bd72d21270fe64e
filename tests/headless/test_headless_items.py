"""Lists, calls, prompts and resources from a shell: what stands on stdout, and the exit code."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from pathlib import Path

from tests.program import DEMO, DEMO_NAME, Shell

HOSTILE = ("--", sys.executable, str(Path(__file__).parents[1] / "hostile" / "server.py"), "--only", "T1")
RAW = ("--", sys.executable, str(Path(__file__).parents[1] / "servers" / "raw_server.py"))
BROKEN = ("--", sys.executable, "-c", "import sys; sys.exit('no luck today')")


async def test_a_list_is_lines_for_people_and_the_wires_objects_for_programs(shell: Shell) -> None:
    plain, as_json, templates = await asyncio.gather(
        shell.run("tools", *DEMO), shell.run("tools", "--json", *DEMO), shell.run("templates", "--json", *DEMO)
    )
    assert (plain.code, plain.err) == (as_json.code, as_json.err) == (templates.code, templates.err) == (0, "")
    assert plain.text.splitlines()[0].split()[0] == f"{DEMO_NAME}/add"
    assert {item["server"] for item in as_json.json} == {DEMO_NAME}
    assert as_json.json[0]["annotations"]["readOnlyHint"] is True
    assert len(as_json.json) == len(plain.text.splitlines())
    assert templates.json[0]["uriTemplate"] == "demo://notes/{name}"


async def test_arguments_are_typed_by_the_tools_schema(shell: Shell) -> None:
    typed, given = await asyncio.gather(
        shell.run("call", "get_weather", "city=Oslo", "days=2", "--json", *DEMO),
        shell.run("call", "add", "--args", '{"a": 17, "b": 25}', *DEMO),
    )
    assert len(typed.json["structuredContent"]["days"]) == 2
    assert (given.code, given.out, given.err) == (0, b"42", "")


async def test_what_cannot_be_understood_is_exit_code_2_with_a_word_of_help(shell: Shell) -> None:
    cases = {
        "did you mean works?": ["call", "work"],
        "choice must be one of": ["call", "works", "choice=none"],
        "has no argument c": ["call", "works", "c=3"],
        "not both": ["call", "works", "plain=1", "--args", "{}"],
        "must be a JSON object": ["call", "works", "--args", "[1]"],
        "arguments: who": ["prompt", "speech", "size=3"],
        "there is no server nope": ["tools", "--server", "nope"],
    }
    runs = await asyncio.gather(*(shell.run(*words, *HOSTILE) for words in cases.values()))
    for says, ran in zip(cases, runs, strict=True):
        assert (ran.code, ran.out) == (2, b"")
        assert says in ran.err


async def test_a_required_argument_that_is_missing_is_told_before_anything_is_sent(shell: Shell) -> None:
    call, prompt = await asyncio.gather(shell.run("call", "add", "a=1", *DEMO), shell.run("prompt", "greet", *DEMO))
    assert (call.code, prompt.code) == (2, 2)
    assert "b is required" in call.err and "name is required" in prompt.err


async def test_an_error_of_the_tool_is_its_result_and_exit_code_1(shell: Shell) -> None:
    plain, as_json = await asyncio.gather(
        shell.run("call", "fail", "message=boom", *DEMO), shell.run("call", "fail", "message=boom", "--json", *DEMO)
    )
    assert (plain.code, as_json.code) == (1, 1)
    assert "boom" in plain.text
    assert as_json.json["isError"] is True


async def test_a_destructive_tool_runs_only_with_allow_where_nobody_can_be_asked(shell: Shell) -> None:
    denied, allowed = await asyncio.gather(
        shell.run("call", "delete_note", "name=shopping", *DEMO),
        shell.run("call", "delete_note", "name=shopping", "--allow", *DEMO),
    )
    assert (denied.code, denied.out) == (5, b"")
    assert "Permission denied" in denied.err and "--allow" in denied.err
    assert allowed.code == 0
    assert "Deleted the note 'shopping'" in allowed.text


async def test_a_prompt_is_printed_with_its_roles(shell: Shell) -> None:
    plain, as_json = await asyncio.gather(
        shell.run("prompt", "greet", "name=Ann", "style=pirate", *DEMO),
        shell.run("prompt", "greet", "name=Ann", "--json", *DEMO),
    )
    assert plain.text == "user: Write a pirate greeting for Ann, in at most three sentences.\n"
    assert as_json.json["messages"][0]["role"] == "user"


async def test_what_is_read_goes_into_a_pipe_byte_for_byte(shell: Shell) -> None:
    binary, text, as_sent, expanded, as_json = await asyncio.gather(
        shell.run("read", "demo://bytes", *DEMO),
        shell.run("read", "demo://guide", *DEMO),
        shell.run("read", "demo://guide", "--json", *DEMO),
        shell.run("read", "demo://notes/welcome", *DEMO),
        shell.run("read", "demo://bytes", "--json", *DEMO),
    )
    assert binary.out == bytes(range(256))
    assert text.text.startswith("# A short tour\n")
    assert text.text == as_sent.json["contents"][0]["text"]
    assert expanded.code == 0 and expanded.text.strip()
    assert as_json.json["contents"][0]["mimeType"] == "application/octet-stream"
    spaced = await shell.run("call", "reverse_text", "--args", r'{"text": "\n\nx\n"}', *DEMO)
    assert spaced.out == b"\nx\n\n"
    assert [ran.err for ran in (binary, text, expanded, as_json)] == [""] * 4


async def test_a_server_that_does_not_start_is_exit_code_3_with_its_last_words(shell: Shell) -> None:
    listed, called, missing = await asyncio.gather(
        shell.run("tools", *BROKEN),
        shell.run("call", "add", "a=1", *BROKEN),
        shell.run("tools", "--", "no-such-program-anywhere"),
    )
    assert [ran.code for ran in (listed, called, missing)] == [3, 3, 3]
    assert "no luck today" in listed.err and "no luck today" in called.err
    assert "no-such-program-anywhere" in missing.err
    assert called.out == missing.out == b""


async def test_the_good_servers_of_a_file_are_listed_beside_a_broken_one(shell: Shell) -> None:
    good = {"command": DEMO[1], "args": list(DEMO[2:])}
    bad = {"command": BROKEN[1], "args": list(BROKEN[2:])}
    servers = shell.home / "servers.json"
    servers.write_text(json.dumps({"mcpServers": {"good": good, "bad": bad}}), encoding="utf-8")
    both, before, after = await asyncio.gather(
        shell.run("prompts", "--json", "--config", str(servers)),
        shell.run("--server", "good", "prompts", "--json", "--config", str(servers)),
        shell.run("--config", str(servers), "prompts", "--json", "--server", "good"),
    )
    assert both.code == 3 and "no luck today" in both.err
    assert before.code == after.code == 0
    assert both.json == before.json == after.json
    assert both.json[0]["server"] == "good"


async def test_the_server_of_the_environment_takes_no_other_servers_name(shell: Shell) -> None:
    config = shell.home / "config" / "mcp-tui"
    config.mkdir(parents=True)
    (config / "servers.json").write_text(json.dumps({"mcpServers": {"env": {"command": DEMO[1], "args": DEMO[2:]}}}))
    ran = await shell.run("prompts", "--json", MCP_SERVER_CMD=shlex.join(DEMO[1:]))
    assert {item["server"] for item in ran.json} == {"env", "env-2"}
    assert "the server of MCP_SERVER_CMD is called env-2" in ran.err


async def test_several_runs_at_once_do_each_others_files_no_harm(shell: Shell) -> None:
    runs = await asyncio.gather(*(shell.run("call", "reverse_text", f"text={at}x", *DEMO) for at in range(3)))
    assert [(ran.code, ran.text) for ran in runs] == [(0, f"x{at}") for at in range(3)]


async def test_dangerous_characters_are_escaped_in_json_and_kept(shell: Shell) -> None:
    ran = await shell.run("tools", "--json", *HOSTILE)
    assert ran.code == 0
    assert all(byte in b"\n" or byte >= 0x20 for byte in ran.out)
    assert "\u202e" not in ran.text and "\x9b" not in ran.text and "\x7f" not in ran.text
    assert "\x1b]52;c;" in ran.json[0]["description"] and "\u202e" in ran.json[0]["description"]


async def test_a_result_goes_into_a_pipe_raw_but_errors_are_shown_marked(shell: Shell) -> None:
    result, refused = await asyncio.gather(shell.run("call", "works", *HOSTILE), shell.run("call", "refuses", *HOSTILE))
    assert "\x1b]52;c;" in result.text
    assert refused.code == 1
    assert "⟦U+001B⟧]52;c;" in refused.err and "\x1b" not in refused.err


async def test_a_result_that_breaks_the_form_is_printed_as_it_came_with_a_word_about_it(shell: Shell) -> None:
    read, prompt, call = await asyncio.gather(
        shell.run("read", "raw://a", *RAW),
        shell.run("prompt", "greet", 'who={"messages": "welcome"}', *RAW),
        shell.run("call", "verbatim", "--args", '{"content": 42}', *RAW),
    )
    assert read.json["contents"][0]["blob"] == "no base64!" and "has neither text nor bytes" in read.err
    assert prompt.json == {"messages": "welcome"} and "no list of messages" in prompt.err
    assert call.json == {"content": 42} and "no list of content" in call.err
