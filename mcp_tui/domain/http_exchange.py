"""What HTTP itself said: one request and the head of its answer, without their bodies and without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus

from mcp_tui.domain.fair import Fair
from mcp_tui.domain.limits import EXCHANGES, EXCHANGES_CHARACTERS, HEADER, HEADERS
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.secrets import safe_address, safe_header

Headers = tuple[tuple[str, str], ...]
"""Names and values in their order. Names are in small letters, values raw."""

SESSION = "mcp-session-id"
CHALLENGE = "www-authenticate"
_STREAMS_AND_ENDS = ("GET", "DELETE")
_NO_SUCH_METHOD = (400, 404, 405)


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """One request over HTTP. Texts are raw, secrets in headers and addresses are masked by `HttpLog.add()`."""

    time: float
    """Unix time at which the request left."""
    method: str
    target: str
    """The path, with its query, at the server; the whole address elsewhere."""
    sent: Headers = ()
    status: int = 0
    """0 when there was no answer."""
    phrase: str = ""
    """The server's words for the status."""
    answered: Headers = ()
    seconds: float = 0.0
    """Until the headers of the answer were there, or until it failed."""
    error: str = ""
    """Why there was no answer."""
    frame: int = 0
    """The number of the frame that it carried to the server; 0 for none."""
    about: str = ""
    """The method of that frame, or what else it is for."""
    server: str = ""
    number: int = 0
    """Counted together with the frames."""

    @property
    def key(self) -> str:
        """What tells it from all other rows of the traffic."""
        return f"http {self.number}"

    @property
    def outcome(self) -> str:
        """Such as "401 Unauthorized"; raw."""
        if not self.status:
            return "no answer"
        words = self.phrase or next((each.phrase for each in HTTPStatus if each.value == self.status), "")
        return f"{self.status} {words}".strip()

    @property
    def failed(self) -> bool:
        """There was no answer, or one that is an error (4xx, 5xx)."""
        return not self.status or self.status >= 400

    @property
    def is_expected(self) -> bool:
        """A refusal that is no fault: no stream, no end of sessions (MCP, basic/transports), no `server/discover`."""
        if self.about == "server/discover":
            return self.status in _NO_SUCH_METHOD
        return self.status == 405 and self.method in _STREAMS_AND_ENDS

    @property
    def stands_alone(self) -> bool:
        """It is worth a line of its own beside the frame that it carried."""
        return self.failed or not self.frame

    @property
    def session(self) -> tuple[str, str]:
        """The Mcp-Session-Id that was sent, and the one that was given; "" for none."""
        return value_of(self.sent, SESSION), value_of(self.answered, SESSION)

    @property
    def may_have_session(self) -> bool:
        """Whether streamable HTTP of the legacy era carried a frame here: later there are no sessions any more."""
        streamable = self.method == "POST" and "text/event-stream" in value_of(self.sent, "accept")
        return bool(streamable and self.frame and value_of(self.sent, "mcp-protocol-version") < "2026")

    @property
    def size(self) -> int:
        """Characters kept."""
        texts = (*(text for header in (*self.sent, *self.answered) for text in header), self.target, self.error)
        return sum(map(len, texts))


class HttpLog:
    """The last exchanges of all servers, oldest first, bounded in number and in size."""

    def __init__(self, limit: int = EXCHANGES, characters: int = EXCHANGES_CHARACTERS) -> None:
        self._kept = Fair[HttpExchange](limit, characters)

    def add(self, number: int, exchange: HttpExchange) -> HttpExchange:
        """Keep it under this number; what was kept: without secrets, and cut where it is too long."""
        kept = replace(
            exchange,
            number=number,
            target=HIDDEN.cut(safe_address(exchange.target), HEADER),
            phrase=HIDDEN.cut(exchange.phrase, HEADER),
            sent=_safe(exchange.sent),
            answered=_safe(exchange.answered),
            error=HIDDEN.cut(exchange.error, HEADER),
        )
        self._kept.add(kept.server, number, kept, kept.size)
        return kept

    def after(self, number: int) -> Iterator[HttpExchange]:
        """Those with a higher number."""
        return self._kept.after(number)

    def __iter__(self) -> Iterator[HttpExchange]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def value_of(headers: Headers, name: str) -> str:
    """The first value of a header, "" when it is not there."""
    return next((value for each, value in headers if each == name), "")


def _safe(headers: Iterable[tuple[str, str]]) -> Headers:
    found = [
        (HIDDEN.cut(name.lower(), HEADER), HIDDEN.cut(safe_header(name, value), HEADER)) for name, value in headers
    ]
    if len(found) > HEADERS:
        found[HEADERS:] = [("…", f"{len(found) - HEADERS} more")]
    return tuple(found)
