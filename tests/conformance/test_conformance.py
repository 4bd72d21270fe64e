"""The official MCP conformance suite against our hub."""

from __future__ import annotations

from tests.conformance import gate
from tests.conformance.suite import install
from tests.npm import is_excused, needs_npm


@needs_npm
def test_the_official_suite_finds_what_is_expected() -> None:
    suite, expected = install(), gate.expected_failures()
    done = list(gate.outcomes(suite, suite.runs()))
    surprises = [words for outcome in done if (words := gate.surprise(outcome, expected))]
    assert not surprises, "\n".join([gate.totals(done), *surprises])
    count = gate.counts(done)
    assert (count.required, count.of_required, count.of_scenarios) == (32, 32, 48) and count.scenarios >= 45


def test_npm_may_be_missing_on_a_desk_but_not_where_everything_has_to_run() -> None:
    assert is_excused({"PATH": ""}) and not is_excused({"PATH": "", "CI": "true"})
