"""What a server says to models, before one reads it: all its texts, what is suspicious in them, and who may look."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, cast

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.look_alikes import LookAlikes
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.pins import Standing
from mcp_tui.domain.scan import Finding, FindingKind, scan

_TYPES = {"string", "number", "integer", "boolean", "object", "array", "null"}
_PARTS = {"inputSchema": "", "outputSchema": "result", "annotations": "", "properties": "", "items": "each"}
"""Words for the steps to a text; what is "" goes without saying."""
_NAMING = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependentRequired"}
"""Under these all keys are the server's."""
_MCP_AND_JSON_SCHEMA = (
    "name title description icons src sizes mimeType theme inputSchema outputSchema annotations _meta execution "
    "taskSupport readOnlyHint destructiveHint idempotentHint openWorldHint "
    "$schema $id $ref $anchor $dynamicRef $dynamicAnchor $vocabulary $comment $defs definitions "
    "type enum const default examples format deprecated readOnly writeOnly nullable discriminator "
    "properties patternProperties additionalProperties unevaluatedProperties propertyNames required "
    "minProperties maxProperties dependentSchemas dependentRequired dependencies "
    "items prefixItems additionalItems unevaluatedItems contains minContains maxContains minItems maxItems uniqueItems "
    "allOf anyOf oneOf not if then else multipleOf minimum maximum exclusiveMinimum exclusiveMaximum "
    "minLength maxLength pattern contentEncoding contentMediaType contentSchema"
)
_OWN_WORDS = frozenset(_MCP_AND_JSON_SCHEMA.split())
"""Keys that are no server's: they say nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text (raw, secrets masked), where it stands, and what is suspicious in it."""

    where: str
    """"name", "description", "to · description"; raw."""
    text: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Reviewed:
    """One tool to look at."""

    tool: Tool
    standing: Standing
    before: str = ""
    """The definition that was accepted, as JSON, when it is another one now."""
    said: tuple[Said, ...] = ()

    @cached_property
    def findings(self) -> list[tuple[Said, Finding]]:
        return [(said, finding) for said in self.said for finding in said.findings]


@dataclass(frozen=True)
class Review:
    """What of one server no model may read yet, and why not."""

    server: str
    why: str
    """One sentence."""
    tools: tuple[Reviewed, ...]
    instructions: Said | None = None
    """What it says of itself, when it is newly met."""
    entries: tuple[str, str] = ("", "")
    """How it was started when it was accepted, and how it is now (`entry_text()`), when that is not the same."""

    @cached_property
    def findings(self) -> list[tuple[str, Said, Finding]]:
        """All of them, with the tool that each is of, "" for the instructions."""
        own = [("", self.instructions, each) for each in self.instructions.findings] if self.instructions else []
        return own + [(each.tool.name, said, found) for each in self.tools for said, found in each.findings]


class Reviewer(Protocol):
    """Shows what a server says to a person. Cancelling the call takes it off the screen."""

    async def review(self, review: Review) -> bool:
        """Whether a model may read it."""
        ...


class NobodyReviews:
    """For when there is no person: what has to be looked at is left out."""

    async def review(self, review: Review) -> bool:
        return False


class Neighbours:
    """The names of the tools that are there beside those of one server."""

    def __init__(self, own: Collection[str] = (), others: Collection[str] = ()) -> None:
        self.foreign = frozenset(others) - frozenset(own)
        """Those that the server has no tool of."""
        self.names = LookAlikes([*own, *others])


def all_said(tool: Tool, neighbours: Neighbours) -> tuple[Said, ...]:
    """Every text of a tool, scanned."""
    said = [_scanned(where, HIDDEN.mask(text), neighbours) for where, text in _texts(tool.raw)]
    if alike := neighbours.names.of(tool.name):
        finding = Finding(FindingKind.LOOK_ALIKE, 0, len(tool.name), alike)
        said = [replace(each, findings=(*each.findings, finding)) if each.where == "name" else each for each in said]
    return tuple(said)


def instructions_said(text: str, neighbours: Neighbours) -> Said | None:
    """A server's instructions, scanned; None when it gives none."""
    return _scanned("instructions", HIDDEN.mask(text), neighbours) if text else None


def _scanned(where: str, text: str, neighbours: Neighbours) -> Said:
    return Said(where, text, tuple(scan(text, neighbours.foreign)))


def _texts(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every string of a definition, in its order, names included (an argument's is a text like any other), but for
    the words of MCP and JSON Schema. Not recursive: it may be deep."""
    rest: list[tuple[tuple[str, ...], Any]] = [((), raw)]
    while rest:
        path, value = rest.pop()
        match value:
            case str() if value and not (path[-1:] == ("type",) and value in _TYPES) and path[-1:] != ("$schema",):
                yield _where(path), value
            case dict():
                inner = [((*path, str(name)), each) for name, each in cast(dict[object, Any], value).items()]
                of_server = path[-1:] and path[-1] in _NAMING
                if names := [to[-1] for to, _ in inner if of_server or to[-1] not in _OWN_WORDS]:
                    yield _where((*path, "names")), ", ".join(names)
                rest += reversed(inner)
            case list():
                rest += reversed([(path, each) for each in cast(list[Any], value)])
            case _:
                pass


def _where(path: tuple[str, ...]) -> str:
    """ "description", but of an argument its name alone: its description is what one expects there."""
    steps = [_PARTS.get(step, step) for step in path]
    if len(steps) > 1 and steps[-1] == "description":
        steps.pop()
    return " · ".join(filter(None, steps)) or path[-1]
