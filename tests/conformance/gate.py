"""Runs the suite as a whole and holds it against what is expected: anything else, better or worse, is a surprise."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.conformance.suite import REVISION, Outcome, Run, Suite
from tests.warm import warm

HERE = Path(__file__).parent
EXPECTED_FAILURES = HERE / "expected_failures.txt"
CLIENT = (
    str(HERE / "client.py"),
    (
        "mcp.client.streamable_http",
        "mcp.client.auth",
        "httpx2",
        "mcp_tui.servers.hub",
        "mcp_tui.servers.auth.authorizer",
    ),
)
"""What is run, and what is loaded before."""
AT_A_TIME = 2
"""Some scenarios watch the clock: more at once would make them fail on a small machine."""


def expected_failures() -> dict[str, str]:
    """The scenarios that fail, each with the reason. Raises ValueError for one without."""
    reasons: dict[str, str] = {}
    for line in EXPECTED_FAILURES.read_text().splitlines():
        if line and not line.startswith("#"):
            scenario, _, reason = line.partition(": ")
            if not reason.strip():
                raise ValueError(f"{EXPECTED_FAILURES.name}: {scenario} needs a reason")
            reasons[scenario] = reason.strip()
    return reasons


def outcomes(suite: Suite, runs: Sequence[Run]) -> Iterator[Outcome]:
    """Every run, in their order, as soon as it is known."""
    with (
        tempfile.TemporaryDirectory() as folder,
        warm(Path(folder), *CLIENT, suite.environment) as client,
        ThreadPoolExecutor(AT_A_TIME) as pool,
    ):
        yield from pool.map(lambda run: suite.run(run, client), runs)


def surprise(outcome: Outcome, expected: dict[str, str]) -> str:
    """What is unexpected about an outcome; "" when nothing is."""
    reason = expected.get(outcome.run.scenario)
    if outcome.passed:
        return f"{outcome.run} passes: take it off {EXPECTED_FAILURES.name}" if reason else ""
    return "" if reason else f"{outcome.run} fails:\n{outcome.words}"


class Counts(NamedTuple):
    """How many pass, of how many."""

    required: int
    of_required: int
    scenarios: int
    of_scenarios: int


def counts(done: Sequence[Outcome]) -> Counts:
    """The required ones, and all scenarios."""
    required = [each.passed for each in done if each.run.revision]
    scenarios = {each.run.scenario for each in done}
    failed = {each.run.scenario for each in done if not each.passed}
    return Counts(sum(required), len(required), len(scenarios) - len(failed), len(scenarios))


def totals(done: Sequence[Outcome]) -> str:
    """The counts in words."""
    count = counts(done)
    return (
        f"{count.required} of {count.of_required} that {REVISION} requires; "
        f"{count.scenarios} of {count.of_scenarios} scenarios in all"
    )
