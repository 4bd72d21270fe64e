"""One model at one OpenAI-compatible endpoint: asks, reads the raw stream, retries only where it says so."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.chat import AssistantMessage, Message, Note, OfferedTool, Part
from mcp_tui.domain.errors import ModelError
from mcp_tui.domain.text import human_time
from mcp_tui.llm import faults
from mcp_tui.llm.answer import StreamedAnswer
from mcp_tui.llm.profiles import Quirks, context_in, profile_for
from mcp_tui.llm.sdk import normalise, open_client
from mcp_tui.llm.wire import messages_json, tools_json

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

LONGEST_WAIT = 60.0
"""Seconds; an endpoint that asks for more is an error for the user to see."""
MOST_WAITS = 2
_LIST_SECONDS = 15.0


class OpenAIModel:
    """`options` are further parameters of each request (temperature, max_tokens …).

    `context` is the model's whole context in tokens, 0 if nobody tells it: it is passed on with the usage. `first_wait`
    and `wait` are the longest silences in seconds, before and inside an answer.
    Raises ModelRefused when `base_url` is no HTTP address.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        name: str,
        *,
        options: Mapping[str, Any] | None = None,
        context: int | None = None,
        first_wait: float | None = None,
        wait: float = 90.0,
    ) -> None:
        self.name = name
        self.address = normalise(base_url)
        self._key = key
        self._options = dict(options or {})
        self._context = context
        self._profile = profile_for(self.address)
        self._quirks = Quirks()
        self._first_wait = first_wait or self._profile.first_wait
        self._wait = wait
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[OfferedTool], *, options: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[Part, None]:
        """One answer, in parts; the last one is `Answered`. Raises ModelError. Closing it hangs up.

        `options` are further parameters of this request, over the model's own.
        """
        client = await self._open()
        import openai

        waits = 0
        while True:
            body = self._body(messages, tools, options or {})
            create = client.chat.completions.with_streaming_response.create
            try:
                async with create(**body) as response, aclosing(self._read(response.iter_bytes())) as parts:
                    async for part in parts:
                        yield part
                return
            except openai.APIStatusError as error:
                note, seconds = self._after_refusal(error, body, messages, waits)
            except openai.APIConnectionError as error:
                raise faults.unreachable_in(error, self.address, self._first_wait) from error
            yield Note(note)
            if seconds is not None:
                waits += 1
                await asyncio.sleep(seconds)

    async def aclose(self) -> None:
        """Close the connections. The model can be used again afterwards; it opens new ones."""
        client, self._client = self._client, None
        if client:
            await client.close()

    async def warm(self) -> None:
        """Load what the first request needs, which takes a while. Nothing is sent."""
        await self._open()

    async def learn_context(self) -> int | None:
        """The model's whole context in tokens, where the endpoint's list of models tells it; looked up once."""
        if self._context is None:
            try:
                listed = await list_models(self.address, self._key)
            except ModelError:
                listed = {}
            self._context = listed.get(self.name, 0)
        return self._context or None

    async def _open(self) -> AsyncOpenAI:
        async with self._opening:
            if self._client is None:
                self._client = await open_client(self.address, self._key, max(self._first_wait, self._wait))
            return self._client

    def _body(
        self, messages: Sequence[Message], tools: Sequence[OfferedTool], options: Mapping[str, Any]
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": messages_json(messages, self._profile, self._quirks),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if tools:
            body["tools"] = tools_json(tools, self._quirks)
        return self._quirks.apply({**body, **self._options, **options})

    def _after_refusal(
        self, error: APIStatusError, sent: dict[str, Any], messages: Sequence[Message], waits: int
    ) -> tuple[str, float | None]:
        """What to tell the user before sending again, and the seconds to wait first. Raises ModelError otherwise."""
        body, said = faults.status_words(error)
        status = error.status_code
        seconds = faults.seconds_to_wait(status, error.response.headers, body, time.time())
        if seconds is not None and seconds <= LONGEST_WAIT and waits < MOST_WAITS:
            return f"the endpoint asks to wait {human_time(seconds)}", seconds
        if status in (400, 422, 500):
            reasoned = any(isinstance(m, AssistantMessage) and m.calls and m.reasoning_field for m in messages)
            if lesson := self._quirks.learn(body, sent, has_reasoning=reasoned):
                return lesson, None
        raise faults.refusal(self.address, status, body, said, has_key=bool(self._key)) from error

    async def _read(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[Part, None]:
        """The parts of one streamed answer. A read error and a silence are ways to be cut."""
        import httpx2

        answer = StreamedAnswer(self.address, self._wait)
        broken: ModelError | None = None
        wait = self._first_wait
        while True:
            try:
                async with asyncio.timeout(wait):
                    data = await anext(chunks, None)
            except TimeoutError:
                broken = faults.silent(self.address, wait)
                break
            except httpx2.HTTPError as error:
                broken = faults.unreachable(self.address, error)
                break
            if data is None:
                break
            for part in answer.take(data):
                yield part
            wait = answer.patience
        for part in answer.end(broken, self._context):
            yield part


async def list_models(base_url: str, key: str) -> dict[str, int]:
    """The names of the models that an endpoint offers, each with its context in tokens, or 0. Raises ModelError."""
    address = normalise(base_url)
    client = await open_client(address, key, _LIST_SECONDS)
    import openai

    try:
        response = await client.models.with_raw_response.list()
        text = response.http_response.text
    except openai.APIStatusError as error:
        raise faults.refusal(address, error.status_code, *faults.status_words(error), has_key=bool(key)) from error
    except openai.APIConnectionError as error:
        raise faults.unreachable_in(error, address, _LIST_SECONDS) from error
    finally:
        await client.close()
    listed = _listed(text)
    if listed is None:
        raise faults.no_answer(address, text)
    return listed


def _listed(text: str) -> dict[str, int] | None:
    """What a list of models says: OpenAI's `data`, a bare list, or Ollama's `models`; None when it is no list."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    entries = (body.get("data") or body.get("models") or []) if isinstance(body, dict) else body
    if not isinstance(entries, list):
        return None
    whole = [each if isinstance(each, dict) else {"id": each} for each in entries]
    named = ((each.get("id") or each.get("name"), context_in(each)) for each in whole)
    return {name: context for name, context in named if isinstance(name, str)}
