"""Opening the `openai` package's client, off the first-paint path and without its own ideas.

Its import costs some hundred milliseconds and happens in a thread on first use. Retries are ours and visible,
and what the environment says of an OpenAI account goes to OpenAI only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from mcp_tui.domain.aside import aside
from mcp_tui.domain.errors import ModelRefused
from mcp_tui.domain.links import is_loopback
from mcp_tui.llm.profiles import profile_for

if TYPE_CHECKING:
    from openai import AsyncOpenAI

CONNECT_SECONDS = 10.0
NO_KEY = "none"
"""The SDK wants a key even where the endpoint wants none."""


def normalise(base_url: str) -> str:
    """The address as typed, without spaces, a final slash or a pasted `/chat/completions`; nothing is added.

    Raises ModelRefused when it is no HTTP address.
    """
    url = base_url.strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        hint = f"Try http://{url}" if url and "://" not in url else "For example http://127.0.0.1:11434/v1"
        raise ModelRefused(f"{url or 'Nothing'} is no HTTP address", subject=url, hint=hint)
    path = parts.path.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


async def open_client(base_url: str, key: str, seconds: float) -> AsyncOpenAI:
    """A client for one address; `seconds` is the longest silence before and inside an answer."""
    return await aside(_open, base_url, key, seconds)


def _open(base_url: str, key: str, seconds: float) -> AsyncOpenAI:
    import httpx2
    import openai

    for resource in ("chat.completions", "models"):  # else imported at their first use, in the event loop
        import_module(f"openai.resources.{resource}")
    profile = profile_for(base_url)
    parts = urlsplit(base_url)
    timeout = httpx2.Timeout(seconds, connect=CONNECT_SECONDS)
    client = openai.AsyncOpenAI(
        api_key=key or NO_KEY,
        base_url=urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")),
        default_query=dict(parse_qsl(parts.query)),
        default_headers={profile.key_header: key} if profile.key_header else None,
        max_retries=0,
        timeout=timeout,
        http_client=openai.DefaultAsyncHttpxClient(timeout=timeout, trust_env=not is_loopback(base_url)),
    )
    if not profile.sends_account:
        client.organization = None
        client.project = None
    return client
