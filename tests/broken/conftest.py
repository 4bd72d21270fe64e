"""The whole app of the tests of the screens, for the tests of broken servers as well."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "ui"))  # as pytest does it for the tests of that folder

from tests.ui.whole_app import Folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A user's home in which nothing is configured."""
    return Folder(tmp_path, monkeypatch)
