"""What changed between two definitions of one tool, prompt or resource, part by part and word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from mcp_tui.domain.text import clean, counted, pretty_json

_MOST_WORDS = 2_000
"""Words up to which two texts are compared; longer ones are shown whole."""
_PARTS = {
    "annotations": "claims about what it may change",
    "inputSchema": "rules of its arguments",
    "outputSchema": "form of its result",
}

Words = list[tuple[str, bool]]
"""Shown text in runs, and whether a run stands on this side only."""


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the definition, then and now; "" where it was not there. Texts are raw."""

    part: str
    """In words: "description", "argument path"."""
    old: str
    new: str

    def words(self) -> tuple[Words, Words]:
        """Both texts as they may be shown, with what differs between them."""
        old, new = (re.findall(r"\s+|\w+|[^\w\s]", clean(text)) for text in (self.old, self.new))
        if max(len(old), len(new)) > _MOST_WORDS:
            return [(clean(self.old), False)], [(clean(self.new), False)]
        runs = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        return (
            [("".join(old[i:j]), tag != "equal") for tag, i, j, _, _ in runs if i < j],
            [("".join(new[i:j]), tag != "equal") for tag, _, _, i, j in runs if i < j],
        )


def changes(old_json: str, new_json: str) -> list[Change]:
    """The parts that differ between two definitions as JSON; none when one of them is not known."""
    try:
        old, new = json.loads(old_json), json.loads(new_json)
    except ValueError:
        return []
    if not isinstance(old, dict) or not isinstance(new, dict):
        return []
    return differences(_parts(old), _parts(new))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two JSON objects, by their names."""
    return [
        Change(part, _text(before.get(part)), _text(after.get(part)))
        for part in dict.fromkeys([*before, *after])
        if _exact(before.get(part)) != _exact(after.get(part))
    ]


def in_short(found: list[Change]) -> str:
    """ "Its description and 1 argument changed." """
    arguments = sum(change.part.startswith("argument ") for change in found)
    names = [change.part for change in found if not change.part.startswith("argument ")]
    names += [counted(arguments, "argument")] if arguments else []
    if not names:
        return ""
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"{listed[0].upper()}{listed[1:]} changed." if listed[0].isdigit() else f"Its {listed} changed."


def _parts(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition by parts that a person tells apart; each argument is a part of its own."""
    parts: dict[str, Any] = {}
    for name, value in definition.items():
        if name == "inputSchema" and isinstance(value, dict) and isinstance(value.get("properties"), dict):
            parts |= {f"argument {each}": schema for each, schema in value["properties"].items()}
            value = {key: inner for key, inner in value.items() if key != "properties"}
        parts[_PARTS.get(name, name)] = value
    return parts


def _exact(value: Any) -> str:
    """1, 1.0 and true are different things."""
    return json.dumps(value, sort_keys=True)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else pretty_json(value)
