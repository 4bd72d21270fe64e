"""The official MCP conformance suite: installed at a pinned version with npm, and run one scenario at a time."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import npm

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"
NODE = "node@22.23.3"
"""The suite needs Node 22; this npm package brings one, whatever runs npm itself."""
REVISION = "2026-07-28"
"""The revision of the protocol whose requirements must all be met."""
HERE = Path(__file__).parent
SCENARIO_TIMEOUT, CLIENT_TIMEOUT = 90.0, 60.0
"""Seconds."""
_SCENARIO = re.compile(r"^  - (\S+)(?: \[(.*)\])?$", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[\d*m")


@dataclass(frozen=True, slots=True)
class Run:
    """One scenario, at the given revision or, with "", at the suite's own choice."""

    scenario: str
    revision: str = ""

    def __str__(self) -> str:
        return f"{self.scenario} @ {self.revision}" if self.revision else self.scenario


@dataclass(frozen=True, slots=True)
class Outcome:
    run: Run
    passed: bool
    checks: str
    """For example "12/14"."""
    words: str
    """What failed, one check a line, and what the client said on standard error."""


class Suite:
    """An installed suite."""

    def __init__(self, modules: Path) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPATH": str(HERE.parents[1]),  # the client is that of this very checkout
            "NODE_COMPILE_CACHE": str(
                modules.parent / "compiled"
            ),  # with this, and without that, each start is quicker
        }
        self._command = [
            str(modules / "node" / "bin" / "node"),
            str(modules / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"),
        ]

    def runs(self) -> list[Run]:
        """All client scenarios at the suite's choice of revision, and those that REVISION requires at it.

        A scenario that knows no other revision than that is run once.
        """
        required = [name for name, _ in self._listed("--requirements", REVISION)]
        everything = self._listed()
        others = [Run(name) for name, revisions in everything if revisions != REVISION or name not in required]
        return [Run(name, REVISION) for name in required] + others

    def run(self, run: Run, client: Sequence[str]) -> Outcome:
        """One scenario against this client. A scenario that fails is an outcome, not an error."""
        command = ["client", "--command", shlex.join(client), "--scenario", run.scenario]
        command += ["--timeout", str(int(CLIENT_TIMEOUT * 1000))]
        command += ["--spec-version", run.revision, "--force"] if run.revision else []
        with tempfile.TemporaryDirectory() as results:
            try:
                done = self._node(*command, "-o", results, timeout=SCENARIO_TIMEOUT)
            except subprocess.TimeoutExpired:
                return Outcome(run, False, "", f"took more than {SCENARIO_TIMEOUT:.0f} s")
            said = "".join(path.read_text(errors="replace") for path in Path(results).rglob("stderr.txt"))
        shown = _COLOUR.sub("", done.stdout + done.stderr)
        checks = found[1] if (found := re.search(r"^Passed: (\d+/\d+)", shown, re.MULTILINE)) else ""
        failures = [line.split("Z ", 1)[-1] for line in shown.splitlines() if " FAILURE " in line]
        return Outcome(run, done.returncode == 0, checks, "\n".join([*failures, *said.splitlines()[-20:]]))

    def _listed(self, *options: str) -> list[tuple[str, str]]:
        """The names of client scenarios with the revisions they know."""
        listing = self._node("list", "--client", *options, timeout=60).stdout
        clients = listing[listing.index("Client scenarios") :].split("\n\n")[0]
        return [(found[1], found[2] or "") for found in _SCENARIO.finditer(clients)]

    def _node(self, *arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
        command = [*self._command, *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=timeout, env=self.environment
        )


def install(folder: Path | None = None) -> Suite:
    """The suite in this folder or in the user's cache, fetched when it is not there yet. Raises RuntimeError."""
    return Suite(npm.install(NODE, SUITE, folder=folder))
