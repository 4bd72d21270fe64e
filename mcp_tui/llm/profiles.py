"""How endpoints differ where it matters to us: what is known by address, and what is learnt from refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from mcp_tui.domain.links import is_loopback

_LOCAL_WAIT = 600.0


@dataclass(frozen=True, slots=True)
class Profile:
    """What to do differently for one kind of endpoint."""

    name: str
    short_ids: bool = False
    """Ids of calls are nine letters and digits, and no user message may follow a tool message (Mistral)."""
    strict: bool = False
    """Fields that the endpoint does not know are an error: no reasoning and no extra fields are sent back."""
    sends_account: bool = False
    """The organisation and project of the environment belong to this endpoint."""
    key_header: str = ""
    """A header that carries the key beside `Authorization`."""
    start: str = ""
    """How to start it when nothing listens."""
    first_wait: float = 120.0
    """Seconds until the first byte of an answer; a model at home may read its prompt for minutes."""


_HOSTS = (
    ("api.openai.com", Profile("openai", strict=True, sends_account=True)),
    (".azure.com", Profile("azure", strict=True, key_header="api-key")),
    ("openrouter.ai", Profile("openrouter")),
    ("api.groq.com", Profile("groq", strict=True)),
    ("mistral.ai", Profile("mistral", short_ids=True, strict=True)),
    ("generativelanguage.googleapis.com", Profile("gemini")),
    ("deepseek.com", Profile("deepseek")),
)
_PORTS = {
    11434: Profile("ollama", start="ollama serve", first_wait=_LOCAL_WAIT),
    1234: Profile("lmstudio", start="lms server start", first_wait=_LOCAL_WAIT),
    8080: Profile("llamacpp", start="llama-server -m MODEL.gguf", first_wait=_LOCAL_WAIT),
    8000: Profile("vllm", start="vllm serve MODEL", first_wait=_LOCAL_WAIT),
}


def profile_for(base_url: str) -> Profile:
    """The profile that an address suggests. A port says something only on this machine."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    for suffix, profile in _HOSTS:
        if host == suffix.removeprefix(".") or host.endswith(suffix if suffix.startswith(".") else f".{suffix}"):
            return profile
    if is_loopback(base_url):
        return _PORTS.get(parts.port or 80, Profile("generic", first_wait=_LOCAL_WAIT))
    return Profile("generic")


def context_in(entry: Mapping[str, Any]) -> int:
    """The context in tokens that an entry of a list of models tells, as it is loaded where that is told; 0: none."""
    meta = entry.get("meta")
    told = (
        entry.get("loaded_context_length"),  # LM Studio
        meta.get("n_ctx") if isinstance(meta, dict) else None,  # llama.cpp
        entry.get("context_length"),  # OpenRouter
        entry.get("max_model_len"),  # vLLM
        entry.get("max_context_length"),
    )
    return next((tokens for tokens in told if isinstance(tokens, int) and tokens > 0), 0)


@dataclass(slots=True)
class Quirks:
    """What one endpoint taught us by refusing: kept as long as the model object lives."""

    dropped: set[str] = field(default_factory=set[str])
    """Parameters that are no longer sent."""
    renamed: dict[str, str] = field(default_factory=dict[str, str])
    flips_reasoning: bool = False
    """Reasoning is sent back where the profile says no, and not where it says yes."""
    plain_schemas: bool = False
    """Patterns, formats and limits are left out of the tools' schemas."""

    no_pictures: bool = False
    """A line about each picture is sent instead of it."""

    def learn(self, body: str, sent: dict[str, Any], *, has_reasoning: bool = False) -> str:
        """Look in a refusal (HTTP 400 or 422) for something that can be left out; returns what to tell the user.

        "" means that nothing new was learnt, and that sending again is useless.
        """
        text = body.lower()
        if "tools" in sent and re.search(r"not support (\w+ )?(tool|function)|tool\w* (\w+ )*not supported", text):
            self.dropped.add("tools")
            return "this model has no tool support: asked again without tools"
        if not self.no_pictures and _has_pictures(sent) and re.search(_ON_PICTURES, text):
            self.no_pictures = True
            return "this model takes no pictures: asked again without them"
        if not self.plain_schemas and re.search(r"failed to parse grammar|json schema conversion failed", text):
            self.plain_schemas = True
            return "the endpoint cannot read a tool's schema: asked again without patterns, formats and limits"
        if has_reasoning and not self.flips_reasoning and "reasoning" in text:
            self.flips_reasoning = True
            return "the endpoint wants reasoning handled otherwise: asked again that way"
        for name in ("stream_options", *sent):
            if name not in sent or name in _ESSENTIAL or not re.search(rf"\b{re.escape(name)}\b", body):
                continue
            other = _OTHER_NAMES.get(name)
            if other and other in body and name not in self.renamed.values():
                self.renamed[name] = other
                return f"the endpoint calls {name} {other}: asked again"
            self.dropped.add(name)
            return f"the endpoint refuses {name}: asked again without it"
        return ""

    def apply(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters under the names that the endpoint takes, without those that it refuses."""
        named = {self.renamed.get(name, name): value for name, value in parameters.items()}
        return {name: value for name, value in named.items() if name not in self.dropped}


def _has_pictures(sent: dict[str, Any]) -> bool:
    return any(isinstance(message.get("content"), list) for message in sent["messages"])


_ON_PICTURES = r"image|vision|modal|(a|valid) string|content type|type of content"
"""How endpoints refuse pictures, or a content that is no plain text."""
_ESSENTIAL = frozenset({"model", "messages", "stream", "tools"})
_OTHER_NAMES = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


def body_text(body: object) -> str:
    """An error body as text to look for names in."""
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
