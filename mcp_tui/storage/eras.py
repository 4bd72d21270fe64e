"""Which servers were found to belong to the legacy era and to be slow in saying so: a cache between runs."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

from mcp_tui.domain.errors import ConfigError
from mcp_tui.storage.files import locked, read_text, write_text

KEPT = 30 * 24 * 3600.0
"""Seconds after which a server is asked again: it may have been brought up to date."""


class Eras:
    """`servers.way.EraMemory` in a file. One that cannot be read or written is as good as none."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def is_legacy(self, identity: str) -> bool:
        return identity in self._load()

    def remember(self, identity: str, legacy: bool) -> None:
        with suppress(ConfigError), locked(self._file):
            known = self._load()
            known.pop(identity, None)
            if legacy:
                known[identity] = time.time()
            write_text(self._file, json.dumps(known))

    def _load(self) -> dict[str, float]:
        try:
            found = json.loads(read_text(self._file) or "{}")
        except (ConfigError, ValueError):
            return {}
        kept = found.items() if isinstance(found, dict) else ()
        now = time.time()
        return {name: since for name, since in kept if isinstance(since, int | float) and now - since < KEPT}
