"""Tool calls put together from deltas: by index, by id, or by nothing but their order.

Endpoints leave the index out (Gemini), give every call index 0 (Ollama), leave ids out or change them, repeat
the name, send arguments as an object, as null, or all that came before once more. Calls are never merged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import uuid4

from mcp_tui.domain.chat import ToolCall

_KNOWN = frozenset({"index", "id", "type", "function"})


@dataclass(slots=True)
class _Slot:
    index: int | None
    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list[str])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def is_complete(self) -> bool:
        return _is_json("".join(self.pieces))

    @property
    def arguments(self) -> str:
        """The pieces joined; or the last one, when it repeats what came before; "{}" for none."""
        joined = "".join(self.pieces)
        if not joined.strip() or joined.strip() == "null":
            return "{}"
        if len(self.pieces) > 1 and not _is_json(joined):
            *before, last = self.pieces
            if last == "".join(before) or all(later.startswith(earlier) for earlier, later in pairwise(self.pieces)):
                return last
        return joined


class CallSlots:
    """The calls of one answer, in the order in which they began."""

    def __init__(self) -> None:
        self._slots: list[_Slot] = []

    def __bool__(self) -> bool:
        return bool(self._slots)

    def take(self, delta: Mapping[str, Any]) -> None:
        """One element of a delta's `tool_calls`."""
        index = delta.get("index")
        index = index if isinstance(index, int) else None
        call_id = _word(delta.get("id"))
        function = delta.get("function")
        function = function if isinstance(function, dict) else {}
        name, arguments = _word(function.get("name")), _piece(function.get("arguments"))
        slot = self._find(index, call_id, name)
        if slot is None or _begins_another(slot, index, call_id, name, arguments):
            slot = _Slot(index)
            self._slots.append(slot)
        slot.id = slot.id or call_id
        if not slot.name or (name.startswith(slot.name) and not slot.pieces):
            slot.name = name or slot.name
        if arguments:
            slot.pieces.append(arguments)
        slot.extra.update((key, value) for key, value in delta.items() if key not in _KNOWN and value is not None)

    def calls(self) -> tuple[ToolCall, ...]:
        """The calls so far, each with an id of its own."""
        taken: set[str] = set()
        calls: list[ToolCall] = []
        for slot in self._slots:
            if not slot.name and not slot.pieces:
                continue
            call_id = slot.id if slot.id and slot.id not in taken else f"call_{uuid4().hex[:24]}"
            slot.id = slot.id or call_id
            taken.add(call_id)
            calls.append(ToolCall(call_id, slot.name, slot.arguments, slot.extra))
        return tuple(calls)

    def _find(self, index: int | None, call_id: str, name: str) -> _Slot | None:
        """The slot that a delta speaks of, newest first: the index says most, then the id, then the order."""
        if index is not None:
            for slot in reversed(self._slots):
                if slot.index == index and (not call_id or slot.id == call_id):
                    return slot
        if call_id:
            for slot in reversed(self._slots):
                if slot.id == call_id and (index is None or slot.index is None or not name):
                    return slot
        if index is not None:
            return next((slot for slot in reversed(self._slots) if slot.index == index), None)
        return self._slots[-1] if self._slots else None


def _begins_another(slot: _Slot, index: int | None, call_id: str, name: str, arguments: str) -> bool:
    """Whether a delta for a used slot is in truth a new call."""
    if slot.name and name and not name.startswith(slot.name):
        return True
    if call_id and slot.id and call_id != slot.id:
        if index is None and name:
            return True
        return slot.is_complete if slot.pieces else bool(name and slot.name)
    if not call_id and name and slot.name and arguments:
        return slot.is_complete and arguments != "".join(slot.pieces)
    return False


def _word(value: Any) -> str:
    """An id or a name; some endpoints write "null"."""
    return value if isinstance(value, str) and value != "null" else ""


def _piece(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
