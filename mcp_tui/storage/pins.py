"""The pins in a file: what was accepted of each server. What cannot be read trusts nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.pins import Pin, Pins
from mcp_tui.storage.files import PRIVATE, locked, read_text, write_text

_Known = dict[tuple[str, str], Pins]


class PinFile:
    """`domain.pins.PinStore` on disk, readable by the user alone. Other copies of the program may write it too.

    A damaged file is left as it is until something is accepted anew; then it is set aside as `.broken`, and from then
    on a server that the new file does not know is not taken for one that was never met.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[object, _Known, bool] = None, {}, True
        """The stamp of what was read, the pins, and whether new servers are trusted; replaced as one, by any thread."""

    @property
    def trusts_new(self) -> bool:
        try:
            return self._load()[1]
        except ConfigError:
            return False

    def of(self, server: str, identity: str) -> Pins | None:
        return self._load()[0].get((server, identity))

    def other(self, server: str, identity: str) -> Pins | None:
        others = (pins for pins in self._load()[0].values() if pins.server == server and pins.identity != identity)
        return max(others, key=lambda pins: pins.since, default=None)

    def put(self, pins: Pins) -> None:
        self._change(lambda known: known.__setitem__((pins.server, pins.identity), pins))

    def forget(self, server: str, identity: str) -> None:
        self._change(lambda known: known.pop((server, identity), None))

    @property
    def stamp(self) -> object:
        """Something that differs once the file is another."""
        try:
            file = os.stat(self._file)
        except OSError:
            return None
        return file.st_ino, file.st_mtime_ns, file.st_size

    def _load(self) -> tuple[_Known, bool]:
        """Read it again when it changed. Raises ConfigError."""
        now = self.stamp  # from before reading: a change meanwhile is seen the next time
        stamp, known, trusts_new = self._read
        if now is None or now != stamp:
            known, trusts_new = _parse(read_text(self._file), self._file)
            self._read = now, known, trusts_new
        return known, trusts_new

    def _change(self, act: Callable[[_Known], object]) -> None:
        with locked(self._file):
            try:
                known, trusts_new = self._load()
            except ConfigError:
                os.replace(self._file, self._file.with_name(f"{self._file.name}.broken"))
                known, trusts_new = {}, False
            known = dict(known)
            act(known)
            write_text(self._file, _text(known, trusts_new), mode=PRIVATE)
            self._read = self.stamp, known, trusts_new  # nobody else writes while the lock is held


def _parse(text: str | None, file: Path) -> tuple[_Known, bool]:
    if text is None:
        return {}, True
    try:
        found = json.loads(text)
        pins = [_pins(each) for each in found["servers"]]
        return {(each.server, each.identity): each for each in pins}, found["trusts_new"] is True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        hint = "review each server again; the file is set aside when you accept one"
        raise ConfigError(f"{file.name} is damaged", subject=str(file), hint=hint) from None


def _pins(row: Any) -> Pins:
    tools = {str(name): Pin(str(each["hash"]), str(each["definition"])) for name, each in row["tools"].items()}
    entry, issuer = str(row.get("entry", "")), str(row.get("issuer", ""))
    return Pins(str(row["server"]), str(row["identity"]), float(row["since"]), tools, entry, issuer)


def _text(known: _Known, trusts_new: bool) -> str:
    """A line for each server: small, and still to be read by a person."""
    rows = [
        {
            "server": pins.server,
            "identity": pins.identity,
            "since": pins.since,
            "entry": pins.entry,
            "issuer": pins.issuer,
            "tools": {name: {"hash": pin.definition, "definition": pin.text} for name, pin in pins.tools.items()},
        }
        for pins in known.values()
    ]
    lines = ",\n".join(map(json.dumps, rows))
    return f'{{"trusts_new": {json.dumps(trusts_new)}, "servers": [\n{lines}\n]}}\n'
