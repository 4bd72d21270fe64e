"""A tool's JSON schema as endpoints take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIMITS = frozenset(
    {
        *("pattern", "format", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "contains"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minProperties", "maxProperties", "patternProperties", "propertyNames"),
    }
)
_MAPS = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})
"""Keywords whose keys are names that somebody chose, not keywords."""
_LITERAL = frozenset({"const", "default", "enum", "examples", "required"})


def object_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema, with the two keywords that every endpoint wants to see at its top."""
    return {"type": "object", "properties": {}, **schema}


def without_limits(schema: Any) -> Any:
    """The schema without the keywords that grammar builders stumble over (llama.cpp, kubernetes-mcp-server#758)."""
    if isinstance(schema, list):
        return [without_limits(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    plain: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _MAPS and isinstance(value, Mapping):
            plain[key] = {name: without_limits(inner) for name, inner in value.items()}
        elif key in _LITERAL:
            plain[key] = value
        elif key not in _LIMITS:
            plain[key] = without_limits(value)
    return plain
