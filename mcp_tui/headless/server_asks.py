"""What servers ask, on a plain terminal: a form field by field, an address, a model's answer. Nothing typed is no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling
from mcp_tui.domain.content import block_text
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.links import host_in_letters, host_of
from mcp_tui.domain.schema import UNSET, Field, FieldError, check, fields_of, parse, type_words, value_words
from mcp_tui.domain.secrets import looks_secret
from mcp_tui.domain.text import clean_line, pretty_json
from mcp_tui.headless.output import say, say_error
from mcp_tui.headless.questions import quoted
from mcp_tui.headless.terminal import Choice, Terminal
from mcp_tui.workbench.models import Models
from mcp_tui.workbench.sampling import calls_text

SENDING: list[Choice[Literal["accept", "decline", "cancel"]]] = [
    Choice("Send", "accept", ("s", "send")),
    Choice("Decline", "decline", ("d", "decline")),
    Choice("Not now", "cancel", ("n", "not now")),
]


class TerminalAsks:
    """Answers servers as the person at the terminal says. `models` drafts what they want of a model."""

    models: Models

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        async with self._terminal.turn:
            say("\n".join(["", f"{clean_line(ask.server)} asks you", *quoted(ask.message)]))
            if ask.url:
                return await self._visit(ask)
            say("  Your answer goes to this server, not to the model. Never type a password here.")
            content: dict[str, Any] = {}
            for field in fields_of(ask.schema or {}):
                value = await self._value(field)
                if value is None:
                    return ElicitReply("cancel")
                if value[0] is not UNSET:
                    content[field.name] = value[0]
            say("\n".join(["  It would get", *quoted(pretty_json(content))]))
            action = await self._terminal.choose(SENDING)
        return ElicitReply(action, content if action == "accept" else None)

    async def sample(self, ask: Sampling) -> SampleReply | None:
        async with self._terminal.turn:
            say("\n".join(_sampled(ask)))
            if not self.models.label:
                say("  Refused: no model is configured.")
                return None
            try:
                if not await self._agrees(f"Let {clean_line(self.models.label)} answer"):
                    return None
                if self.models.current is None:
                    await self.models.connect()
                reply = await self.models.draft(ask)
            except McpTuiError as error:
                say_error(error)
                return None
            say("\n".join(["  The answer", *quoted(reply.text), *quoted(calls_text(reply.calls))]))
            return reply if await self._agrees("Send it to the server") else None

    async def _visit(self, ask: Elicitation) -> ElicitReply:
        host, warnings = host_of(ask.url)
        say("  The server wants you to go to this address. Nothing is opened by itself.")
        say(f"  address  {clean_line(ask.url)}")
        letters = host_in_letters(host)
        say(f"  host     {clean_line(host)}" + (f", in letters {clean_line(letters)}" if letters else ""))
        for words in warnings:
            say(f"  △ {words}")
        return ElicitReply("accept" if await self._agrees("The server may hear that you agree") else "decline")

    async def _agrees(self, words: str) -> bool:
        return await self._terminal.choose([Choice(words, True, ("y", "yes")), Choice("No", False, ("n", "no"))])

    async def _value(self, field: Field) -> tuple[Any] | None:
        """What is typed into a field, `UNSET` for nothing; None when the person gives up."""
        say("\n".join(_about(field)))
        while (typed := await self._terminal.line(f"  {clean_line(field.name)}: ")) is not None:
            if not typed:
                given_up = field.required and field.default is UNSET
                return None if given_up else (field.default,)
            try:
                value = parse(field, typed)
            except FieldError as error:
                say(f"  It {error}.")
                continue
            if not (wrong := check(field.schema or {}, value)):
                return (value,)
            say(f"  It {wrong[0].words}.")
        return None


def _about(field: Field) -> Iterator[str]:
    need = "required" if field.required and field.default is UNSET else "may stay empty"
    if field.default is not UNSET:
        need = f"empty: {clean_line(value_words(field.default))}"
    parts = (clean_line(field.label), type_words(field), field.constraints, need)
    yield "  " + " · ".join(clean_line(part) for part in parts if part)
    if field.choices:
        yield from quoted(", ".join(title for _, title in field.choices))
    yield from quoted(field.description)
    if looks_secret(field.name) or looks_secret(field.title):
        yield "  △ This sounds like a secret."


def _sampled(ask: Sampling) -> Iterator[str]:
    yield from (
        "",
        f"{clean_line(ask.server)} asks a model" + (f", at most {ask.max_tokens} tokens" * bool(ask.max_tokens)),
    )
    if ask.system:
        yield from ("  instructions for the model", *quoted(ask.system))
    for message in ask.messages:
        yield from (f"  {clean_line(message.role)}", *quoted("\n".join(map(block_text, message.blocks))))
    if ask.tools:
        yield from ("  tools of the server, which it runs itself", *quoted("\n".join(each.alias for each in ask.tools)))
