"""What goes on record: every request with its decision, what came of it, every other decision, every rule.

A record is a JSON object on a line of its own, and nothing in it is a secret of this process. What runs has two: one
when it was decided, one when it ended. The second is missing when the program did not live to write it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Protocol

from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Decision, Request
from mcp_tui.domain.rule_words import sentence
from mcp_tui.domain.rules import Rule, canonical
from mcp_tui.domain.text import shorten

Record = Mapping[str, Any]
ARGUMENTS_KEPT = 2_000
WORDS_KEPT = 500
"""Characters."""
NO_END = "no end on record"
FACTS = ("file", "entry", "tools", "at")
"""The file that wants a server started, and the hash of its entry there; the tools looked at; where to sign in."""


class AuditLog(Protocol):
    """Keeps records, in their order."""

    def append(self, record: Record) -> None:
        """Keep one. Raises OSError."""
        ...

    def read(self, most: int) -> tuple[list[Record], int]:
        """The last records, the oldest first, and how many lines could not be read. Raises OSError."""
        ...


def decided(request: Request, decision: Decision | None, seconds: float, now: float) -> Record:
    """A request and what was decided, after so many seconds; None: it was stopped before that."""
    arguments = canonical(decision.arguments if decision else request.arguments)
    record: dict[str, Any] = {
        "event": "decided",
        "id": decision.mark if decision else token_hex(6),
        "time": now,
        "initiator": request.initiator.value,
        "who": request.who,
        "kind": request.kind.value,
        "server": request.server,
        "item": request.item,
        "arguments": HIDDEN.cut(arguments, ARGUMENTS_KEPT),
        "arguments_sha256": hashlib.sha256(arguments.encode()).hexdigest(),
        "arguments_bytes": len(arguments),
        "decision": "stopped" if decision is None else "allowed" if decision.allowed else "denied",
        "seconds": round(seconds, 3),
    }
    if decision is not None:
        record["why"] = decision.why
        record |= {"answer": decision.answer.value} if decision.answer else {}
        record |= {"rule": decision.rule.short_id} if decision.rule else {}
        record |= {"edited": True} if decision.edited else {}
        record |= {"reason": decision.reason} if decision.reason else {}
    return _masked(record)


def ended(mark: str, outcome: str, words: str, seconds: float, size: int | None, now: float) -> Record:
    """What came of it: "ok", "error" or "stopped"; `size` are the bytes of the result's text."""
    record = {"event": "ended", "id": mark, "time": now, "outcome": outcome, "seconds": round(seconds, 3)}
    words = shorten(HIDDEN.cut(words, WORDS_KEPT + 1), WORDS_KEPT)
    return _masked({**record, **({"words": words} if words else {}), **({} if size is None else {"bytes": size})})


def answered(
    about: str, server: str, item: str, outcome: str, seconds: float | None, now: float, facts: Mapping[str, str]
) -> Record:
    """What was decided about something else than running, such as what a server asks; what was said is not kept.

    `seconds` None: nobody was asked. `facts`: more of what it was about, by `FACTS`.
    """
    said: dict[str, Any] = {"event": "answered", "about": about, "server": server, "item": item, "decision": outcome}
    said |= {name: HIDDEN.cut(value, ARGUMENTS_KEPT) for name, value in facts.items() if value}
    return _masked({**said, "time": now, **({} if seconds is None else {"seconds": round(seconds, 3)})})


def ruled(rule: Rule, added: bool, now: float) -> Record:
    """A rule that was made, or revoked."""
    act = "rule made" if added else "rule revoked"
    words = {"rule": rule.short_id, "words": sentence(rule), "lasts": rule.lifetime}
    return _masked({"event": "rule", "time": now, "server": rule.server, "item": rule.item, "decision": act, **words})


@dataclass(frozen=True)
class Act:
    """One thing on record, with its end."""

    record: Record
    end: Record = field(default_factory=dict[str, Any])

    @property
    def time(self) -> float:
        """Unix time."""
        when = self.record.get("time")
        return float(when) if isinstance(when, int | float) else 0.0

    def text(self, name: str) -> str:
        """A value of the record as text (raw); "" for none."""
        return _text(self.record.get(name))

    @property
    def what(self) -> str:
        """What it is about, beside its server (raw): an item, a question, a question about an item."""
        return " ".join(filter(None, (self.text("about"), self.text("item"))))

    @property
    def outcome(self) -> str:
        """What came of it, in a word or two; "" for what has no end."""
        if self.end:
            return _text(self.end.get("outcome"))
        return NO_END if self.text("event") == "decided" and self.text("decision") == "allowed" else ""

    def facts(self) -> list[tuple[str, str]]:
        """All of it in names and values (raw), for a person."""
        size = self.text("arguments_bytes")
        found = [
            *((name, self.text(name)) for name in ("who", "about", "arguments", *FACTS)),
            ("sent", f"{size} bytes, sha256 {self.text('arguments_sha256')}" if size else ""),
            *((name, self.text(name)) for name in ("why", "answer", "reason", "rule", "words", "lasts")),
            ("edited", "by you" if self.record.get("edited") else ""),
            ("decided", _after(self.record)),
            ("outcome", self.outcome),
            ("ended", _after(self.end)),
            ("result", f"{self.end['bytes']} bytes" if "bytes" in self.end else ""),
            ("error", _text(self.end.get("words"))),
        ]
        return [(name, value) for name, value in found if value]


def acts(records: Iterable[Record]) -> list[Act]:
    """What is on record, the newest first."""
    found: list[Act] = []
    place: dict[str, int] = {}
    for record in records:
        mark = _text(record.get("id"))
        if record.get("event") != "ended":
            if mark:
                place[mark] = len(found)
            found.append(Act(record))
        elif mark in place:
            found[place[mark]] = Act(found[place[mark]].record, record)
    return found[::-1]


def _masked(record: Record) -> Record:
    return {name: HIDDEN.mask(value) if isinstance(value, str) else value for name, value in record.items()}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _after(record: Record) -> str:
    return f"after {record['seconds']} s" if "seconds" in record else ""
