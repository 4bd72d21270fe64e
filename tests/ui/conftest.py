"""Fixtures for the tests of the screens."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole_app import Folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A user's home in which nothing is configured."""
    return Folder(tmp_path, monkeypatch)
