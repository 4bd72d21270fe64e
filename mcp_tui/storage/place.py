"""Where something stands that a person wrote."""

from __future__ import annotations

from dataclasses import dataclass

from mcp_tui.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands, for errors and for the person who wants to go there."""

    file: str
    key: str
    """For example "mcpServers.git"."""
    line: int

    @property
    def origin(self) -> str:
        return f"{self.file}, line {self.line}"

    def wrong(self, key: str, what: str) -> ConfigError:
        """The error about one key of the entry ("" for the entry itself)."""
        name = f"{self.file}: {self.key}{key and '.'}{key}"
        return ConfigError(f"{name} {what}", subject=name, hint=f"see {self.origin}")
