"""The official MCP conformance suite against our hub."""

from __future__ import annotations

import pytest

from tests.conformance import gate
from tests.conformance.suite import has_npm, install


@pytest.mark.skipif(not has_npm(), reason="npm is missing, which brings the official conformance suite and its Node")
def test_the_official_suite_finds_what_is_expected() -> None:
    suite, expected = install(), gate.expected_failures()
    done = list(gate.outcomes(suite, suite.runs()))
    assert done
    surprises = [words for outcome in done if (words := gate.surprise(outcome, expected))]
    assert not surprises, "\n".join([gate.totals(done), *surprises])
