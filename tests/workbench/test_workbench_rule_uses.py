"""How often rules answered is written a moment later, beside the calls, and all of it by the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import ConfigError
from mcp_tui.domain.gate import Gate
from mcp_tui.domain.permission import Request
from mcp_tui.domain.rules import Effect, Initiator, Rule, Scope
from mcp_tui.storage.rules import RulesStore
from mcp_tui.workbench import rule_uses
from mcp_tui.workbench.rule_uses import RuleUses

RULE = Rule(Effect.ALLOW, Scope.TOOL, Initiator.MODEL, "git", "identity", Kind.TOOL, "log", "hash")
OTHER = Rule(Effect.DENY, Scope.TOOL, Initiator.MODEL, "git", "identity", Kind.TOOL, "push", "hash")


class Disk:
    """Writes slowly, and knows in which thread."""

    def __init__(self) -> None:
        self.written: list[dict[str, tuple[int, float]]] = []
        self.threads: set[int] = set()
        self.may_write = threading.Event()
        self.may_write.set()
        self.began = threading.Semaphore(0)
        self.done = threading.Semaphore(0)

    def write(self, uses: Mapping[str, tuple[int, float]]) -> None:
        self.began.release()
        assert self.may_write.wait(10)
        self.threads.add(threading.get_ident())
        self.written.append(dict(uses))
        self.done.release()


async def test_uses_are_gathered_and_written_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_uses, "DELAY", 0.01)
    disk = Disk()
    disk.may_write.clear()
    uses = RuleUses(disk.write)
    for now in (1.0, 2.0):
        uses.note(RULE, now)
    assert await asyncio.to_thread(disk.began.acquire, timeout=5)
    uses.note(OTHER, 3.0)  # the disk is still busy, and nobody waits for it
    assert disk.written == []
    disk.may_write.set()
    for _ in range(2):
        assert await asyncio.to_thread(disk.done.acquire, timeout=5)
    assert disk.written == [{RULE.id: (2, 2.0)}, {OTHER.id: (1, 3.0)}]
    assert threading.get_ident() not in disk.threads
    await uses.aclose()


async def test_what_is_not_written_yet_is_written_at_the_end() -> None:
    disk = Disk()
    uses = RuleUses(disk.write)
    uses.note(RULE, 1.0)
    assert disk.written == []
    await uses.aclose()
    await uses.aclose()
    assert disk.written == [{RULE.id: (1, 1.0)}]


async def test_a_disk_that_fails_harms_nothing() -> None:
    def fail(_uses: Mapping[str, tuple[int, float]]) -> None:
        raise ConfigError("the disk is full")

    uses = RuleUses(fail)
    uses.note(RULE, 1.0)
    await uses.aclose()


async def test_the_gate_reads_and_writes_no_row_for_a_call_that_asks_nothing_new(tmp_path: Path) -> None:
    store = RulesStore(tmp_path / "rules.db")
    store.add(RULE)
    uses = RuleUses(store.count)
    gate = Gate(store=store, used=uses.note)
    request = Request(Initiator.MODEL, Kind.TOOL, "git", "log", {}, "hash", "identity")
    try:
        for _ in range(2):
            assert (await gate.check(request)).allowed
        statements: list[str] = []
        connection = store._connection  # pyright: ignore[reportPrivateUsage]
        assert connection
        connection.set_trace_callback(statements.append)
        assert (await gate.check(request)).allowed
        assert [each for each in statements if not each.startswith("PRAGMA data_version")] == []
        await uses.aclose()
        assert store.load()[0].used == 3
    finally:
        store.close()
