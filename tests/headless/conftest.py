"""A shell whose user has configured nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import Shell, home_environment
from tests.warm import warm

LOADED = (
    *("mcp_tui.cli", "mcp_tui.headless.ask", "mcp_tui.headless.doctor", "mcp_tui.headless.items"),
    *("mcp_tui.headless.permissions", "mcp_tui.servers.http", "mcp_tui.workbench.bench", "mcp_tui.workbench.plan"),
    *("openai.resources.chat.completions", "openai.resources.models", "mcp.client.streamable_http", "mcp.client.auth"),
)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """`mcp-tui`, forked from one that has loaded all."""
    folder = tmp_path_factory.mktemp("program")
    with warm(folder, "mcp_tui", LOADED, home_environment(folder)) as command:
        yield command


@pytest.fixture
def shell(tmp_path: Path, program: list[str]) -> Shell:
    return Shell(tmp_path, command=program)
