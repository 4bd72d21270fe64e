"""A shell whose user has configured nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import Shell


@pytest.fixture
def shell(tmp_path: Path, program: list[str]) -> Shell:
    return Shell(tmp_path, command=program)
