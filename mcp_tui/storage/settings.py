"""The settings file: what may stand in it, what each thing means, and how it is read and written."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.permission import Mode
from mcp_tui.storage import toml_edit
from mcp_tui.storage.files import locked, read_text, write_text

REVIEWS = ("suspicious", "always")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model to talk to. The environment's OPENAI_* variables win over these."""

    base_url: str = ""
    """An OpenAI-compatible endpoint, usually ending in "/v1"; "" for none."""
    name: str = ""
    """The model's name there; "" for the first that the endpoint lists."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may set. Each field is a key of settings.toml."""

    theme: str = "ink"
    """`theme`: the name of a theme."""
    model: ModelSettings = field(default_factory=ModelSettings)
    """`[model]`: `base_url` and `name`."""
    max_rounds: int = 10
    """`chat.max_rounds`: requests to the model in one turn before the person is asked whether to go on."""
    system: str = ""
    """`chat.system`: the system message of every chat."""
    withheld: tuple[str, ...] = ()
    """`withheld`: tools that the model is not offered, as "SERVER/TOOL"."""
    roots: tuple[str, ...] = ()
    """`roots`: folders that servers are told they may work in."""
    mode: Mode = Mode.ASK
    """`permissions.mode`: the mode at the start: "ask", "read-only" or "manual"."""
    review: str = REVIEWS[0]
    """`permissions.review`: which newly met servers a person looks at before a model reads them: "suspicious" ones,
    or "always" all."""


@dataclass(frozen=True, slots=True)
class _Key:
    path: tuple[str, ...]
    want: str
    accepts: Callable[[Any], bool]
    get: Callable[[Settings], Any]

    @property
    def name(self) -> str:
        return ".".join(self.path)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_mode(value: Any) -> bool:
    return value in [mode.value for mode in Mode]


def _is_review(value: Any) -> bool:
    return value in REVIEWS


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_KEYS = (
    _Key(("theme",), "a text", _is_text, lambda s: s.theme),
    _Key(("withheld",), 'a list of "SERVER/TOOL" texts', _is_texts, lambda s: list(s.withheld)),
    _Key(("roots",), "a list of folders", _is_texts, lambda s: list(s.roots)),
    _Key(("model", "base_url"), "a text", _is_text, lambda s: s.model.base_url),
    _Key(("model", "name"), "a text", _is_text, lambda s: s.model.name),
    _Key(("chat", "max_rounds"), "a whole number of at least 1", _is_count, lambda s: s.max_rounds),
    _Key(("chat", "system"), "a text", _is_text, lambda s: s.system),
    _Key(("permissions", "mode"), '"ask", "read-only" or "manual"', _is_mode, lambda s: s.mode.value),
    _Key(("permissions", "review"), '"suspicious" or "always"', _is_review, lambda s: s.review),
)
_TABLES = {key.path[0] for key in _KEYS if len(key.path) > 1}


def load_settings(path: Path) -> tuple[Settings, list[str]]:
    """The settings and warnings about keys that mean nothing. No file: the defaults.

    Raises ConfigError, which names the file and the key.
    """
    return _read(_parse(path, read_text(path) or ""), path)


def save_settings(path: Path, settings: Settings, before: Settings | None = None) -> None:
    """Write the settings into the file, keeping the person's comments, order and unknown keys.

    Only what differs from `before` (default: from the file) is written, so that another copy's change stays.
    Raises ConfigError, also when the file as it stands cannot be understood: it is left alone then.
    """
    with locked(path):
        old = read_text(path) or ""
        known, _ = _read(_parse(path, old), path)
        base = before or known
        text = old
        for key in _KEYS:
            value = key.get(settings)
            if value != key.get(base) and value != key.get(known):
                text = toml_edit.put(text, key.path, value)
        if text != old:
            write_text(path, text)


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: {error}", subject=str(path), hint="correct the file, or rename it") from error


def _read(found: Mapping[str, Any], path: Path) -> tuple[Settings, list[str]]:
    for table in _TABLES & found.keys():
        if not isinstance(found[table], dict):
            raise _wrong(path, table, "a table", found[table])
    values: dict[str, Any] = {}
    for key in _KEYS:
        value = _look_up(found, key.path)
        if value is not None and not key.accepts(value):
            raise _wrong(path, key.name, key.want, value)
        values[key.name] = key.get(_DEFAULT) if value is None else value
    settings = Settings(
        theme=values["theme"],
        model=ModelSettings(values["model.base_url"], values["model.name"]),
        max_rounds=values["chat.max_rounds"],
        system=values["chat.system"],
        withheld=tuple(values["withheld"]),
        roots=tuple(values["roots"]),
        mode=Mode(values["permissions.mode"]),
        review=values["permissions.review"],
    )
    return settings, [_unknown(path, name) for name in _names(found) if name not in {key.name for key in _KEYS}]


_DEFAULT = Settings()


def _look_up(found: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = found
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _names(found: Mapping[str, Any]) -> list[str]:
    """Every key of the file, those of our tables with the table's name before them."""
    names: list[str] = []
    for name, value in found.items():
        names += [f"{name}.{inner}" for inner in value] if name in _TABLES else [name]
    return names


def _wrong(path: Path, key: str, want: str, value: Any) -> ConfigError:
    return ConfigError(f"{path.name}: {key} must be {want}, not {value!r}", subject=f"{path}: {key}")


def _unknown(path: Path, name: str) -> str:
    near = get_close_matches(name, [key.name for key in _KEYS], 1)
    return f"{path.name}: {name} means nothing here" + (f"; did you mean {near[0]}?" if near else "")
