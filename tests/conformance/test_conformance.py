"""The official MCP conformance suite against our hub."""

from __future__ import annotations

from tests.conformance import gate
from tests.conformance.suite import install
from tests.npm import needs_npm


@needs_npm
def test_the_official_suite_finds_what_is_expected() -> None:
    suite, expected = install(), gate.expected_failures()
    done = list(gate.outcomes(suite, suite.runs()))
    assert done
    surprises = [words for outcome in done if (words := gate.surprise(outcome, expected))]
    assert not surprises, "\n".join([gate.totals(done), *surprises])
