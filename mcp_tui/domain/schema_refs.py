"""Makes one JSON Schema plain: references followed, `allOf` merged, "or null" taken apart.

Servers send every dialect, and broken ones. Nothing here raises for what a schema holds, and nothing is ever
fetched: a reference to another document stays unknown, and is read as "anything".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

Schema = Mapping[str, Any]

_MAX_HOPS = 24
_ABOUT = ("title", "description", "default", "examples")


@dataclass(frozen=True, slots=True)
class Plain:
    """A schema without references. `chain` are the references that led here: one met again is a cycle."""

    schema: Schema
    nullable: bool = False
    chain: frozenset[str] = frozenset()
    cyclic: bool = False


def as_schema(node: object) -> Schema:
    """The node as a schema; what is none (`true`, a broken one) allows anything."""
    return cast("Schema", node) if isinstance(node, Mapping) else {}


def as_list(node: object) -> list[Any]:
    """The node if it is an array, else nothing."""
    return list(cast("list[Any]", node)) if isinstance(node, (list, tuple)) else []


def plain(node: object, root: Schema, chain: frozenset[str] = frozenset()) -> Plain:
    """The node with its references, `allOf` and null branches worked out. What it says itself wins."""
    return _plain(as_schema(node), root, chain, _MAX_HOPS)


def types_of(schema: Schema) -> tuple[str, ...]:
    """The names in `type`, a single name or a list; guessed from other keywords when there is none."""
    named = schema.get("type")
    if isinstance(named, str):
        return (named,)
    if names := tuple(name for name in as_list(named) if isinstance(name, str)):
        return names
    if "properties" in schema:
        return ("object",)
    return ("array",) if "items" in schema or "prefixItems" in schema else ()


def find(reference: str, root: Schema) -> Schema | None:
    """What a reference inside the same document points to: `#`, `#/$defs/a` or `#anchor`."""
    if not reference.startswith("#"):
        return None
    pointer = unquote(reference[1:])
    if pointer and not pointer.startswith("/"):
        return _anchored(pointer, root)
    node: Any = root
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping) and step in node:
            node = node[step]
        elif isinstance(node, list) and step.isdecimal() and int(step) < len(cast("list[Any]", node)):
            node = node[int(step)]
        else:
            return None
    return as_schema(node)


def _anchored(name: str, root: Schema) -> Schema | None:
    for group in ("$defs", "definitions"):
        for node in as_schema(root.get(group)).values():
            if as_schema(node).get("$anchor") == name:
                return as_schema(node)
    return None


def _plain(schema: Schema, root: Schema, chain: frozenset[str], hops: int) -> Plain:
    cyclic = False
    while isinstance(reference := schema.get("$ref"), str):
        own = {key: value for key, value in schema.items() if key != "$ref"}
        if reference in chain or hops <= 0:
            schema, cyclic = own, True
            break
        hops -= 1
        chain |= {reference}
        schema = {**(find(reference, root) or {}), **own}
    merged = _merged(schema, root, chain, hops)
    one = _without_null(merged, root, chain, hops)
    return Plain(one.schema, one.nullable, chain | one.chain, cyclic or one.cyclic)


def _merged(schema: Schema, root: Schema, chain: frozenset[str], hops: int) -> Schema:
    """`allOf` read as one schema: properties and required names add up, of the rest the first one counts."""
    parts = as_list(schema.get("allOf"))
    if not parts or hops <= 0:
        return schema
    result = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        inner = _plain(as_schema(part), root, chain, hops - 1).schema
        properties = {**as_schema(inner.get("properties")), **as_schema(result.get("properties"))}
        required = [*as_list(result.get("required")), *as_list(inner.get("required"))]
        result = {**inner, **result}
        if properties:
            result["properties"] = properties
        if required:
            result["required"] = required
    return result


def _without_null(schema: Schema, root: Schema, chain: frozenset[str], hops: int) -> Plain:
    """Takes "or nothing" out of `type`, `anyOf` and `oneOf`; a single branch that is left is merged in."""
    types = types_of(schema)
    if "null" in types and len(types) > 1:
        rest = [name for name in types if name != "null"]
        schema = {**schema, "type": rest[0] if len(rest) == 1 else rest}
        return Plain(schema, True, chain)
    for keyword in ("anyOf", "oneOf"):
        branches = as_list(schema.get(keyword))
        kept = [branch for branch in branches if not _is_null(as_schema(branch))]
        if not kept or hops <= 0 or (len(kept) > 1 and len(kept) == len(branches)):
            continue
        rest = {key: value for key, value in schema.items() if key != keyword}
        if len(kept) > 1:
            return Plain({**rest, keyword: kept}, True, chain)
        inner = _plain(as_schema(kept[0]), root, chain, hops - 1)
        about = {key: rest[key] for key in _ABOUT if key in rest}
        nullable = inner.nullable or len(kept) < len(branches)
        return Plain({**rest, **inner.schema, **about}, nullable, inner.chain, inner.cyclic)
    return Plain(schema, False, chain)


def _is_null(schema: Schema) -> bool:
    return schema.get("type") == "null" or ("const" in schema and schema["const"] is None)
