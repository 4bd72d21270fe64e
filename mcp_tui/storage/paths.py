"""Where our files live. Nothing is made here: folders come into being with the first file written to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    """Four folders, and the files we keep in them."""

    config: Path
    """What a person may edit."""
    data: Path
    """What we remember for them."""
    state: Path
    """What may be lost: logs."""
    cache: Path

    @classmethod
    def of_user(cls) -> Paths:
        """The folders that this system has for the user (on Linux, the XDG ones and their variables)."""
        from platformdirs import PlatformDirs

        dirs = PlatformDirs("mcp-tui", appauthor=False)
        return cls(dirs.user_config_path, dirs.user_data_path, dirs.user_state_path, dirs.user_cache_path)

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.toml"

    @property
    def servers_file(self) -> Path:
        return self.config / "servers.json"

    @property
    def keys_file(self) -> Path:
        """API keys by endpoint; readable by the user only."""
        return self.config / "keys.json"

    @property
    def database(self) -> Path:
        """Rules and consents."""
        return self.data / "mcp-tui.db"

    @property
    def pins_file(self) -> Path:
        """What was accepted of each server."""
        return self.data / "pins.json"

    @property
    def tokens_file(self) -> Path:
        """Sign-ins by server, where there is no keyring; readable by the user only."""
        return self.data / "sign-ins.json"

    @property
    def eras_file(self) -> Path:
        """What was learnt of servers; safe to delete."""
        return self.cache / "eras.json"

    @property
    def saved(self) -> Path:
        """What the user saved of results: pictures, sounds and other bytes."""
        return self.data / "saved"

    @property
    def audit_file(self) -> Path:
        """What was asked for, decided, and came of it."""
        return self.state / "audit.jsonl"

    @property
    def log_file(self) -> Path:
        return self.state / "mcp-tui.log"
