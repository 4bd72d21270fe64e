"""Which model to talk to, from the environment and the settings; or what is missing for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mcp_tui.domain.errors import ConfigError, ModelMissing
from mcp_tui.domain.links import is_loopback, is_web
from mcp_tui.storage.keys import OPENAI, load_key, same_form
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """An endpoint, with the key for it and the model's name there."""

    base_url: str
    key: str = field(repr=False)
    """"" for an endpoint on this machine that wants none."""
    name: str
    """"" for the first model that the endpoint lists."""
    source: str
    """Where the endpoint comes from: "environment" or "settings"."""


def choose_model(settings: Settings, environ: Mapping[str, str], paths: Paths) -> ModelChoice | ModelMissing:
    """The environment's endpoint, else the settings' one, else OpenAI when there is a key for it.

    What is missing comes back as an error that says what to do; nothing is raised.
    """
    base_url, source = _endpoint(settings, environ)
    if not base_url:
        return ModelMissing(
            "no model is connected: set OPENAI_BASE_URL or OPENAI_API_KEY, or name an endpoint in settings.toml",
            hint="connect a model in the app, or put base_url under [model] in settings.toml",
        )
    if not is_web(base_url):
        origin = "OPENAI_BASE_URL" if environ.get("OPENAI_BASE_URL") else "settings.toml: model.base_url"
        return ModelMissing(f"{origin} must be an address that begins with http:// or https://", subject=base_url)
    try:
        key = load_key(paths, base_url, environ)
    except ConfigError as error:
        return ModelMissing(error.what, subject=error.subject, hint=error.hint)
    if not key and not is_loopback(base_url):
        return _key_missing(base_url, environ)
    return ModelChoice(base_url, key, _name(base_url, settings, environ), source)


def _endpoint(settings: Settings, environ: Mapping[str, str]) -> tuple[str, str]:
    if base_url := same_form(environ.get("OPENAI_BASE_URL", "")):
        return base_url, "environment"
    if base_url := same_form(settings.model.base_url):
        return base_url, "settings"
    return (OPENAI, "environment") if environ.get("OPENAI_API_KEY", "").strip() else ("", "")


def _name(base_url: str, settings: Settings, environ: Mapping[str, str]) -> str:
    """OPENAI_MODEL, else the settings' name if it is a name at this endpoint."""
    if name := environ.get("OPENAI_MODEL", "").strip():
        return name
    return settings.model.name if base_url == same_form(settings.model.base_url or OPENAI) else ""


def _key_missing(base_url: str, environ: Mapping[str, str]) -> ModelMissing:
    what = f"there is no key for {base_url}"
    if environ.get("OPENAI_API_KEY"):
        what += f": OPENAI_API_KEY is for {OPENAI} unless OPENAI_BASE_URL names another endpoint"
    hint = f"set OPENAI_BASE_URL={base_url} and OPENAI_API_KEY, or connect a model in the app"
    return ModelMissing(what, subject=base_url, hint=hint)
