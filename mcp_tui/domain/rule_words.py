"""Rules in words. What these functions return quotes servers: clean it before drawing."""

from __future__ import annotations

import json

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.rules import Effect, Initiator, Rule, Scope

WHO = {
    Initiator.MODEL: "the model",
    Initiator.USER: "you, in a form",
    Initiator.COMMAND_LINE: "the command line",
}
"""Whose requests a rule answers, in a word or two."""
_SUBJECT = {
    Initiator.MODEL: "The model",
    Initiator.USER: "You, from a form or with a slash command,",
    Initiator.COMMAND_LINE: "A command typed in a shell",
}
_VERBS = {Kind.TOOL: "call", Kind.PROMPT: "read", Kind.RESOURCE: "read", Kind.TEMPLATE: "read"}


def what_of(rule: Rule) -> str:
    """What a rule is about, without the arguments: "add", "every tool"."""
    if rule.scope is not Scope.SERVER:
        return rule.item
    return "every tool" if rule.kind is Kind.TOOL else "every prompt and resource"


def sentence(rule: Rule) -> str:
    """The exact rule: who may (or may not) do what, with which arguments, until when."""
    if rule.effect is Effect.READ_ONLY:
        return (
            f"You marked the tool {rule.item} on {rule.server} read-only: it passes the read-only mode, "
            "and is asked for as ever, until it is defined otherwise."
        )
    thing = _thing(rule)
    verb = _VERBS[rule.kind]
    match rule.effect:
        case Effect.ALLOW:
            says = f"may {verb} {thing} without being asked about"
        case Effect.ASK:
            says = f"may {verb} {thing} only after a question each time"
        case _:
            says = f"may never {verb} {thing}"
    until = "until you quit" if rule.lifetime == "session" else "until you revoke it"
    return f"{_SUBJECT[rule.initiator]} {says}, {until}.{_but(rule)}{_end(rule)}"


def _thing(rule: Rule) -> str:
    if rule.scope is Scope.SERVER:
        if rule.effect is Effect.DENY:
            return f"{'any tool' if rule.kind is Kind.TOOL else 'any prompt or resource'} of {rule.server}"
        later = rule.kind is Kind.TOOL and rule.effect is Effect.ALLOW
        more = ", destructive ones and those it adds or changes later too" if later else ""
        return f"{what_of(rule)} of {rule.server}{more}"
    name = f"the {rule.kind.value} {rule.item} on {rule.server}"
    match rule.scope, rule.kind:
        case Scope.EXACT, _:
            return f"{name} with exactly the arguments {_readable(rule.arguments)}"
        case _, Kind.TOOL:
            return f"{name} with any arguments"
        case _:
            return name


def _readable(arguments: str) -> str:
    """Canonical JSON with the letters of every script, still on one line and exact."""
    return json.dumps(json.loads(arguments), ensure_ascii=False, separators=(",", ":"))


def _but(rule: Rule) -> str:
    """What a yes to the model does not take in, whatever the arguments are."""
    any_arguments = rule.kind is Kind.TOOL and rule.scope is not Scope.EXACT
    if rule.effect is not Effect.ALLOW or rule.initiator is not Initiator.MODEL or not any_arguments:
        return ""
    return " Arguments with a configured secret or another server's text are asked about all the same."


def _end(rule: Rule) -> str:
    """When a yes ends by itself."""
    if rule.effect is not Effect.ALLOW:
        return ""
    if rule.scope is Scope.SERVER:
        return " It ends by itself when the server is started otherwise."
    return f" It ends by itself when the {rule.kind.value} or its server changes."
