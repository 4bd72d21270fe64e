"""A chat turn, top to bottom: ask the model, run what it asks for, tell it what came out, until it is done.

However a turn ends (finished, failed, cancelled at any await, or its iterator closed), the conversation can be
sent again: every call of an assistant message is answered exactly once, in order, and half-built calls are gone.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from mcp_tui.chat.calls import CANCELLED, run_calls
from mcp_tui.chat.events import (
    Noted,
    ReasoningDelta,
    RoundStarted,
    TextDelta,
    TurnEvent,
    TurnFailed,
    TurnFinished,
    UsageReported,
)
from mcp_tui.chat.ports import Gatekeeper, MayGoOn, Model, Results, Tools
from mcp_tui.domain.chat import (
    Answered,
    AssistantMessage,
    Conversation,
    Message,
    Note,
    Part,
    ReasoningPart,
    SystemMessage,
    TextPart,
    ToolMessage,
    UserMessage,
)
from mcp_tui.domain.errors import ModelError


async def run_turn(
    conversation: Conversation,
    text: str | None,
    model: Model,
    tools: Tools,
    gate: Gatekeeper,
    *,
    max_rounds: int = 10,
    may_go_on: MayGoOn | None = None,
    results: Results | None = None,
    system: str = "",
) -> AsyncGenerator[TurnEvent, None]:
    """One turn, as events. Close it, or cancel the task that reads it, to stop the turn.

    `text` None sends the history again, after `TurnFailed` or a cut answer (which the new one replaces). After
    every `max_rounds` requests `may_go_on` is asked. `results` holds back what a person is to see first. `system`
    leads each request and stays out of the history.
    """
    if text is None:
        _drop_cut_answer(conversation)
    else:
        conversation.messages.append(UserMessage(text))
    rounds = 0
    while True:
        if rounds and rounds % max_rounds == 0 and not (may_go_on and await may_go_on(rounds)):
            yield TurnFinished(stopped=True)
            return
        rounds += 1
        yield RoundStarted(rounds)

        await tools.settle()
        offered = tools.offered()
        hearing = _Hearing(conversation)
        try:
            async with aclosing(model.stream(_request(conversation, system), offered)) as parts:
                async for part in parts:
                    if event := hearing.take(part):
                        yield event
        except ModelError as error:
            hearing.stop()
            yield TurnFailed(error)
            return
        finally:
            hearing.stop()

        message = hearing.message
        answers = [CANCELLED] * len(message.calls)
        try:
            if hearing.answer and hearing.answer.usage:
                yield UsageReported(hearing.answer.usage)
            if note := _remark(hearing):
                yield Noted(note)
            if not message.calls:
                yield TurnFinished(cut=message.cut)
                return
            async with aclosing(run_calls(message.calls, answers, offered, tools, gate, model.name, results)) as events:
                async for event in events:
                    yield event
        finally:
            answered = zip(message.calls, answers, strict=True)
            conversation.messages.extend(ToolMessage(call.id, call.name, answer) for call, answer in answered)


@dataclass(slots=True)
class _Hearing:
    """One answer as it comes; it enters the history once, whole or cut."""

    conversation: Conversation
    answer: Answered | None = None
    message: AssistantMessage = field(default_factory=lambda: AssistantMessage(cut=True))
    """What entered the history; a cut message has no calls, because they may be half-built."""
    _text: list[str] = field(default_factory=list[str])
    _reasoning: list[str] = field(default_factory=list[str])
    _stopped: bool = False

    def take(self, part: Part) -> TurnEvent | None:
        """The event that tells of a part."""
        match part:
            case TextPart(text):
                self._text.append(text)
                return TextDelta(text)
            case ReasoningPart(text):
                self._reasoning.append(text)
                return ReasoningDelta(text)
            case Note(text):
                return Noted(text)
            case Answered():
                self.answer = part
                self.stop()
                return None

    def stop(self) -> None:
        """Nothing more comes: keep what there is. A second time does nothing."""
        if self._stopped:
            return
        self._stopped = True
        if self.answer:
            self.message = replace(self.answer.message, calls=()) if self.answer.message.cut else self.answer.message
        else:
            self.message = AssistantMessage("".join(self._text), "".join(self._reasoning), cut=True)
        if self.message.text.strip() or self.message.calls:
            self.conversation.messages.append(self.message)


def _request(conversation: Conversation, system: str) -> list[Message]:
    return [*([SystemMessage(system)] if system else []), *conversation.messages]


def _remark(hearing: _Hearing) -> str:
    """What the user should know about an answer that is not as it should be, or ""."""
    answer, message = hearing.answer, hearing.message
    if answer is None:
        return "the answer was cut"
    if message.cut:
        lost = len(answer.message.calls)
        dropped = f"; its {'tool call was' if lost == 1 else f'{lost} tool calls were'} not run" if lost else ""
        return f"{answer.why or 'the answer was cut'}{dropped}"
    if not message.text.strip() and not message.calls:
        return "the model gave an empty answer"
    return ""


def _drop_cut_answer(conversation: Conversation) -> None:
    last = conversation.messages[-1] if conversation.messages else None
    if isinstance(last, AssistantMessage) and last.cut:
        conversation.messages.pop()
