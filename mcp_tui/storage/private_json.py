"""A JSON file of secrets: an object by name, readable by the user alone. Errors say nothing of the file's text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from mcp_tui.domain.errors import ConfigError
from mcp_tui.storage.files import PRIVATE, read_text, write_text

T = TypeVar("T")


def load(file: Path, holds: type[T], words: str, hint: str) -> dict[str, T]:
    """What the file holds, {} when there is none. Raises ConfigError: `words` name its values, `hint` the way out."""
    try:
        found = json.loads(read_text(file) or "{}")
    except ValueError:
        raise ConfigError(f"{file.name} is not JSON", subject=str(file), hint=hint) from None
    if not isinstance(found, dict) or not all(isinstance(value, holds) for value in found.values()):
        raise ConfigError(f"{file.name} must be an object of {words}", subject=str(file))
    return found


def save(file: Path, values: Mapping[str, object]) -> None:
    """Write the whole file. Raises ConfigError."""
    write_text(file, json.dumps(values, indent=2) + "\n", mode=PRIVATE)
