"""Fixtures for the tests against real servers."""

from __future__ import annotations

import pytest
from real_kit import SERVERS

from tests.npm import install


@pytest.fixture(scope="session")
def program() -> str:
    """server-everything."""
    return str(install(*SERVERS) / ".bin" / "mcp-server-everything")
