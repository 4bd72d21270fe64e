"""What the script makes of requests: a pure function, so a table of wordings."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from mcp_tui.demo.script import Answer, answer


def offer(name: str, description: str = "", schema: dict[str, Any] | None = None) -> dict[str, Any]:
    function = {"name": name, "description": description, "parameters": schema or {"type": "object"}}
    return {"type": "function", "function": function}


@pytest.fixture(scope="module")
def demo_tools() -> list[dict[str, Any]]:
    from mcp_tui.demo.server import server

    tools = asyncio.run(server.list_tools())
    return [offer(f"demo__{tool.name}", tool.description or "", tool.input_schema) for tool in tools]


def said(text: str, tools: list[dict[str, Any]]) -> Answer:
    return answer({"messages": [{"role": "user", "content": text}], "tools": tools})


def told(*results: tuple[str, str], arguments: str = "{}") -> str:
    """What the script says after these tools (by alias) returned these texts."""
    calls = [{"id": str(n), "function": {"name": r[0], "arguments": arguments}} for n, r in enumerate(results)]
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "", "tool_calls": calls},
        *({"role": "tool", "tool_call_id": str(n), "content": r[1]} for n, r in enumerate(results)),
    ]
    return answer({"messages": messages, "tools": []}).text


ONE_CALL: list[tuple[str, str, dict[str, Any]]] = [
    ("add 17 and 25", "add", {"a": 17, "b": 25}),
    ("17 + 25", "add", {"a": 17, "b": 25}),
    ("17+25", "add", {"a": 17, "b": 25}),
    ("what is 17 plus -3.5?", "add", {"a": 17, "b": -3.5}),
    ("sum of 1.5 and -2", "add", {"a": 1.5, "b": -2}),
    ("please add -3 to 4.25, thanks", "add", {"a": -3, "b": 4.25}),
    ("Add 1,000 and 1e3", "add", {"a": 1000, "b": 1000.0}),
    ("add five and seven", "add", {"a": 5, "b": 7}),
    ('add {"a": 1, "b": -2}', "add", {"a": 1, "b": -2}),
    ("add b=2 a=-7.5", "add", {"a": -7.5, "b": 2}),
    ("reverse hello world", "reverse_text", {"text": "hello world"}),
    ("reverse 'abc def'", "reverse_text", {"text": "abc def"}),
    ("""reverse 'say "hi"'""", "reverse_text", {"text": 'say "hi"'}),
    ('reverse "it\'s fine"', "reverse_text", {"text": "it's fine"}),
    ("reverse it's fine", "reverse_text", {"text": "it's fine"}),
    ("reverse Grüße 🎉 日本", "reverse_text", {"text": "Grüße 🎉 日本"}),
    ("please reverse the state of the art", "reverse_text", {"text": "the state of the art"}),
    ("reverse 'add 1 and 2 and reverse abc'", "reverse_text", {"text": "add 1 and 2 and reverse abc"}),
    ("reverse hello and add", "reverse_text", {"text": "hello and add"}),
    ("spell hello backwards", "reverse_text", {"text": "hello"}),
    ("what time is it?", "get_current_time", {}),
    ("what time is it in Europe/Paris", "get_current_time", {"timezone": "Europe/Paris"}),
    ("What time is it in New York?", "get_current_time", {"timezone": "New York"}),
    ("In Tokyo, what time is it?", "get_current_time", {"timezone": "Tokyo"}),
    ("get_current_time Asia/Kolkata", "get_current_time", {"timezone": "Asia/Kolkata"}),
    ("count slowly to 5", "count_slowly", {"steps": 5}),
    ("count to three", "count_slowly", {"steps": 3}),
    ("count slowly", "count_slowly", {}),
    ("count 0.2 seconds per step to 4", "count_slowly", {"steps": 4, "pause": 0.2}),
    ("fail", "fail", {}),
    ("fail with boom", "fail", {"message": "boom"}),
    ('fail with the message "all is lost"', "fail", {"message": "all is lost"}),
    ("weather in Reykjavik for 3 days", "get_weather", {"city": "Reykjavik", "days": 3}),
    ("What's the weather like in São Paulo?", "get_weather", {"city": "São Paulo"}),
    ("5-day forecast for Oslo in fahrenheit", "get_weather", {"city": "Oslo", "days": 5, "units": "fahrenheit"}),
    ('weather in "Area 51" for 2 days', "get_weather", {"city": "Area 51", "days": 2}),
    ('weather in "Celsius" in fahrenheit', "get_weather", {"city": "Celsius", "units": "fahrenheit"}),
    ("ask me", "ask_me", {}),
    ("please ask me a question", "ask_me", {}),
    ("ask the model what is life", "ask_model", {"question": "what is life"}),
    ("ask_model 'who are you?'", "ask_model", {"question": "who are you?"}),
    ("delete note x", "delete_note", {"name": "x"}),
    ("remove the note called shopping list", "delete_note", {"name": "shopping list"}),
]


@pytest.mark.parametrize(("request_text", "tool", "arguments"), ONE_CALL, ids=[row[0] for row in ONE_CALL])
def test_words_become_the_call_they_mean(
    demo_tools: list[dict[str, Any]], request_text: str, tool: str, arguments: dict[str, Any]
) -> None:
    found = said(request_text, demo_tools)
    assert [(call.name, call.arguments) for call in found.calls] == [(f"demo__{tool}", arguments)]
    assert found.reasoning


def test_every_tool_of_the_demo_server_has_a_wording_in_the_table(demo_tools: list[dict[str, Any]]) -> None:
    offered = {tool["function"]["name"].removeprefix("demo__") for tool in demo_tools}
    assert offered == {tool for _, tool, _ in ONE_CALL}


@pytest.mark.parametrize(
    ("request_text", "tools"),
    [
        ("add 1 and 2 and reverse abc", ["add", "reverse_text"]),
        ("reverse abc and 17 + 25", ["reverse_text", "add"]),
        ("add 1 and 2 and add 3 and 4", ["add", "add"]),
        ("what time is it and what is the weather in Oslo?", ["get_current_time", "get_weather"]),
        ("count to 2, then fail with boom", ["count_slowly", "fail"]),
    ],
)
def test_two_commands_become_two_calls_in_one_answer(
    demo_tools: list[dict[str, Any]], request_text: str, tools: list[str]
) -> None:
    assert [call.name.removeprefix("demo__") for call in said(request_text, demo_tools).calls] == tools


def test_tools_of_other_servers_are_found_by_their_names_and_schemas() -> None:
    schema = {
        "type": "object",
        "properties": {
            "repo_path": {"type": "string"},
            "max_count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "verbose": {"type": "boolean"},
        },
        "required": ["repo_path"],
    }
    tools = [offer("git__git_status", "Show the tree"), offer("git__git_log", "Show the commits", schema)]
    (call,) = said("git log in /tmp/x 3 verbose", tools).calls
    assert call.name == "git__git_log"
    assert call.arguments["max_count"] == 3 and call.arguments["verbose"] is True
    assert said("git status", tools).calls[0].name == "git__git_status"


def test_a_request_that_lacks_an_argument_is_answered_with_what_is_missing(demo_tools: list[dict[str, Any]]) -> None:
    found = said("add 3", demo_tools)
    assert not found.calls and "**b**" in found.text and "add 17 and 25" in found.text


@pytest.mark.parametrize("request_text", ["hello", "what can you do?", "write me a poem", "", "?!"])
def test_a_request_it_cannot_serve_is_answered_with_what_it_can(
    demo_tools: list[dict[str, Any]], request_text: str
) -> None:
    found = said(request_text, demo_tools)
    assert not found.calls
    assert "I am a script, not an AI" in found.text
    assert found.text.count("\n- **") == len(demo_tools)


def test_without_tools_it_says_so_and_still_says_what_it_is() -> None:
    text = said("add 1 and 2", []).text
    assert text.startswith("I am a script, not an AI") and "none is offered" in text


def test_it_says_what_it_is_in_its_first_answer_and_not_in_every_later_one(demo_tools: list[dict[str, Any]]) -> None:
    first = said("add 1 and 2", demo_tools)
    history = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": first.text}]
    later = answer({"messages": [*history, {"role": "user", "content": "add 1 and 2"}], "tools": demo_tools})
    assert first.text.startswith("I am a script, not an AI")
    assert later.calls and "script" not in later.text


def test_one_result_is_said_in_bold_and_its_markup_is_no_markup() -> None:
    assert "**42**" in told(("demo__add", "42"))
    assert r"**\*\*x\*\* \[a\](b)**" in told(("demo__echo", "**x** [a](b)"))


def test_a_structured_result_is_a_code_block_that_its_content_cannot_close() -> None:
    text = told(("demo__get_weather", json.dumps({"note": "```\n# not a heading"})))
    assert "json\n{" in text
    fence = next(line for line in text.splitlines() if line.startswith("```"))
    assert fence == "````json"


def test_several_results_are_a_table_with_a_row_each() -> None:
    text = told(("demo__add", "3"), ("demo__reverse_text", "a|b"), ("demo__fail", "Error: boom"))
    assert text.count("\n| `") == 3
    assert r"**a\|b**" in text and "error: boom" in text


def test_an_error_is_reported_as_the_tools_own() -> None:
    text = told(("demo__fail", "Error: Error executing tool fail: boom"))
    assert text == "The tool reported an error: boom"


def test_a_denied_call_is_reported_as_denied_and_not_run() -> None:
    assert told(("demo__delete_note", "Permission denied: the user said no")) == (
        "You denied `delete_note`, so nothing ran."
    )
    by_rule = told(("demo__delete_note", "Permission denied: a rule of yours denies it"))
    assert "a rule of yours denies it" in by_rule and "nothing ran" in by_rule


def test_a_tools_own_permission_error_is_no_denial() -> None:
    assert told(("fs__read", "Error: Permission denied: /etc/shadow")).startswith("The tool reported an error")


def test_changed_arguments_are_reported_with_the_result() -> None:
    text = told(("demo__add", 'The user changed the arguments to {"a": 1, "b": 1}\n2'))
    assert text == 'You changed the arguments to `{"a": 1, "b": 1}`. The result of `add` is **2**.'


def test_a_request_in_parts_is_read_like_one_in_a_string(demo_tools: list[dict[str, Any]]) -> None:
    parts = [{"type": "text", "text": "add 1 and 2"}]
    found = answer({"messages": [{"role": "user", "content": parts}], "tools": demo_tools})
    assert found.calls[0].arguments == {"a": 1, "b": 2}


def test_a_request_too_long_to_take_apart_is_refused_in_words(demo_tools: list[dict[str, Any]]) -> None:
    assert said(("add " + "to " * 7_000)[:20_000], demo_tools).text  # with a pattern that walks back, a minute's work
    found = said("add 1 and 2 " * 2_000, demo_tools)
    assert not found.calls and "at most 20,000 characters" in found.text


def test_a_value_as_long_as_a_page_is_taken(demo_tools: list[dict[str, Any]]) -> None:
    page = "The quick brown fox, and 3 more; count to five or add 1 to it. " * 300
    for request in (f"reverse '{page}'", f"reverse_text {json.dumps({'text': page})}", f'reverse text="{page}"'):
        (call,) = said(request, demo_tools).calls
        assert (call.name, call.arguments) == ("demo__reverse_text", {"text": page}), request[:40]


def test_a_number_that_json_cannot_say_is_not_taken(demo_tools: list[dict[str, Any]]) -> None:
    assert "**b**" in said("add 1 and 1e999", demo_tools).text
