"""The demo model's mind: a pure function from a chat request to an answer. It is a script and says so.

It reads the last message. After tool results it reports them (report.py); otherwise it takes the request apart
(clauses.py), looks for the tools that its words name (wording.py), fills in their arguments (filling.py) and asks
for the calls, or says what it could do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcp_tui.demo.clauses import clauses
from mcp_tui.demo.filling import fill
from mcp_tui.demo.report import escaped, listed, report, results_at_end, text_of
from mcp_tui.demo.wording import Offered

CONFESSION = "I am a script, not an AI"
LONGEST = 20_000
"""Characters of a request that it takes apart; the patterns are not made for essays."""
LISTED = 25
"""At most so many tools are listed in an answer."""

EXAMPLES = {
    "add": "add 17 and 25",
    "reverse_text": "reverse hello world",
    "get_current_time": "what time is it in Europe/Paris",
    "count_slowly": "count slowly to 5",
    "fail": "fail with boom",
    "get_weather": "weather in Reykjavik for 3 days",
    "ask_me": "ask me",
    "ask_model": "ask the model what a script is",
    "delete_note": "delete note shopping",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call to ask for, by the name under which the tool was offered."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the script says, what it says it thought, and the calls that it asks for."""

    text: str
    reasoning: str = ""
    calls: tuple[Call, ...] = ()


def answer(request: Mapping[str, Any]) -> Answer:
    """The answer to a request of the chat completions API. The same request always gets the same answer."""
    messages: Sequence[Mapping[str, Any]] = request.get("messages") or ()
    if results := results_at_end(messages):
        return Answer(report(results))
    said = next((text_of(message) for message in reversed(messages) if message.get("role") == "user"), "")
    tools = [_offered(tool) for tool in request.get("tools") or ()]
    is_first = not any(message.get("role") == "assistant" for message in messages)
    if not tools:
        return Answer(f"{CONFESSION}: I only call tools, and none is offered to me here.{_echo(said)}")
    if len(said) > LONGEST:
        return Answer(f"{CONFESSION}, and I read at most {LONGEST:,} characters; these were {len(said):,}.")
    return _choose(said, tools, is_first)


def _choose(said: str, tools: Sequence[Offered], is_first: bool) -> Answer:
    found = [(clause, fill(clause.text, clause.tool)) for clause in clauses(said, tools) if clause.tool]
    for clause, filled in found:
        if clause.tool and filled.missing:
            return Answer(_ask_for(clause.tool, filled.missing))
    calls = tuple(Call(clause.tool.alias, filled.arguments) for clause, filled in found if clause.tool)
    if not calls:
        return Answer(_help(tools))
    names = listed([f"`{clause.tool.name}`" for clause, _ in found if clause.tool])
    confession = f"{CONFESSION}: I match your words to the names of tools. " if is_first else ""
    reasoning = "The words of the request fit " + listed([_spelled(call) for call in calls]) + "."
    return Answer(f"{confession}I ask to call {names}.", reasoning, calls)


def _ask_for(tool: Offered, missing: Sequence[str]) -> str:
    needs = listed([f"**{name}**" for name in missing])
    skeleton = json.dumps({name: "…" for name in missing}, ensure_ascii=False)
    return (
        f"{CONFESSION}, and I did not find {needs} for `{tool.name}` in your words.\n\n"
        f"Try: *{_example(tool)}*, or give the arguments as JSON: `{tool.name} {skeleton}`"
    )


def _help(tools: Sequence[Offered]) -> str:
    lines = [f"- **{tool.name}**: {_first_sentence(tool.description)} Try: *{_example(tool)}*" for tool in tools]
    if len(lines) > LISTED:
        lines[LISTED:] = [f"- and {len(lines) - LISTED} more"]
    return f"{CONFESSION}, and your words name none of the tools that I may call:\n\n" + "\n".join(lines)


def _offered(tool: Mapping[str, Any]) -> Offered:
    function = tool.get("function") or {}
    return Offered(str(function.get("name")), function.get("description") or "", function.get("parameters") or {})


def _example(tool: Offered) -> str:
    if tool.name in EXAMPLES:
        return EXAMPLES[tool.name]
    required = " ".join(f"{name}=…" for name in tool.schema.get("required", ()))
    return f"{tool.name} {required}".strip()


def _first_sentence(text: str) -> str:
    line = " ".join(text.split())
    sentence = re.split(r"(?<=[.!?])\s", line)[0][:160]
    return sentence if not sentence or sentence.endswith((".", "!", "?")) else f"{sentence}."


def _spelled(call: Call) -> str:
    given = ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in call.arguments.items())
    return f"{call.name} with {given}" if given else call.name


def _echo(said: str) -> str:
    line = " ".join(said.split())
    return f" You said: “{escaped(line[:200])}”" if line else ""
