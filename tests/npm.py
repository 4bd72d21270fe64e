"""Programs from npm that tests drive: installed at a pinned version into the user's cache, on first use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

TIMEOUT = 300.0
"""Seconds for the installation."""


def is_excused(environ: Mapping[str, str]) -> bool:
    """Whether what needs npm may be left out: it is missing, and this is no run that has to show everything (CI)."""
    return shutil.which("npm", path=environ.get("PATH", "")) is None and not environ.get("CI")


needs_npm = pytest.mark.skipif(is_excused(os.environ), reason="npm is missing, which brings the program")


def install(*packages: str, folder: Path | None = None) -> Path:
    """The `node_modules` with these packages, in this folder or in the user's cache. Raises RuntimeError."""
    folder = folder or _cache() / re.sub(r"[^\w.]+", "-", "-".join(["mcp-tui", *packages]))
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as fresh:
            command = ["npm", "install", "--prefix", fresh, "--no-package-lock", "--no-audit", "--no-fund", *packages]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT, cwd=fresh)
            if done.returncode:
                raise RuntimeError(f"npm could not install {', '.join(packages)}:\n{done.stderr.strip()}")
            with suppress(OSError):  # somebody else was faster
                os.rename(fresh, folder)
    return folder / "node_modules"


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or tempfile.gettempdir())
