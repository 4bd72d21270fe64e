"""From the start to the tools of server-everything on the screen, against the MCP Inspector's TUI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.report import Ratio, ratio
from tests.terminal import Terminal

RUNS = 9
PACKAGES = ("@modelcontextprotocol/inspector@latest", "@modelcontextprotocol/server-everything", "node@22")
TOOL = "get-sum"
"""A tool whose name is on the screen in both."""


def run() -> list[Ratio]:
    npm = shutil.which("npm")
    if npm is None:
        print("  npm is not installed: left out")
        return []
    ours: list[float] = []
    theirs: list[float] = []
    our_memory: list[float] = []
    their_memory: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(os.environ.get("MCP_TUI_BENCH_NODE", name))
        if not (folder / "node_modules" / "node").exists():
            subprocess.run([npm, "init", "-y"], cwd=folder, check=True, capture_output=True)
            subprocess.run([npm, "install", *PACKAGES], cwd=folder, check=True, capture_output=True)
        modules = folder / "node_modules"
        node = str(modules / "node" / "bin" / "node")
        server = [node, str(modules / "@modelcontextprotocol" / "server-everything" / "dist" / "index.js")]
        inspector = str(modules / ".bin" / "mcp-inspector")
        env = {**os.environ, "HOME": name, "XDG_CONFIG_HOME": name, "TERM": "xterm-256color"}
        for number in range(RUNS + 1):
            with Terminal([node, inspector, "--tui", *server], env=env) as terminal:
                terminal.wait_for("[Connect]")
                terminal.type("c")
                terminal.wait_for("Tools (1")
                terminal.type("t")
                their_time, their_size = terminal.wait_for(TOOL), terminal.memory()
            with Terminal([sys.executable, "-m", "mcp_tui", "--", *server], env=env) as terminal:
                our_time, our_size = terminal.wait_for(TOOL), terminal.memory()
            if number:
                theirs.append(their_time)
                ours.append(our_time)
                their_memory.append(their_size)
                our_memory.append(our_size)
    return [
        ratio("launch to the tools on screen, against the Inspector's TUI", ours, theirs, "s", 1.0),
        ratio("own memory by then", our_memory, their_memory, "MB", 0.6),
    ]
