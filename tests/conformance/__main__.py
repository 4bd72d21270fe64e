"""`python -m tests.conformance [--folder DIR] [SCENARIO…]`: the official MCP conformance suite against our client.

Exits 1 when a scenario fails that should pass, or the other way round. The suite is kept in DIR or the user's cache.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.conformance import gate
from tests.conformance.suite import install


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the suite is, or is to be installed")
    parser.add_argument("scenario", nargs="*", help="only these")
    chosen = parser.parse_args()
    suite = install(chosen.folder)
    runs = [run for run in suite.runs() if not chosen.scenario or run.scenario in chosen.scenario]
    expected, began = gate.expected_failures(), time.monotonic()
    done: list[gate.Outcome] = []
    for outcome in gate.outcomes(suite, runs):
        done.append(outcome)
        mark = "pass" if outcome.passed else "FAIL"
        reason = "" if outcome.passed else expected.get(outcome.run.scenario, "")
        print(f"{mark}  {outcome.checks:>6}  {outcome.run}{reason and f'  (expected: {reason})'}", flush=True)
    surprises = [words for outcome in done if (words := gate.surprise(outcome, expected))]
    print(f"\n{gate.totals(done)}, in {time.monotonic() - began:.0f} s", *surprises, sep="\n\n")
    return 1 if surprises or not done else 0


if __name__ == "__main__":
    sys.exit(main())
