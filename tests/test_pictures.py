"""The pictures of the README come from the running app, so the script that takes them has to run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.program import home_environment

ROOT = Path(__file__).parents[1]


def test_a_picture_is_taken_of_the_running_app(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "assets" / "export.py"), str(tmp_path), "permission-80x24"]
    subprocess.run(command, cwd=ROOT, env=home_environment(tmp_path, PYTHONPATH=str(ROOT)), check=True)
    picture = (tmp_path / "permission-80x24.svg").read_text(encoding="utf-8")
    assert "Permission&#160;required" in picture and "Allow&#160;once" in picture
