"""Fixtures for all tests."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings
from scripted_endpoint import Endpoint

from mcp_tui.domain.masking import HIDDEN
from tests.program import home_environment
from tests.warm import warm

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # no test touches the keyring of a person
settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


LOADED = (
    *("mcp_tui.cli", "mcp_tui.headless.ask", "mcp_tui.headless.doctor", "mcp_tui.headless.items"),
    *("mcp_tui.headless.permissions", "mcp_tui.servers.http", "mcp_tui.workbench.bench", "mcp_tui.workbench.plan"),
    *("openai.resources.chat.completions", "openai.resources.models", "mcp.client.streamable_http", "mcp.client.auth"),
)


def pytest_collection_finish() -> None:
    """What was imported is no garbage; looking through it after every few objects took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """`mcp-tui`, forked from one that has loaded all: for commands without a screen."""
    folder = tmp_path_factory.mktemp("program")
    with warm(folder, "mcp_tui", LOADED, home_environment(folder)) as command:
        yield command


@pytest.fixture(autouse=True)
def nothing_is_hidden() -> Iterator[None]:
    """The secrets of one test are none of the next one's."""
    yield
    HIDDEN.forget()


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    """A scripted model endpoint on a free port."""
    endpoint = Endpoint()
    await endpoint.start()
    yield endpoint
    await endpoint.stop()
