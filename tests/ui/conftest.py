"""Fixtures for the tests of the screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import _wait
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from whole_app import Folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A user's home in which nothing is configured."""
    return Folder(tmp_path, monkeypatch)


@pytest.fixture(scope="session", autouse=True)
def the_pilot_looks_oftener() -> Iterator[None]:
    """Five milliseconds tell as well as twenty that the app has come to rest, and that is waited for at each key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_wait, "SLEEP_GRANULARITY", 0.005)
        patch.setattr(_wait, "SLEEP_IDLE", 0.0005)
        yield


@pytest.fixture(scope="session", autouse=True)
def style_sheets_are_parsed_once() -> Iterator[None]:
    """The hundreds of apps of one run have the same style sheets: parsing them was a quarter of each start."""
    parse = Stylesheet._parse_rules  # pyright: ignore[reportPrivateUsage]
    parsed: dict[tuple[Any, ...], list[RuleSet]] = {}

    def parse_once(sheet: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
        variables = sheet._variables  # pyright: ignore[reportPrivateUsage]
        key = (source, tuple(more.items()), tuple(variables.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, *source, **more)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield
