"""What went wrong at an endpoint, in words: which address, what it said, what to try."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mcp_tui.domain.errors import KeyRefused, ModelError, ModelRefused, ModelUnreachable
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.llm.profiles import body_text, profile_for

if TYPE_CHECKING:
    from openai import APIConnectionError, APIStatusError

_OVERFLOW = re.compile(
    r"context[_ ](length|window|size)|exceed_context_size|maximum context|prompt is too long|too many (input )?tokens",
    re.IGNORECASE,
)
_TOO_LARGE = re.compile(r"request too large|insufficient_quota|exceeded your current quota", re.IGNORECASE)
_LONGEST_QUOTE = 500

OVERFLOW_HINT = "Start a new chat, or withhold tools that this one does not need."


def unreachable(address: str, error: Exception) -> ModelUnreachable:
    """No connection, or one that broke before anything came."""
    start = profile_for(address).start
    cause = error.__cause__ or error
    hint = f"Is it running? Start it with: {start}" if start else "Check the address and the network."
    return ModelUnreachable(f"Cannot reach {address}: {_reason(cause)}", subject=address, hint=hint)


def unreachable_in(error: APIConnectionError, address: str, seconds: float) -> ModelUnreachable:
    """The SDK's two ways to say that there is no connection."""
    import httpx2
    import openai

    waited = isinstance(error, openai.APITimeoutError) and not isinstance(error.__cause__, httpx2.ConnectTimeout)
    return silent(address, seconds) if waited else unreachable(address, error)


def silent(address: str, seconds: float) -> ModelUnreachable:
    """Connected, but nothing comes."""
    hint = "It may still be loading the model: try again, or look at its log."
    return ModelUnreachable(f"{address} did not answer within {seconds:.0f} s", subject=address, hint=hint)


def refusal(address: str, status: int, body: str, message: str, *, has_key: bool = True) -> ModelError:
    """An HTTP error status as one of ours."""
    said = HIDDEN.cut(" ".join(message.split()), _LONGEST_QUOTE) or "no reason given"
    if status in (401, 403):
        hint = "Check the key." if has_key else "It wants a key: set OPENAI_API_KEY, or one in the settings."
        return KeyRefused(f"{address} refused the key (HTTP {status}): {said}", subject=address, hint=hint)
    return ModelRefused(
        f"{address} answered HTTP {status}: {said}",
        subject=address,
        hint=_hint(address, status, body),
        status=status,
        body=body,
    )


def refused_in_stream(address: str, message: str) -> ModelRefused:
    """An error object inside a stream that began well."""
    said = HIDDEN.cut(" ".join(message.split()), _LONGEST_QUOTE)
    hint = OVERFLOW_HINT if _OVERFLOW.search(message) else "What came so far is kept; send again to retry."
    return ModelRefused(f"{address} broke off: {said}", subject=address, hint=hint, body=message)


def no_answer(address: str, stray: str) -> ModelRefused:
    """HTTP 200, but nothing in it that a model said."""
    if stray.lstrip().startswith("<"):
        return ModelRefused(
            f"{address} answered with a web page, not with a model's words",
            subject=address,
            hint=path_hint(address) or "Check the address.",
            body=HIDDEN.cut(stray, _LONGEST_QUOTE),
        )
    return ModelRefused(
        f"{address} ended its answer before a word came",
        subject=address,
        hint="Send again; if it stays so, look at the endpoint's log.",
        body=HIDDEN.cut(stray, _LONGEST_QUOTE),
    )


def path_hint(address: str) -> str:
    """A word about a missing `/v1`, or ""."""
    if urlsplit(address).path.strip("/"):
        return ""
    return f"Most endpoints want a path: try {address.rstrip('/')}/v1"


def status_words(error: APIStatusError) -> tuple[str, str]:
    """The body of an HTTP error, and the sentence in it that is meant for people."""
    body = error.body if error.body is not None else error.response.text
    return body_text(body), _message(body) or body_text(body)


def seconds_to_wait(status: int, headers: Mapping[str, str], body: str, now: float) -> float | None:
    """How long a 429 asks to wait, in seconds; None when waiting is not asked for or would not help."""
    if status != 429 or _TOO_LARGE.search(body):
        return None
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        return max(0.0, float(headers["retry-after"]))
    except KeyError:
        return None
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(headers["retry-after"]).timestamp() - now)
    except ValueError:
        return None


def _hint(address: str, status: int, body: str) -> str:
    if status == 413 or (status in (400, 422, 500) and _OVERFLOW.search(body)):
        return f"{_sizes(body)}{OVERFLOW_HINT}"
    match status:
        case 404:
            return path_hint(address) or "Check the model's name and the address."
        case 429 if _TOO_LARGE.search(body):
            return "Waiting does not help: the request or the account is over its limit."
        case 429:
            return "Too many requests: wait a little and send again."
        case _ if status >= 500:
            return "The endpoint itself failed: look at its log, or send again."
        case _:
            return "Check the model's name and what it supports."


def _sizes(body: str) -> str:
    """ "9031 tokens for a context of 8192. ", where the body says so (llama.cpp)."""
    used = re.search(r'"n_prompt_tokens": ?(\d+)', body)
    limit = re.search(r'"n_ctx": ?(\d+)', body)
    return f"{used[1]} tokens for a context of {limit[1]}. " if used and limit else ""


def _message(body: Any) -> str:
    """The sentence in an error body: OpenAI's, FastAPI's, Ollama's, or the text itself."""
    match body:
        case str():
            return body
        case {"error": dict() | str() as inner}:
            return _message(inner)
        case {"message": str(text)} | {"detail": str(text)}:
            return text
        case _:
            return ""


def _reason(cause: BaseException) -> str:
    deepest = cause
    while inner := deepest.__cause__ or deepest.__context__:
        deepest = inner
    return str(cause) or str(deepest) or type(deepest).__name__
