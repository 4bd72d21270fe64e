"""The pictures of the README come from the running app, so the script that takes them has to run."""

from __future__ import annotations

import html
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import home_environment

ROOT = Path(__file__).parents[1]


SCENES = {
    "permission-80x24": ("Permission required", "Allow once"),
    "permission-banner": ("on demo waits",),
    "form-80x24": ("1 field to fix",),
    "result": ("fits its schema",),
    "prompt": ("What is sent", "use in chat"),
    "traffic": ("tools/call", "request"),
    "failure": ("notes did not start", "Last words"),
    "palette": ("get_weather",),
    "welcome-80x24": ("Try the demo",),
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_picture_is_taken_of_the_running_app(scene: str, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "assets" / "export.py"), str(tmp_path), scene]
    subprocess.run(command, cwd=ROOT, env=home_environment(tmp_path, PYTHONPATH=str(ROOT)), check=True)
    picture = html.unescape((tmp_path / f"{scene}.svg").read_text(encoding="utf-8")).replace("\xa0", " ")
    assert not [words for words in SCENES[scene] if words not in picture]
