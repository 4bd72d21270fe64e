"""What the workbench keeps on disk and takes from the environment: settings, rules, keys, the servers file."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.secrets import known_secrets
from mcp_tui.domain.servers import ServerSpec
from mcp_tui.domain.text import clean
from mcp_tui.storage.audit import AuditFile
from mcp_tui.storage.files import make_folder, open_private
from mcp_tui.storage.keys import load_key, save_key, saved_keys
from mcp_tui.storage.model_choice import ModelChoice, choose_model
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.pins import PinFile
from mcp_tui.storage.place import Place
from mcp_tui.storage.rules import RulesStore
from mcp_tui.storage.saved import save_file
from mcp_tui.storage.server_entry import read_entry
from mcp_tui.storage.servers_file import load_entry, remove_server, save_entry, set_enabled
from mcp_tui.storage.settings import ModelSettings, Settings, load_settings, save_settings
from mcp_tui.workbench.audit import Remembered


class Home:
    """The files and variables of one run. Nothing is written before something changes."""

    def __init__(self, paths: Paths, environ: Mapping[str, str], settings: Settings, *, demo: bool = False) -> None:
        self.paths = paths
        self.environ = environ
        self.settings = settings
        self.demo = demo
        self.warnings: list[str] = []
        self.servers_file = paths.servers_file
        """Where servers are added, edited and removed: the user's file, or the one named by `--config`."""
        self.consent_hashes: dict[str, str] = {}
        """By server of a project's file: what a consent to start it is bound to."""
        self.project_entries: dict[str, dict[str, Any]] = {}
        """By server of a project's file: its entry as written."""
        self.rules = RulesStore(paths.database)
        self.pins = PinFile(paths.pins_file)
        self.audit_log = Remembered() if demo else AuditFile(paths.audit_file)
        self.model: ModelChoice | None = None
        self.model_missing = ""
        self.hide(environ=environ)
        if not demo:
            self._choose_model()

    @classmethod
    def open(cls, environ: Mapping[str, str], *, demo: bool = False) -> Home:
        """The user's home. A settings file that cannot be used is a warning, and the defaults hold."""
        paths = Paths.of_user()
        try:
            settings, warnings = load_settings(paths.settings_file)
        except ConfigError as error:
            settings, warnings = Settings(), [f"{error.what}; the defaults are used"]
        home = cls(paths, environ, settings, demo=demo)
        home.warnings += warnings
        return home

    async def aclose(self) -> None:
        self.rules.close()
        self.audit_log.close()

    def hide(
        self, specs: Iterable[ServerSpec] = (), *, environ: Mapping[str, str] = {}, keys: Iterable[str] = ()
    ) -> None:
        """From now on the secrets among these are masked wherever text is drawn or printed."""
        HIDDEN.add(known_secrets(specs, environ, keys))

    @property
    def model_keys(self) -> list[str]:
        """Every key of a model that is known here."""
        with suppress(ConfigError):  # choose_model() reports it
            saved = saved_keys(self.paths)
            return [key for key in (self.environ.get("OPENAI_API_KEY", "").strip(), *saved) if key]
        return []

    def save_settings(self, settings: Settings) -> None:
        """Keep the settings, for now and for the next start. A file that cannot be written is a warning."""
        before, self.settings = self.settings, settings
        if self.demo or settings == before:
            return
        try:
            save_settings(self.paths.settings_file, settings, before)
        except (ConfigError, OSError) as error:
            self.warnings.append(f"the settings could not be saved: {error}")

    def remember_theme(self, name: str) -> None:
        self.save_settings(replace(self.settings, theme=name))

    def use_model(self, base_url: str, name: str, key: str = "") -> ModelChoice:
        """From now on this model; a key goes into the 0600 file. Raises ConfigError or OSError."""
        self.hide(keys=[key])
        if key:
            save_key(self.paths, base_url, key)
        self.save_settings(replace(self.settings, model=ModelSettings(base_url, name)))
        self.model = ModelChoice(base_url, key or load_key(self.paths, base_url, self.environ), name, "settings")
        return self.model

    def _choose_model(self) -> None:
        with suppress(ConfigError):  # choose_model() reports it
            self.hide(keys=saved_keys(self.paths))
        found = choose_model(self.settings, self.environ, self.paths)
        if isinstance(found, ModelChoice):
            self.model = found
        else:
            self.model_missing = found.what

    def entry(self, name: str) -> dict[str, Any]:
        """A server's entry as it is written in the file; {} when it is not from there. Raises ConfigError."""
        return load_entry(self.servers_file, name)

    def spec_of(self, name: str, entry: dict[str, Any]) -> ServerSpec:
        """What an entry means. Raises ConfigError."""
        spec = read_entry(name, entry, Place(self.servers_file.name, f"mcpServers.{name}", 1), self.environ)
        self.hide([spec])
        return spec

    def save_server(self, name: str, entry: dict[str, Any], previous: str | None = None) -> ServerSpec:
        """Write an entry, new or edited. Raises ConfigError."""
        save_entry(self.servers_file, name, entry, previous)
        return self.spec_of(name, entry)

    def remove_server(self, name: str) -> None:
        """Take an entry out of the file, if it stands there. Raises ConfigError."""
        if self.entry(name):
            remove_server(self.servers_file, name)

    def switch_server(self, name: str, on: bool) -> None:
        """Remember that a server is off, or on again, if it stands in the file. Raises ConfigError."""
        if self.entry(name):
            set_enabled(self.servers_file, name, on)

    def remember_log_level(self, name: str, level: str) -> None:
        """Keep what a server is to log in its entry, if it stands in the file. Raises ConfigError."""
        if entry := self.entry(name):
            save_entry(self.servers_file, name, {**entry, "log_level": level}, name)

    def save_files(self, name: str, files: Iterable[tuple[str, bytes]]) -> list[Path]:
        """Write contents (MIME type and bytes) to new files that only the user can read; where. Raises OSError."""
        return [save_file(self.paths.saved, name, mime_type, data) for mime_type, data in files]

    def write_failure(self, error: BaseException) -> Path:
        """Append an unforeseen error to the log file; the path of that file."""
        text = clean("".join(traceback.format_exception(error)))
        try:
            make_folder(self.paths.log_file.parent)
            with open_private(self.paths.log_file) as log:
                log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}\n{text}\n")
        except OSError:
            pass  # there is nowhere left to write it
        return self.paths.log_file
