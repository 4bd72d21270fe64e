"""How the demo script reports what tools returned: in Markdown, with everything foreign escaped or fenced."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcp_tui.demo.wording import Offered

_EDITED = re.compile(r"The user changed the arguments to (\{.*\})\n")
"""What mcp-tui puts before the result of a call whose arguments were edited."""
_ERROR = re.compile(r"^(?:Error:\s*)?(?:Error executing tool \S+:\s*)?")


@dataclass(frozen=True, slots=True)
class Result:
    """One tool's answer, as the conversation holds it."""

    name: str
    arguments: str
    text: str
    edited: bool = False
    """The person changed the arguments before they allowed the call."""

    @property
    def is_denied(self) -> bool:
        """mcp-tui says so in the tool's place; what a tool says of its own failure begins with "Error"."""
        return self.text.startswith("Permission denied")

    @property
    def is_error(self) -> bool:
        return self.text.startswith(("Error:", "Error executing"))

    @property
    def is_short(self) -> bool:
        return len(self.text) <= 200 and "\n" not in self.text.strip() and not _is_json(self.text)


def results_at_end(messages: Sequence[Mapping[str, Any]]) -> list[Result]:
    """The tool messages at the end of the conversation, with the calls that they answer."""
    count = next((n for n, message in enumerate(reversed(messages)) if message.get("role") != "tool"), len(messages))
    asked = {
        call.get("id"): call.get("function", {}) for message in messages for call in message.get("tool_calls") or ()
    }
    results: list[Result] = []
    for message in messages[len(messages) - count :]:
        call = asked.get(message.get("tool_call_id"), {})
        name = Offered(str(call.get("name") or "the tool")).name
        arguments, text = str(call.get("arguments") or "{}"), text_of(message)
        edited = _EDITED.match(text)
        if edited:
            arguments, text = edited[1], text[edited.end() :]
        results.append(Result(name, arguments, text, edited is not None))
    return results


def report(results: Sequence[Result]) -> str:
    """One sentence or block for one result, a table for several."""
    if len(results) == 1:
        return _sentence(results[0])
    rows = [f"| `{result.name}` | {_cell(result.arguments)} | {_in_table(result)} |" for result in results]
    table = "\n".join(["| Tool | Arguments | Result |", "| --- | --- | --- |", *rows])
    blocks = [_sentence(result) for result in results if not (result.is_short or result.is_denied or result.is_error)]
    denied = [_sentence(result) for result in results if result.is_denied]
    return "\n\n".join([table, *blocks, *denied])


def _sentence(result: Result) -> str:
    changed = f"You changed the arguments to `{result.arguments}`. " if result.edited else ""
    if result.is_denied:
        why = result.text.partition(":")[2].strip()
        if why in ("", "the user said no"):
            return f"You denied `{result.name}`, so nothing ran."
        return f"Permission for `{result.name}` was denied ({escaped(why)}), so nothing ran."
    if result.is_error:
        return f"{changed}The tool reported an error: {escaped(_error_of(result))}"
    if result.text.strip() in ("", "(no output)"):
        return f"{changed}`{result.name}` returned nothing."
    if result.is_short:
        told = escaped(result.text.strip().removesuffix("."))
        return f"{changed}The result of `{result.name}` is **{told}**."
    return f"{changed}`{result.name}` returned:\n\n{_fenced(result.text)}"


def _in_table(result: Result) -> str:
    if result.is_denied:
        return "denied, did not run"
    if result.is_error:
        return f"error: {_cell(_error_of(result))}"
    return f"**{_cell(result.text)}**" if result.is_short else "below"


def _error_of(result: Result) -> str:
    """The message alone, without the marks that mcp-tui and the SDK put before it."""
    return _ERROR.sub("", result.text, count=1).strip() or result.text


def text_of(message: Mapping[str, Any]) -> str:
    """A message's text, whether it came as a string or in parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content if part.get("type") == "text")


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", text)


def _cell(text: str) -> str:
    return escaped(" ".join(text.split()))


def _fenced(text: str) -> str:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{'json' if _is_json(text) else ''}\n{text.strip(chr(10))}\n{fence}"


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
