"""The pins on disk: private, shared with other copies of the program, and never trusted when they are damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.pins import Pins, Standing
from mcp_tui.storage.pins import PinFile

ADD = Tool("calc", "add", raw={"name": "add", "description": "Adds."})
OTHER = Tool("calc", "add", raw={"name": "add", "description": "Subtracts."})
MET = Pins("calc", "identity", 5.0, entry="{}", issuer="https://as.example").accepting([ADD], 7.0)


def test_what_one_copy_keeps_another_reads(tmp_path: Path) -> None:
    file = tmp_path / "data" / "pins.json"
    reader, writer = PinFile(file), PinFile(file)
    assert reader.of("calc", "identity") is None
    assert reader.trusts_new
    writer.put(MET)
    found = reader.of("calc", "identity")
    assert found == MET
    assert found is not None
    assert found is reader.of("calc", "identity"), "nothing is read again"
    assert found.standing(ADD) is Standing.SAME
    assert found.standing(OTHER) is Standing.CHANGED
    assert found.standing(Tool("calc", "div")) is Standing.NEW
    assert reader.of("calc", "another identity") is None
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"servers": 5}', '{"trusts_new": true, "servers": [{"server": "x"}]}']
)
def test_a_damaged_file_trusts_nothing_and_is_set_aside_when_something_is_accepted(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pins.json"
    file.write_text(text)
    pins = PinFile(file)
    with pytest.raises(ConfigError, match="damaged"):
        pins.of("calc", "identity")
    assert not pins.trusts_new
    pins.put(MET)
    assert pins.of("calc", "identity") == MET
    assert file.with_name("pins.json.broken").read_text() == text
    assert not PinFile(file).trusts_new, "a server that is not in it may have been met before"


def test_a_server_that_is_forgotten_was_never_met(tmp_path: Path) -> None:
    pins = PinFile(tmp_path / "pins.json")
    pins.put(MET)
    pins.forget("calc", "identity")
    assert pins.of("calc", "identity") is None


def test_no_secret_stands_in_the_file(tmp_path: Path) -> None:
    HIDDEN.add(["canary-in-a-definition"])
    tool = Tool(
        "x", "canary-in-a-definition", raw={"name": "canary-in-a-definition", "title": "canary-in-a-definition"}
    )
    pins = PinFile(tmp_path / "pins.json")
    pins.put(Pins("x", "y", 0.0).accepting([tool], 0.0))
    assert "canary" not in (tmp_path / "pins.json").read_text()
    found = pins.of("x", "y")
    assert found and found.standing(tool) is Standing.SAME
