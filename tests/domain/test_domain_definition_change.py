"""What changed between two definitions is told part by part and word by word."""

from __future__ import annotations

import json

import pytest

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.definition_change import Change, changes, in_short
from mcp_tui.domain.permission import Initiator, Request, allowed_before
from mcp_tui.domain.rules import Effect, Rule, Scope

OLD = {
    "name": "log",
    "description": "Show the history.",
    "inputSchema": {"type": "object", "properties": {"path": {"type": "string"}, "n": {"type": "integer"}}},
}


def test_parts_that_stay_are_not_told_and_arguments_are_told_by_name() -> None:
    schema = {"type": "object", "properties": {"path": {"type": "string"}, "to": {"type": "string"}}}
    new = {**OLD, "description": "Send the history.", "inputSchema": schema, "annotations": {"readOnlyHint": True}}
    found = changes(json.dumps(OLD), json.dumps(new))
    assert [(change.part, bool(change.old), bool(change.new)) for change in found] == [
        ("description", True, True),
        ("argument n", True, False),
        ("argument to", False, True),
        ("claims about what it may change", False, True),
    ]
    assert in_short(found) == "Its description, claims about what it may change and 2 arguments changed."
    assert changes(json.dumps(OLD), json.dumps(dict(reversed(OLD.items())))) == []


def test_the_words_that_differ_are_told_on_both_sides() -> None:
    old, new = Change("description", "Show the history.", "Send the \u202ehistory.").words()
    assert ("Show", True) in old and (" the ", False) in old
    assert "".join(text for text, _ in new) == "Send the ⟦U+202E⟧history."
    assert ("Send", True) in new


@pytest.mark.parametrize("known", ["", "[1]", "{"])
def test_a_definition_that_was_not_kept_tells_nothing(known: str) -> None:
    assert changes(known, json.dumps(OLD)) == []
    assert in_short([]) == ""


def test_only_the_newest_yes_to_the_same_item_is_looked_at() -> None:
    def rule(definition: str, created: float, item: str = "log", allow: bool = True) -> Rule:
        effect = Effect.ALLOW if allow else Effect.DENY
        about = (Scope.TOOL, Initiator.MODEL, "git", "identity", Kind.TOOL, item, definition)
        return Rule(effect, *about, created=created)

    request = Request(Initiator.MODEL, Kind.TOOL, "git", "log", {}, "now", "identity")
    then = rule("then", 2)
    assert allowed_before(request, [rule("long ago", 1), then, rule("x", 3, "show"), rule("x", 4, allow=False)]) == then
    assert allowed_before(request, [then, rule("now", 5)]) is None
    assert allowed_before(request, []) is None
