"""What was learnt of servers is kept for a while, and does no harm when it cannot be."""

from __future__ import annotations

import json
import time
from pathlib import Path

from mcp_tui.storage.eras import KEPT, Eras


def test_a_legacy_server_is_known_to_the_next_run_until_it_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "eras.json"
    Eras(file).remember("one", True)
    assert Eras(file).is_legacy("one") and not Eras(file).is_legacy("two")
    Eras(file).remember("one", False)
    assert not Eras(file).is_legacy("one")


def test_an_old_or_broken_memory_counts_for_nothing(tmp_path: Path) -> None:
    file = tmp_path / "eras.json"
    file.write_text(json.dumps({"old": time.time() - KEPT - 1, "odd": "yes", "new": time.time()}))
    eras = Eras(file)
    assert [eras.is_legacy(name) for name in ("old", "odd", "new")] == [False, False, True]
    file.write_text("{")
    assert not eras.is_legacy("new")
    (tmp_path / "a file").write_text("")
    Eras(tmp_path / "a file" / "eras.json").remember("x", True)
