"""The names under which tools are offered to a model: `SERVER__TOOL`, as endpoints allow them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from itertools import count

from mcp_tui.domain.catalog import Tool

LONGEST = 64
"""Characters; the limit of OpenAI-compatible endpoints, whose alphabet is [a-zA-Z0-9_-]."""
_MARK = 8
_MIN_SERVER = 4


def aliases(tools: Iterable[Tool]) -> dict[str, Tool]:
    """Each tool under a unique name of its own, in the given order.

    A name depends on its tool alone, unless two tools would get the same. Then the one whose name needs no
    change keeps it, and the others carry a hash of their server and name, whichever of them comes first.
    """
    each = {(tool.server, tool.name): tool for tool in tools}
    wished = {key: _wish(*key) for key in each}
    claims = Counter(wished.values())
    exact = Counter(alias for key, alias in wished.items() if alias == "__".join(key))
    named: dict[str, Tool] = {}
    for key, tool in each.items():
        alias = wished[key]
        keeps = claims[alias] == 1 or (exact[alias] == 1 and alias == "__".join(key))
        if not keeps:
            # Somebody may have named a tool just like another's hashed name: then a second hash decides.
            hashed = (_hashed(*key, salt) for salt in count())
            alias = next(name for name in hashed if name not in claims and name not in named)
        named[alias] = tool
    return named


def _wish(server: str, name: str) -> str:
    alias = _safe(f"{server}__{name}")
    return alias if len(alias) <= LONGEST else _hashed(server, name)


def _hashed(server: str, name: str, salt: int = 0) -> str:
    text = f"{server}\0{name}\0{salt}".encode("utf-8", "surrogatepass")
    mark = hashlib.sha256(text).hexdigest()[:_MARK]
    room = LONGEST - len("___") - _MARK
    tool = _safe(name)[: room - _MIN_SERVER]
    return f"{_safe(server)[: room - len(tool)]}__{tool}_{mark}"


def _safe(text: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]", "_", text)
