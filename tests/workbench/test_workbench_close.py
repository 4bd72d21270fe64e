"""The end of a workbench."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home


@pytest.mark.parametrize("part", ["hub", "models"])
async def test_what_fails_while_closing_leaves_nothing_else_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    bench = Workbench(Home(Paths(tmp_path, tmp_path, tmp_path, tmp_path), {}, Settings()), [])
    closed: list[str] = []

    def closes(name: str) -> None:
        async def aclose() -> None:
            if name == part:
                raise RuntimeError("it will not end")
            closed.append(name)

        monkeypatch.setattr(getattr(bench, name), "aclose", aclose)

    for name in ("hub", "models", "home"):
        closes(name)
    with pytest.raises(RuntimeError, match="it will not end"):
        await bench.aclose()
    assert {*closed, part} == {"hub", "models", "home"}
