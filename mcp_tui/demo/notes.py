"""What the demo server keeps and makes: its notes, its documents, a picture, and a forecast out of thin air."""

from __future__ import annotations

import struct
import zlib
from typing import Literal

from pydantic import BaseModel, Field

Sky = Literal["clear", "cloudy", "rain", "snow", "fog"]
Units = Literal["celsius", "fahrenheit"]

SKIES: tuple[Sky, ...] = ("clear", "cloudy", "rain", "snow", "fog")

NOTES = {
    "welcome": "Read me as demo://notes/welcome. The tool delete_note can delete me; I am back after a restart.",
    "shopping": "bread, olives, a lemon",
    "ideas": "Ask the script to add two numbers, then deny it, and see what it says.",
}
"""The notes that every start begins with."""

ABOUT = """\
This is the demo server of mcp-tui. It runs on your machine, reads no files, opens no connections
and forgets everything when it ends.
"""

GUIDE = """\
# A short tour

1. **Call a tool yourself.** Open `add` in the Explorer, fill in two numbers, press *Call*.
2. **Let the model call it.** Type `add 17 and 25` in the chat. You are asked before anything runs.
3. **Watch.** The Traffic drawer shows every message, as it went over the wire.

| Try | What it shows |
| --- | --- |
| `count slowly to 5` | progress, and stopping with esc |
| `weather in Reykjavik for 3 days` | structured output |
| `ask me` | a server that asks you for data |
| `delete note shopping` | a tool that says it destroys |
| `fail with boom` | an error, and who said it |

> All of it is real protocol; only the weather is invented.
"""


class Place(BaseModel):
    """Somewhere that the forecast claims to be about."""

    name: str
    latitude: float = Field(description="Degrees north, invented")
    longitude: float = Field(description="Degrees east, invented")


class Day(BaseModel):
    """One day of a forecast."""

    day: int = Field(description="1 is today")
    sky: Sky
    low: int = Field(description="In the forecast's units")
    high: int = Field(description="In the forecast's units")


class Forecast(BaseModel):
    """An invented forecast: the same place always gets the same weather."""

    note: str = Field(description="Says that the forecast is invented")
    place: Place
    units: Units
    days: list[Day]


def invent_forecast(city: str, days: int, units: Units) -> Forecast:
    """A forecast that depends on nothing but its arguments."""
    seed = zlib.crc32(city.strip().casefold().encode())
    return Forecast(
        note="Invented by the demo server. Do not plan a picnic with it.",
        place=Place(name=city.strip(), latitude=(seed % 1200 - 600) / 10, longitude=(seed // 7 % 3600 - 1800) / 10),
        units=units,
        days=[_invent_day(seed, number, units) for number in range(1, days + 1)],
    )


def _invent_day(seed: int, number: int, units: Units) -> Day:
    dice = zlib.crc32(f"{seed}/{number}".encode())
    low = dice % 25 - 5
    high = low + 3 + dice // 25 % 8
    if units == "fahrenheit":
        low, high = round(low * 9 / 5 + 32), round(high * 9 / 5 + 32)
    return Day(day=number, sky=SKIES[dice // 200 % len(SKIES)], low=low, high=high)


def draw_picture(size: int = 96) -> bytes:
    """A PNG of `size` x `size` pixels: a sun over a plain, from a formula."""
    rows = b"".join(b"\x00" + bytes(_picture_row(y, size)) for y in range(size))  # 0: the row has no filter
    header = struct.pack(">2I5B", size, size, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _picture_row(y: int, size: int) -> list[int]:
    pixels: list[int] = []
    for x in range(size):
        far = ((x - size * 0.62) ** 2 + (y - size * 0.42) ** 2) ** 0.5 / size
        if y > size * 0.72:
            pixels += (38, 70 + 60 * y // size, 60)
        elif far < 0.18:
            pixels += (255, 200 - int(far * 300), 90)
        else:
            pixels += (60 + 120 * y // size, 60 + 70 * y // size, 130)
    return pixels


def _chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk: length, kind, data and checksum (PNG specification, section 5)."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
