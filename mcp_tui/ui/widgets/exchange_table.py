"""The table of exchanges: a line for each request with its reply, and for each exchange of HTTP worth one; in columns
that fit the room there is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from rich.text import Text
from textual.widgets import DataTable

from mcp_tui.domain.exchanges import Exchange, Row
from mcp_tui.domain.http_exchange import HttpExchange
from mcp_tui.domain.text import clean_line, human_size, human_time, shorten

SHOWN = 1_000
"""Exchanges in the table; the trace itself keeps more."""
WIDTHS = {"time": 8, "server": 10, "way": 1, "method": 22, "what": 13, "took": 10, "size": 7}
NARROWEST = {"method": 14, "what": 8, "server": 6}
"""How far these give way, in this order, once the time (the frame beside the table says it too) has gone."""
PADDING = 2
"""Columns around each cell."""


class ExchangeTable(DataTable[Text]):
    """Exchanges in the order they began. While the cursor is on the last one, it follows new ones."""

    DEFAULT_CSS = """
    ExchangeTable {
        width: 1fr; background: transparent; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
        & > .datatable--header { background: transparent; color: $text-muted; text-style: none; }
        & > .datatable--cursor { background: $block-cursor-background; color: $foreground; }
        & > .datatable--odd-row, & > .datatable--even-row { background: transparent; }
    }
    """

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self._widths = WIDTHS
        self._shown: dict[str, Row] = {}

    def on_mount(self) -> None:
        self._add_columns()

    def on_resize(self) -> None:
        widths = widths_for(self.size.width - self.styles.scrollbar_size_vertical)
        if widths != self._widths:
            self._widths = widths
            self.fill(list(self._shown.values()))

    @property
    def follows(self) -> bool:
        return self.cursor_row >= self.row_count - 1

    @property
    def chosen(self) -> Row | None:
        """The exchange under the cursor."""
        return self._shown.get(self._chosen_key)

    @property
    def _chosen_key(self) -> str:
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value or "" if self.row_count else ""

    def fill(self, rows: Iterable[Row]) -> None:
        """Show these and no others. The cursor stays on its exchange, or on the last one when it followed."""
        follows, key = self.follows, self._chosen_key
        self.clear(columns=True)
        self._shown.clear()
        self._add_columns()
        for row in rows:
            self._add(row)
        if follows:
            self.to_end()
        elif key in self._shown:
            self.move_cursor(row=self.get_row_index(key))

    def put(self, row: Row, wanted: bool) -> None:
        """Show a row that is `wanted` and new, or what is new of one that is shown."""
        if row.key in self._shown:
            for column, cell in zip(self.columns, self._cells(row), strict=True):
                self.update_cell(row.key, column, cell)
        elif wanted:
            self._add(row)
            if self.row_count > SHOWN:
                first = next(iter(self._shown))
                del self._shown[first]
                self.remove_row(first)

    def to_end(self) -> None:
        if self.row_count:
            self.move_cursor(row=self.row_count - 1)

    def _add_columns(self) -> None:
        for name, width in self._widths.items():
            self.add_column("" if name == "way" else name, width=width)

    def _add(self, row: Row) -> None:
        self._shown[row.key] = row
        self.add_row(*self._cells(row), key=row.key)

    def _cells(self, row: Row) -> list[Text]:
        colour, widths = self.app.get_css_variables(), self._widths
        cells = _http_cells(row, colour, widths) if isinstance(row, HttpExchange) else _cells(row, colour, widths)
        cells["server"] = Text(shorten(clean_line(row.server), widths["server"]))
        return [cells[name] for name in widths]


def _cells(exchange: Exchange, colour: Mapping[str, str], widths: Mapping[str, int]) -> dict[str, Text]:
    """Of frames; all but the server."""
    frame, quiet = exchange.first, colour["quiet"]
    voice = "" if frame.id else quiet
    method = clean_line(frame.method or ("reply" if frame.is_reply else "not JSON-RPC"))
    return {
        "time": Text(_clock(frame.time), quiet),
        "way": Text("→" if frame.outgoing else "←", quiet if frame.outgoing else colour["hue"]),
        "method": Text(shorten(method, widths["method"]), voice),
        "what": Text(shorten(clean_line(exchange.what), widths["what"]), voice),
        "took": Text(*_state(exchange, colour)),
        "size": Text(f"{human_size(exchange.size):>7}", quiet),
    }


def _http_cells(http: HttpExchange, colour: Mapping[str, str], widths: Mapping[str, int]) -> dict[str, Text]:
    """Of HTTP alone: the request where the method stands, and how it ended where its subject does."""
    quiet, is_fault = colour["quiet"], http.failed and not http.is_expected
    voice = colour["bad"] if is_fault else quiet
    return {
        "time": Text(_clock(http.time), quiet),
        "way": Text("→", quiet),
        "method": Text(_request(http, widths["method"]), "" if is_fault else quiet),
        "what": Text(shorten(clean_line(http.outcome), widths["what"]), voice),
        "took": Text(f"{'✗' if is_fault else '·' if http.failed else '✓'} {human_time(http.seconds):>7}", voice),
        "size": Text("   HTTP", quiet),
    }


def _request(http: HttpExchange, width: int) -> str:
    """Method and address. Of a long one the end says more: `GET …/oauth-protected-resource`."""
    method, target = clean_line(http.method), clean_line(http.target)
    room = max(2, width - len(method) - 1)
    return shorten(f"{method} {target if len(target) <= room else f'…{target[1 - room :]}'}", width)


def widths_for(room: int) -> dict[str, int]:
    """The columns that fit into so many cells, and their widths without padding."""
    widths = dict(WIDTHS)
    if _total(widths) > room:
        del widths["time"]
    for name, least in NARROWEST.items():
        widths[name] = max(least, widths[name] - max(0, _total(widths) - room))
    return widths


def _total(widths: Mapping[str, int]) -> int:
    return sum(widths.values()) + PADDING * len(widths)


def _clock(moment: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(moment))


def _state(exchange: Exchange, colour: Mapping[str, str]) -> tuple[str, str]:
    """The took column: mark and time, and its colour."""
    seconds = exchange.seconds
    if exchange.tells_era:
        return "legacy era", colour["quiet"]
    if exchange.error:
        return f"✗ {human_time(seconds):>7}" if seconds is not None else "✗", colour["bad"]
    if seconds is not None:
        return f"✓ {human_time(seconds):>7}", colour["quiet"]
    return ("◌ waits", colour["hue"]) if exchange.waits else ("·", colour["quiet"])
