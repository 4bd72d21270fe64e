"""A tool call as a card: who is called with what, how it stands, and what came back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any

from mcp_tui.domain.catalog import NOTHING_SAID
from mcp_tui.domain.chat import ToolCall
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.passing import Fate
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.permission import Decision, Request
from mcp_tui.domain.text import clean_line, clean_start, human_time, pretty_json
from mcp_tui.ui.transcript.blocks import Block, barred
from mcp_tui.ui.transcript.code import json_pieces
from mcp_tui.ui.transcript.lines import Joined, LazyLines, Line, Piece, shown, truncate, two_ends

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
SPIN_AFTER = 0.3
"""Seconds that a call may take before anything turns."""
_NOTHING = "The tool answered with nothing."
_FOLDED_ROWS = 3
_FOLDED_CHARACTERS = 400
"""Of one folded row; more never fits beside its neighbours."""


class CallState(Enum):
    """How a call stands; the value is its icon and the icon's role."""

    WAITING = ("?", "hue")
    RUNNING = ("◌", "hue")
    DONE = ("✓", "good")
    FAILED = ("✗", "bad")
    DENIED = ("⊘", "")
    STOPPED = ("·", "quiet")


_BARS = {CallState.WAITING: "primary", CallState.RUNNING: "running", CallState.FAILED: "bad"}


class CardBlock(Block):
    """One call, from the question to its end."""

    foldable = True

    def __init__(
        self, call: ToolCall, server: str, tool: str, arguments: dict[str, Any], request: Request | None
    ) -> None:
        super().__init__()
        self.call = call
        self.state = CallState.WAITING
        self._name, self._server = clean_line(tool or call.name), clean_line(server)
        self._arguments: dict[str, Any] = arguments
        self._hints = request.hints if request else NOTHING_SAID
        self._sent = False
        self._patience: Patience | None = None
        self._right = "waits for you" if request else "not sent"
        self._waits = request is not None
        self._began = 0.0
        self._ticked = 0.0
        self._still = False
        self._progress: tuple[float, float | None] | None = None
        self._message = ""
        self._result: ToolResult | None = None
        self._error = ""
        self._edited = False

    def approve(self, decision: Decision, now: float, patience: Patience | None = None) -> None:
        """It runs from `now` (seconds) on, with the arguments that were approved, for as long as the patience says."""
        self._patience = patience
        self._arguments, self._edited = decision.arguments, decision.edited
        self.state, self._sent, self._began, self._ticked = CallState.RUNNING, True, now, now
        self.touch()

    def grant_time(self) -> bool:
        """Let it run longer; False when it does not run, or may run as long as it takes."""
        if self.state is not CallState.RUNNING or self._patience is None:
            return False
        self._patience.grant()
        self.touch()
        return True

    def deny(self, decision: Decision) -> None:
        self.state = CallState.DENIED
        self._right = "you denied it" if decision.answer else clean_line(decision.why) or "denied"
        self._error = decision.reason
        self.touch()

    def progress(self, progress: float, total: float | None, message: str) -> None:
        self._progress, self._message = (progress, total), clean_start(message, _FOLDED_CHARACTERS)
        self.touch()

    def hold(self, seconds: float) -> None:
        """It answered; the user sees the result before the model does."""
        self.state, self._right, self._waits = CallState.WAITING, "its result waits for you", True
        self.touch()

    def finish(self, seconds: float, result: ToolResult | None, error: str, fate: Fate = Fate.SENT) -> None:
        """The end: a result as the model gets it, which may be an error of the tool's, or an error of ours."""
        failed = result is None or result.is_error
        self.state = CallState.FAILED if failed else CallState.DONE
        self._right = human_time(seconds) if self._sent or result else "not sent"
        if fate is not Fate.SENT:
            self._right = f"{fate.value} · {self._right}"
        if self._edited:
            self._right = f"arguments edited by you · {self._right}"
        if fate is Fate.WITHHELD:
            self.state = CallState.DENIED
        self._result, self._error = result, error
        self.touch()

    def stop(self) -> None:
        """The user stopped the turn; a call that ended before stays as it ended."""
        if self.state in (CallState.WAITING, CallState.RUNNING):
            self.state, self._right = CallState.STOPPED, "stopped by you"
            self.touch()

    def tick(self, now: float, still: bool) -> bool:
        """Time went by (`still`: nothing may move). Whether the card looks different now."""
        before = (self._icon(), self._elapsed())
        self._ticked, self._still = now, still
        changed = before != (self._icon(), self._elapsed())
        if changed:
            self.touch()
        return changed

    # ---- what it looks like -----------------------------------------------------------------

    def lay(self, width: int) -> Sequence[Line]:
        room = max(8, width - 5)
        bar = _BARS.get(self.state, "bar")

        def frame(row: Sequence[Piece]) -> Line:
            return barred(row, bar, "surface")

        name: list[Piece] = [self._icon(), ("  ", ""), (self._name, "bold"), (f" {self._server}", "quiet")]
        head = [frame(two_ends(name, self._right_end(), room))]
        if self.is_open:
            return Joined([head, *self._opened(room, frame), [frame(row) for row in self._marks(room)]])
        arguments = _in_one_row(self._arguments)
        rows = [truncate(arguments, room)] if arguments else []
        rows += [*self._running(room), *self._marks(room), *self._folded(room)]
        return [*head, *(frame(row) for row in rows)]

    def _icon(self) -> Piece:
        icon, role = self.state.value
        age = self._ticked - self._began
        if self.state is CallState.RUNNING and age >= SPIN_AFTER and not self._still:
            icon = SPINNER[int(age * 10) % len(SPINNER)]
        return icon, role

    def _elapsed(self) -> str:
        """Whole seconds of a running call, once there are any."""
        age = int(self._ticked - self._began) if self.state is CallState.RUNNING else 0
        return (f"{age} s" if age < 60 else human_time(age)) if age else ""

    def _limit(self) -> str:
        seconds = self._patience.seconds if self._patience else None
        return "" if seconds is None else f" of {human_time(seconds)}"

    def _right_end(self) -> list[Piece]:
        match self.state:
            case CallState.WAITING if self._waits:
                return [(self._right, ""), ("  ", ""), (" F8 ", "key")]
            case CallState.RUNNING:
                more: list[Piece] = [("  ", ""), (" t ", "key"), (" +60 s", "quiet")] if self._patience else []
                return [(f"{self._elapsed()}{self._limit()}".strip(), "quiet"), *more, ("  ", ""), (" esc ", "key")]
            case _:
                return [(self._right, "quiet")]

    def _running(self, room: int) -> list[list[Piece]]:
        if self.state is not CallState.RUNNING or self._progress is None:
            return []
        rows: list[list[Piece]] = []
        progress, total = self._progress
        if total is not None and total > 0:
            share = min(1.0, max(0.0, progress / total))
            cells = max(1, room - 7)
            done = round(cells * share)
            rows.append([("━" * done, "primary"), ("━" * (cells - done), "bar"), (f"{share:7.0%}", "quiet")])
        if self._message:
            rows.append(truncate([(self._message, "quiet")], room))
        return rows

    def _marks(self, room: int) -> list[list[Piece]]:
        """What the server itself says about the risk, while that matters; and a result that broke its promise."""
        if self.state in (CallState.WAITING, CallState.DENIED):
            if self._hints.says_destructive:
                return [[("▲ destructive", "bad")]]
            if self._hints.read_only is False:
                return [[("△ changes data", "warn")]]
        return [truncate([(clean_start(words, _FOLDED_CHARACTERS), "warn")], room) for words in self._faults()]

    def _faults(self) -> Iterator[str]:
        """What is wrong with the form of the result (raw)."""
        if self._result is not None and self._result.breach:
            yield f"△ does not conform: {self._result.breach}"
        if self._result is not None and self._result.conforms is False:
            yield f"does not fit its schema: {self._result.complaint}"

    @property
    def _outcome(self) -> tuple[str, str]:
        """What came back (raw), and its role."""
        if self._error:
            return self._error, "bad"
        if self._result is None:
            return "", "quiet"
        return self._result.text or _NOTHING, "bad" if self._result.is_error else "quiet"

    def _folded(self, room: int) -> list[list[Piece]]:
        """The first rows of what came back, and how many more there are."""
        text, role = self._outcome
        text = text.strip("\n")
        if not text:
            return []
        first = text.split("\n", _FOLDED_ROWS)[:_FOLDED_ROWS]
        rows = [truncate([(shown(HIDDEN.cut(line, _FOLDED_CHARACTERS)), role)], room) for line in first]
        if more := text.count("\n") + 1 - len(rows):
            words = f"… {more} more {'line' if more == 1 else 'lines'}  "
            rows.append([(words, "quiet"), (" enter ", "key")])
        return rows

    def _opened(self, room: int, frame: Callable[[Sequence[Piece]], Line]) -> list[Sequence[Line]]:
        """Arguments, the result's text and its structured content, whole."""
        parts: list[Sequence[Line]] = []

        def part(title: str, text: str, style: Callable[[str], list[Piece]]) -> None:
            parts.append([frame([(title, "quiet")])])
            parts.append(LazyLines(shown(text).strip("\n").split("\n"), room, style, frame))

        if self._arguments:
            part("arguments", pretty_json(self._arguments), json_pieces)
        if running := self._running(room):
            parts.append([frame(row) for row in running])
        text, role = self._outcome
        structured = self._result.structured if self._result else None
        if text and not _says_the_same(text, structured):
            plain = role if role == "bad" else ""
            part("error" if plain else "result", text, lambda line: [(line, plain)])
        if structured is not None:
            part("structured content", pretty_json(structured), json_pieces)
        if self._result and self._result.breach:
            part("the result, as it came", pretty_json(self._result.raw), json_pieces)
        return parts

    @property
    def copied(self) -> str:
        text, _ = self._outcome
        return "\n".join(
            part for part in (f"{self._name} {self._server}", shown(_compact(self._arguments)), shown(text)) if part
        )


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _in_one_row(arguments: dict[str, Any]) -> list[Piece]:
    """`repo_path  ~/parser   max_count  5`; texts that could be mistaken for something else keep their quotes."""
    pieces: list[Piece] = []
    for name, value in arguments.items():
        plain = isinstance(value, str) and value and not any(sign in value for sign in ' \t\n"*{}[],')
        text = value if plain else _compact(value)
        words = f"{clean_line(str(name))}  {clean_start(text, _FOLDED_CHARACTERS)}"
        pieces.append((f"{'   ' if pieces else ''}{words}", "quiet"))
    return pieces


def _says_the_same(text: str, structured: Any) -> bool:
    """Servers repeat structured content as JSON text (MCP, server/tools); once is enough."""
    if structured is None:
        return False
    try:
        return bool(json.loads(text) == structured)
    except (ValueError, RecursionError):
        return False
