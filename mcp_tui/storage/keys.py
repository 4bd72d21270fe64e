"""API keys by endpoint: the environment's, else those in a file that only the user can read."""

from __future__ import annotations

from collections.abc import Mapping

from mcp_tui.storage import private_json
from mcp_tui.storage.files import locked
from mcp_tui.storage.paths import Paths

OPENAI = "https://api.openai.com/v1"
"""The endpoint that OPENAI_API_KEY is for when OPENAI_BASE_URL does not name another."""


def load_key(paths: Paths, base_url: str, environ: Mapping[str, str]) -> str:
    """The key for an endpoint, or "". Raises ConfigError when the file of keys cannot be read.

    OPENAI_API_KEY wins for the endpoint that the environment means, and is never given to another one.
    """
    base_url = same_form(base_url)
    key = environ.get("OPENAI_API_KEY", "").strip()
    if key and base_url == same_form(environ.get("OPENAI_BASE_URL") or OPENAI):
        return key
    return _keys(paths).get(base_url, "")


def save_key(paths: Paths, base_url: str, key: str) -> None:
    """Keep a key for an endpoint; "" forgets it. Raises ConfigError."""
    with locked(paths.keys_file):
        keys = _keys(paths)
        keys[same_form(base_url)] = key.strip()
        kept = {url: each for url, each in keys.items() if each}
        private_json.save(paths.keys_file, kept)


def saved_keys(paths: Paths) -> list[str]:
    """Every key in the file, for masking. Raises ConfigError."""
    return list(_keys(paths).values())


def same_form(base_url: str) -> str:
    """An endpoint's address in the form that it is looked up by."""
    return base_url.strip().rstrip("/")


def _keys(paths: Paths) -> dict[str, str]:
    return private_json.load(paths.keys_file, str, "texts", "correct the file, or remove it")
