"""The conversation as blocks: folds what happens in a turn into what is shown. Knows no widget."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from mcp_tui.chat.events import (
    Noted,
    ReasoningDelta,
    ResultHeld,
    RoundStarted,
    TextDelta,
    ToolApproved,
    ToolAsked,
    ToolDenied,
    ToolFinished,
    ToolProgressed,
    TurnEvent,
    TurnFailed,
    TurnFinished,
    UsageReported,
)
from mcp_tui.domain.chat import ToolCall
from mcp_tui.domain.permission import Request
from mcp_tui.ui.transcript.answer import AnswerBlock
from mcp_tui.ui.transcript.blocks import AgainBlock, Block, ErrorBlock, NoteBlock
from mcp_tui.ui.transcript.card import CallState, CardBlock
from mcp_tui.ui.transcript.reasoning import ReasoningBlock


class Story:
    """The blocks in order. `changed` collects those that have to be drawn again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.blocks: list[Block] = []
        self.changed: set[Block] = set()
        self._clock = clock
        self._open: AnswerBlock | ReasoningBlock | None = None
        self._cards: dict[str, CardBlock] = {}

    def add(self, block: Block) -> None:
        """Put a block at the end; an answer that was growing is complete."""
        self._close()
        self.blocks.append(block)
        self.changed.add(block)

    def fold(self, event: TurnEvent) -> None:
        """Let one event change what is shown."""
        match event:
            case TextDelta(text):
                self._growing_answer().append(text)
            case ReasoningDelta(text):
                self._growing_reasoning().append(text)
            case ToolAsked(call, server, tool, arguments, request):
                self._cards[call.id] = CardBlock(call, server, tool, arguments, request)
                self.add(self._cards[call.id])
            case ToolApproved() | ToolDenied() | ToolProgressed() | ResultHeld() | ToolFinished():
                self._fold_call(event)
            case Noted(text):
                self.add(NoteBlock(text))
            case TurnFailed(error):
                self.add(ErrorBlock(error))
            case TurnFinished(stopped, cut):
                self._close()
                if cut:
                    self.add(AgainBlock())
                if stopped:
                    self.add(NoteBlock("stopped: this turn used all its rounds"))
            case RoundStarted():
                self._close()
            case UsageReported():
                pass

    def _growing_answer(self) -> AnswerBlock:
        if not isinstance(self._open, AnswerBlock):
            self._grow(AnswerBlock())
        assert isinstance(self._open, AnswerBlock)
        self.changed.add(self._open)
        return self._open

    def _growing_reasoning(self) -> ReasoningBlock:
        if not isinstance(self._open, ReasoningBlock):
            self._grow(ReasoningBlock(self._clock))
        assert isinstance(self._open, ReasoningBlock)
        self.changed.add(self._open)
        return self._open

    def _grow(self, block: AnswerBlock | ReasoningBlock) -> None:
        self.add(block)
        self._open = block

    def _close(self) -> None:
        if self._open is not None:
            self._open.finish()
            self.changed.add(self._open)
        self._open = None

    def _fold_call(self, event: ToolApproved | ToolDenied | ToolProgressed | ResultHeld | ToolFinished) -> None:
        card = self._cards.get(event.call.id)
        if card is None:
            return
        match event:
            case ToolApproved(_, decision, patience):
                card.approve(decision, self._clock(), patience)
            case ToolDenied(_, decision):
                card.deny(decision)
            case ToolProgressed(_, progress, total, message):
                card.progress(progress, total, message)
            case ToolFinished(stopped=True):
                card.stop()
            case ResultHeld(_, seconds):
                card.hold(seconds)
            case ToolFinished(_, seconds, result, error, fate=fate):
                card.finish(seconds, result, error, fate)
        self.changed.add(card)

    def ask_for_user(self, server: str, tool: str, arguments: dict[str, Any], request: Request | None) -> ToolCall:
        """A card for a call that the user typed; its events carry the returned call."""
        call = ToolCall(f"you-{uuid4()}", tool, "{}")
        self.fold(ToolAsked(call, server, tool, arguments, request))
        return call

    def stop(self) -> None:
        """The user stopped the turn: nothing grows, waits or runs any more."""
        for card in self.open_cards():
            card.stop()
            self.changed.add(card)
        self.add(NoteBlock("stopped by you"))

    def tick(self, still: bool) -> bool:
        """Let running cards show the time. Whether one of them looks different now."""
        now = self._clock()
        moved = {card for card in self.open_cards() if card.state is CallState.RUNNING and card.tick(now, still)}
        self.changed |= moved
        return bool(moved)

    def open_cards(self) -> Iterator[CardBlock]:
        """The calls that wait or run."""
        return (card for card in self._cards.values() if card.state in (CallState.WAITING, CallState.RUNNING))

    @property
    def is_running(self) -> bool:
        return any(card.state is CallState.RUNNING for card in self.open_cards())
