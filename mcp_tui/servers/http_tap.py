"""An HTTP client whose exchanges are recorded: heads only, for bodies are frames, or hold what a sign-in must hide."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpx2

from mcp_tui.domain.http_exchange import Headers, HttpExchange
from mcp_tui.servers.wire import ANSWER, CARRIED

Heard = Callable[[HttpExchange], None]

_HEARD: ContextVar[Heard | None] = ContextVar("_HEARD", default=None)
"""Who hears of requests that are sent for the sake of another one."""
_BEGAN = "mcp_tui.began"
"""Among a request's extensions: Unix time and the monotonic clock, until it is heard of."""


class TappedClient(httpx2.AsyncClient):
    """Tells `heard` of each exchange: of what is answered once the headers are there, and of what never is.

    Without `heard`, of a request within another one (a sign-in, say) the ear of that one is told, else nobody.
    """

    def __init__(self, heard: Heard | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._heard = heard
        # Behind the other hooks, which may still change the request.
        self.event_hooks["request"].append(self._leaves)
        self.event_hooks["response"].append(self._answered)

    async def send(self, request: httpx2.Request, **how: Any) -> httpx2.Response:
        token = _HEARD.set(self._heard or _HEARD.get())
        try:
            answer = await super().send(request, **how)
            ANSWER.set(answer)
            return answer
        except httpx2.RequestError as error:
            self._tell(error.request, None, f"{type(error).__name__} {error}".strip())
            raise
        finally:
            _HEARD.reset(token)

    async def _leaves(self, request: httpx2.Request) -> None:
        request.extensions = {**request.extensions, _BEGAN: (time.time(), time.monotonic())}

    async def _answered(self, response: httpx2.Response) -> None:
        self._tell(response.request, response)

    def _tell(self, request: httpx2.Request, answer: httpx2.Response | None, error: str = "") -> None:
        moment, began = request.extensions.pop(_BEGAN, (0.0, 0.0))
        heard = _HEARD.get()
        if heard is None or not moment:
            return
        is_ours = self._heard is not None
        carried = CARRIED.get() if is_ours and request.method == "POST" else None
        heard(
            HttpExchange(
                moment,
                request.method,
                request.url.raw_path.decode("ascii", "replace") if is_ours else str(request.url),
                _headers(request.headers),
                answer.status_code if answer is not None else 0,
                answer.reason_phrase if answer is not None else "",
                _headers(answer.headers) if answer is not None else (),
                time.monotonic() - began,
                error,
                carried.number if carried else 0,
                carried.method or "reply" if carried else "" if is_ours else "sign-in",
            )
        )


def _headers(headers: httpx2.Headers) -> Headers:
    return tuple(headers.multi_items())
