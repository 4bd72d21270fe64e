"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings
from scripted_endpoint import Endpoint

from mcp_tui.domain.masking import HIDDEN

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # no test touches the keyring of a person
settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


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
