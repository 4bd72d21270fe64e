"""One streamed answer: bytes in, parts out, and at the end the word whether it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mcp_tui.domain.chat import Answered, Note, Part
from mcp_tui.domain.errors import ModelError
from mcp_tui.llm import faults
from mcp_tui.llm.accumulate import Accumulator, error_in
from mcp_tui.llm.sse import SseReader, StreamTooLong

_AFTER_FINISH = 5.0
"""Seconds for the usage to come after a finish reason."""
_AFTER_DONE = 0.2
"""Seconds for the connection to end by itself after `[DONE]`, so that it can be used again."""
_CALL_MARKS = ("<tool_call>", "[TOOL_CALLS]", "<function=", "<|tool_call")


class StreamedAnswer:
    """What one HTTP response says. `wait` is the longest silence inside it, in seconds."""

    def __init__(self, address: str, wait: float) -> None:
        self._address = address
        self._wait = wait
        self._reader = SseReader()
        self._answer = Accumulator()
        self._done = False
        self._noted = False

    @property
    def patience(self) -> float:
        """How many seconds to wait for more."""
        if self._done:
            return _AFTER_DONE
        return _AFTER_FINISH if self._answer.finish_reason else self._wait

    def take(self, data: bytes) -> Iterator[Part]:
        """The parts in the next bytes. Raises ModelRefused for an error inside the stream."""
        try:
            events = self._reader.feed(data)
        except StreamTooLong as error:
            raise faults.refused_in_stream(self._address, "one event of the stream is too large") from error
        for event in events:
            yield from self._read(event)

    def end(self, broken: ModelError | None, context: int | None) -> Iterator[Part]:
        """The last parts, after the stream ended or broke (`broken` says how). Raises ModelError when it is empty."""
        for event in self._reader.finish():
            yield from self._read(event)
        stray = bytes(self._reader.stray)
        if self._answer.is_empty and stray:
            for chunk in _objects(stray):  # the endpoint did not stream at all
                yield from self._take(chunk)
        yield from self._answer.finish()
        why = self._why(broken)
        if self._answer.is_empty and why and not self._answer.cut_by:
            raise broken or faults.no_answer(self._address, stray.decode(errors="replace"))
        message = self._answer.message(bool(why))
        if not message.calls and any(mark in message.text for mark in _CALL_MARKS):
            yield Note("the model wrote a tool call as text: its endpoint does not read its tool calls")
        usage = self._answer.usage
        yield Answered(message, replace(usage, context=context) if usage and context else usage, why)

    def _why(self, broken: ModelError | None) -> str:
        """Why the answer is not whole, or "". Finish reason or `[DONE]`: either one makes it whole."""
        if self._answer.cut_by or self._done or self._answer.finish_reason:
            return self._answer.cut_by
        return f"the answer was cut: {broken}" if broken else "the answer was cut: the connection ended too early"

    def _read(self, event: bytes) -> Iterator[Part]:
        if self._done:
            return
        if event.strip() == b"[DONE]":
            self._done = True
            return
        chunks = _objects(event)
        for chunk in chunks:
            yield from self._take(chunk)
        if not chunks and not self._noted:
            self._noted = True
            yield Note("a broken line in the model's stream was left out")

    def _take(self, chunk: dict[str, Any]) -> Iterator[Part]:
        yield from self._answer.feed(chunk)
        if message := error_in(chunk):
            yield from self._answer.finish()
            raise faults.refused_in_stream(self._address, message)


def _objects(event: bytes) -> list[dict[str, Any]]:
    """The JSON objects of an event: one, or one a line where an endpoint forgot the empty lines between events."""
    text = event.decode(errors="replace")
    if (whole := _parse(text)) is not None:
        return [whole]
    lines = text.split("\n") if "\n" in text else []
    return [value for line in lines if (value := _parse(line)) is not None]


def _parse(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
