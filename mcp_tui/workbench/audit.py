"""Puts on record what passes the gate, what comes of it, what servers are answered, and what else is decided."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

from mcp_tui.domain import audit
from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling, ServerAsks
from mcp_tui.domain.audit import Act, AuditLog, Record
from mcp_tui.domain.permission import Decision, Request
from mcp_tui.domain.rules import Rule
from mcp_tui.domain.signin import CAME_BACK, SignIn, SignInAsks

SHOWN = 5_000
"""Records that are read back."""


class Ending:
    """Filled in while something runs."""

    size: int | None = None
    """Bytes of the result's text."""
    failed = False
    """The result itself is an error."""


class Answer:
    """Filled in while somebody is asked."""

    outcome = "stopped"


class Audit:
    """The records of this run, and those before it.

    A record that cannot be written is said once, and what it is about goes on: a full disk is no reason to stop a
    person's work, and denying would put nothing more on record.
    """

    def __init__(self, log: AuditLog, warn: Callable[[str], object]) -> None:
        self._log = log
        self._warn = warn
        self._has_warned = False

    def decided(self, request: Request, decision: Decision | None, seconds: float) -> None:
        """Something passed the gate, or did not (`domain.gate.Gate.decided`)."""
        self._write(audit.decided(request, decision, seconds, time.time()))

    def ruled(self, rule: Rule, added: bool) -> None:
        """A rule was made or revoked (`domain.gate.Gate.ruled`)."""
        self._write(audit.ruled(rule, added, time.time()))

    def noted(self, about: str, server: str, item: str, outcome: str, **facts: str) -> None:
        """Something else than running was decided, and nobody had to be asked (`domain.audit.answered`)."""
        self._write(audit.answered(about, server, item, outcome, None, time.time(), facts))

    @contextmanager
    def asking(self, about: str, server: str, item: str = "", **facts: str) -> Generator[Answer]:
        """Around a question about something else than running."""
        began, answer = time.monotonic(), Answer()
        try:
            yield answer
        finally:
            seconds = time.monotonic() - began
            self._write(audit.answered(about, server, item, answer.outcome, seconds, time.time(), facts))

    @contextmanager
    def running(self, decision: Decision) -> Generator[Ending]:
        """Around what was allowed, while it runs."""
        began, ending = time.monotonic(), Ending()
        outcome, words = "stopped", ""
        try:
            yield ending
            outcome = "error" if ending.failed else "ok"
        except Exception as error:
            outcome, words = "error", str(error)
            raise
        finally:
            seconds = time.monotonic() - began
            self._write(audit.ended(decision.mark, outcome, words, seconds, ending.size, time.time()))

    def acts(self) -> tuple[list[Act], int]:
        """What is on record, the newest first, and how many lines could not be read. Raises OSError."""
        records, broken = self._log.read(SHOWN)
        return audit.acts(records), broken

    def _write(self, record: Record) -> None:
        try:
            self._log.append(record)
        except OSError as error:
            if not self._has_warned:
                self._has_warned = True
                self._warn(f"the audit log cannot be written: {error.strerror}. What runs from now on is not on record")


class AuditedAsks:
    """`ServerAsks` whose answers go on record; what was said does not."""

    def __init__(self, asks: ServerAsks, audit: Audit) -> None:
        self._asks = asks
        self._audit = audit

    async def elicit(self, ask: Elicitation) -> ElicitReply:
        with self._audit.asking("elicitation", ask.server) as answer:
            reply = await self._asks.elicit(ask)
            answer.outcome = reply.action
            return reply

    async def sample(self, ask: Sampling) -> SampleReply | None:
        with self._audit.asking("sampling", ask.server) as answer:
            reply = await self._asks.sample(ask)
            answer.outcome = "sent" if reply else "declined"
            return reply


class AuditedSignIn:
    """`SignInAsks` whose answers go on record, with the host that was asked; the address back does not."""

    def __init__(self, asks: SignInAsks, audit: Audit) -> None:
        self._asks = asks
        self._audit = audit

    async def sign_in(self, ask: SignIn) -> str | None:
        with self._audit.asking("sign-in", ask.server, at=urlsplit(ask.url).hostname or "") as answer:
            try:
                pasted = await self._asks.sign_in(ask)
            except asyncio.CancelledError as error:
                if CAME_BACK in error.args:
                    answer.outcome = "agreed"
                raise
            answer.outcome = "agreed" if pasted else "refused"
            return pasted


class Remembered:
    """`AuditLog` for a run that leaves nothing behind."""

    def __init__(self) -> None:
        self._records: deque[Record] = deque(maxlen=SHOWN)

    def append(self, record: Record) -> None:
        self._records.append(record)

    def read(self, most: int) -> tuple[list[Record], int]:
        return list(self._records)[-most:], 0

    def close(self) -> None:
        """Nothing to let go of."""
