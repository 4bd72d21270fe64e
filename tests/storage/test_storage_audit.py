"""The audit log on disk: private, only added to, whole lines whatever is killed or shares it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mcp_tui.storage import audit, files
from mcp_tui.storage.audit import AuditFile

WRITER = """
import sys
from pathlib import Path
from mcp_tui.storage.audit import AuditFile
log, name, most = AuditFile(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for number in range(most):
    log.append({"id": f"{name}-{number}", "arguments": "x" * 3_000})
    if not number:
        print("writes", flush=True)
"""


def writer(file: Path, name: str, most: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(file), name, str(most)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def ids(log: AuditFile, most: int = 100_000) -> list[str]:
    records, broken = log.read(most)
    assert broken == 0
    return [str(record["id"]) for record in records]


def test_the_last_records_are_read_in_their_order(tmp_path: Path) -> None:
    log = AuditFile(tmp_path / "state" / "audit.jsonl")
    assert log.read(10) == ([], 0)
    for number in range(500):
        log.append({"id": number, "arguments": "…" * number})
    assert ids(log, 3) == ["497", "498", "499"]
    assert ids(log) == [str(number) for number in range(500)]
    assert (tmp_path / "state" / "audit.jsonl").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_what_a_crash_left_of_a_line_harms_no_other(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_bytes(b'{"id":"whole"}\n{"id":"to')
    log = AuditFile(file)
    assert log.read(10) == ([{"id": "whole"}], 1)
    log.append({"id": "after"})
    assert log.read(10) == ([{"id": "whole"}, {"id": "after"}], 1)


def test_a_program_that_is_killed_while_it_writes_leaves_whole_lines(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    with writer(file, "killed", 10_000_000) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    log = AuditFile(file)
    log.append({"id": "after"})
    records, broken = log.read(100_000)
    assert broken <= 1
    whole = [f"killed-{number}" for number in range(len(records) - 1)]
    assert [record["id"] for record in records] == [*whole, "after"]


def test_two_programs_that_write_at_once_mix_no_lines(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    with writer(file, "a", 1_000) as one, writer(file, "b", 1_000) as other:
        assert (one.wait(), other.wait()) == (0, 0)
    found = ids(AuditFile(file))
    for name in "ab":
        assert [each for each in found if each.startswith(name)] == [f"{name}-{number}" for number in range(1_000)]


def test_a_long_log_begins_anew_and_all_those_before_are_kept_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_BYTES", 5)
    file = tmp_path / "audit.jsonl"
    for number in range(11):
        log = AuditFile(file)
        log.append({"id": number})
        log.close()
    assert file.read_text() == '{"id":10}\n'
    assert ids(AuditFile(file), 2) == ["9", "10"]
    assert ids(AuditFile(file)) == [str(number) for number in range(11)]
    assert (tmp_path / "audit.1.jsonl").read_text() == '{"id":0}\n', "the oldest"


def test_a_system_without_file_modes_and_locks_keeps_the_log_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("fchmod", "pread"):
        monkeypatch.delattr(os, name)  # as on Windows, where a folder cannot be opened either
    monkeypatch.setattr(files, "fcntl", None)
    whole = os.open
    monkeypatch.setattr(os, "open", lambda path, *more: whole(path if not os.path.isdir(path) else "", *more))
    log = AuditFile(tmp_path / "audit.jsonl")
    log.append({"id": "one"})
    log.close()
    log.append({"id": "two"})
    assert ids(log) == ["one", "two"]
    with files.locked(tmp_path / "settings.toml"):
        files.write_text(tmp_path / "settings.toml", "a = 1")
    assert files.read_text(tmp_path / "settings.toml") == "a = 1"
    with files.open_private(tmp_path / "log") as opened:
        opened.write("x")
