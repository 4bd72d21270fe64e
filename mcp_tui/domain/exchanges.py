"""Frames paired up, a request with its reply, and what HTTP said of them: what a list of traffic shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mcp_tui.domain.http_exchange import HttpExchange
from mcp_tui.domain.text import counted
from mcp_tui.domain.trace import Frame

LISTS = {
    "tools/list": ("tools", "tool"),
    "prompts/list": ("prompts", "prompt"),
    "resources/list": ("resources", "resource"),
    "resources/templates/list": ("resourceTemplates", "template"),
}
"""Where a list stands in its reply, and what one of it is called."""
UNSUPPORTED_VERSION = -32022
"""The one error by which a server of the modern era refuses `server/discover`: it speaks other versions of it."""


@dataclass(slots=True)
class Exchange:
    """A frame, and the reply that belongs to it once it came."""

    first: Frame
    reply: Frame | None = None
    http: list[HttpExchange] = field(default_factory=list[HttpExchange])
    """What carried the frame that we sent: more than one when it was redirected, or sent again after a sign-in."""

    @property
    def key(self) -> str:
        """What tells it from all other rows of the traffic."""
        return str(self.first.number)

    @property
    def server(self) -> str:
        return self.first.server

    @property
    def what(self) -> str:
        """What it is about; of a list, how many came."""
        if self.reply is None or self.first.method not in LISTS:
            return self.first.what
        field, word = LISTS[self.first.method]
        body = self.reply.body
        result = body.get("result") if isinstance(body, dict) else None
        items = result.get(field) if isinstance(result, dict) else None
        if not isinstance(items, list):
            return ""
        return counted(len(items), word)

    @property
    def seconds(self) -> float | None:
        """From the request to its reply; None while there is none."""
        return self.reply.time - self.first.time if self.reply else None

    @property
    def waits(self) -> bool:
        """A request without a reply yet."""
        return bool(self.first.method and self.first.id) and self.reply is None

    @property
    def error(self) -> str:
        return self.reply.error if self.reply else self.first.error

    @property
    def tells_era(self) -> bool:
        """A server refused `server/discover`: no fault, it only says that it is of the legacy era."""
        if self.first.method != "server/discover" or self.reply is None or not self.reply.error:
            return False
        if any(http.failed and not http.is_expected for http in self.http):
            return False
        body = self.reply.body
        wrong = body.get("error") if isinstance(body, dict) else None
        return not (isinstance(wrong, dict) and wrong.get("code") == UNSUPPORTED_VERSION)

    @property
    def size(self) -> int:
        """Bytes of what came back, or of the frame itself."""
        return self.reply.size if self.reply else self.first.size


Row = Exchange | HttpExchange
"""A line of the traffic. Exchanges of HTTP have one of their own only when they failed or carried no frame."""

MAX_CARRIERS = 10
"""Exchanges of HTTP kept for one frame."""


class Exchanges:
    """The rows of a trace in the order they began, bounded like the trace."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: dict[str, Row] = {}
        self._open: dict[tuple[str, bool, str], str] = {}
        self._replies: dict[int, str] = {}
        """Where the frames are that were sent in reply, for HTTP to find them."""

    def add(self, record: Frame | HttpExchange) -> list[Row]:
        """Take a record in; the rows that it began or changed."""
        return self._add_http(record) if isinstance(record, HttpExchange) else [self._add_frame(record)]

    def _add_frame(self, frame: Frame) -> Exchange:
        if frame.is_reply:
            key = self._open.pop((frame.server, not frame.outgoing, frame.id), "")
            exchange = self._kept.get(key)
            if isinstance(exchange, Exchange):
                exchange.reply = frame
                if frame.outgoing:
                    self._replies[frame.number] = key
                return exchange
        exchange = Exchange(frame)
        if frame.method and frame.id:
            self._open[frame.server, frame.outgoing, frame.id] = exchange.key
        self._keep(exchange)
        return exchange

    def _add_http(self, http: HttpExchange) -> list[Row]:
        rows: list[Row] = []
        carried = self._kept.get(self._replies.get(http.frame, str(http.frame)))
        if isinstance(carried, Exchange):
            carried.http.append(http)
            del carried.http[:-MAX_CARRIERS]
            rows.append(carried)
        if http.stands_alone:
            self._keep(http)
            rows.append(http)
        return rows

    def _keep(self, row: Row) -> None:
        self._kept[row.key] = row
        if len(self._kept) > self._limit:
            gone = self._kept.pop(next(iter(self._kept)))
            if isinstance(gone, Exchange) and gone.reply is not None:
                self._replies.pop(gone.reply.number, None)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)
