"""One answer, put together from the chunks of a chat completion, whatever the endpoint makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mcp_tui.domain.chat import AssistantMessage, Part, ReasoningPart, TextPart, Usage
from mcp_tui.llm.calls import CallSlots
from mcp_tui.llm.pieces import Increments, ThinkSplitter

_REASONING_FIELDS = ("reasoning_content", "reasoning", "reasoning_details")

_CUTS = {
    "length": "the answer reached the endpoint's length limit",
    "max_tokens": "the answer reached the endpoint's length limit",
    "content_filter": "the endpoint's content filter stopped the answer",
    "error": "the endpoint reported an error and stopped the answer",
}
"""Finish reasons that mean "not whole"; all others are only informative and often wrong."""


class Accumulator:
    """Takes chunks, gives parts, and holds the message as far as it has come."""

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.finish_reason = ""
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._reasoning_field = ""
        self._calls = CallSlots()
        self._splitter = ThinkSplitter()
        self._content_pieces = Increments()
        self._reasoning_pieces = Increments()

    def feed(self, chunk: Mapping[str, Any]) -> list[Part]:
        """The parts that a chunk adds; a chunk without choices adds none."""
        parts: list[Part] = []
        for choice in _objects(chunk.get("choices")):
            reason = choice.get("finish_reason")
            if isinstance(reason, str) and reason:
                self.finish_reason = reason
            delta = choice.get("delta") or choice.get("message")
            if isinstance(delta, dict):
                self._take(delta, parts)
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            self.usage = Usage(_count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))
        return parts

    def finish(self) -> list[Part]:
        """What was held back while it could still have become a tag. Call it once, at the end."""
        parts: list[Part] = []
        if held := self._reasoning_pieces.finish():
            self._think(held, parts)
        if held := self._content_pieces.finish():
            self._split(held, parts)
        text, reasoning = self._splitter.finish()
        self._think(reasoning, parts)
        self._say(text, parts)
        return parts

    @property
    def is_empty(self) -> bool:
        return not self._text and not self._reasoning and not self._calls

    @property
    def cut_by(self) -> str:
        """Why the endpoint itself did not finish the answer, or ""."""
        return _CUTS.get(self.finish_reason, "")

    def message(self, cut: bool = False) -> AssistantMessage:
        """The message so far. The arguments of its calls may be half-built when it was cut."""
        return AssistantMessage(
            "".join(self._text), "".join(self._reasoning), self._reasoning_field, self._calls.calls(), cut
        )

    def _take(self, delta: Mapping[str, Any], parts: list[Part]) -> None:
        for field in _REASONING_FIELDS:
            if reasoning := delta.get(field):
                self._take_reasoning(field, _plain(reasoning), parts)
                break
        if content := delta.get("content"):
            self._take_content(content, parts)
        if (refusal := delta.get("refusal")) and isinstance(refusal, str):
            self._say(refusal, parts)
        for call in _objects(delta.get("tool_calls")):
            self._calls.take(call)

    def _take_content(self, content: Any, parts: list[Part]) -> None:
        if isinstance(content, str):
            if new := self._content_pieces.take(content):
                self._split(new, parts)
            return
        for block in _objects(content):
            if block.get("type") in ("thinking", "reasoning"):
                self._think(_plain(block.get("thinking") or block.get("text")), parts)
            else:
                self._say(_plain(block.get("text")), parts)

    def _take_reasoning(self, field: str, text: str, parts: list[Part]) -> None:
        if not self._reasoning_field and field != "reasoning_details":
            self._reasoning_field = field
        self._splitter.reasoned_elsewhere()
        self._think(self._reasoning_pieces.take(text), parts)

    def _split(self, text: str, parts: list[Part]) -> None:
        said, thought = self._splitter.take(text)
        self._think(thought, parts)
        self._say(said, parts)

    def _say(self, text: str, parts: list[Part]) -> None:
        if text:
            self._text.append(text)
            parts.append(TextPart(text))

    def _think(self, text: str, parts: list[Part]) -> None:
        if text:
            self._reasoning.append(text)
            parts.append(ReasoningPart(text))


def error_in(chunk: Mapping[str, Any]) -> str:
    """The message of an error object inside a stream, or ""."""
    error = chunk.get("error")
    if not error and chunk.get("object") == "error":
        error = chunk
    if isinstance(error, dict):
        return str(error.get("message") or json.dumps(error, ensure_ascii=False))
    return str(error) if error else ""


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _plain(value: Any) -> str:
    """Text that may be wrapped in blocks."""
    if isinstance(value, str):
        return value
    return "".join(_plain(block.get("text") or block.get("summary")) for block in _objects(value))


def _count(usage: Mapping[str, Any], key: str) -> int:
    value = usage.get(key)
    return value if isinstance(value, int) else 0
