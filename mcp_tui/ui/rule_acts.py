"""What can be done to rules and modes from the app: add a rule that asks or denies, mark a tool, switch the mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from mcp_tui.domain.catalog import Kind, Tool
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.permission import Initiator, Mode
from mcp_tui.domain.rules import Effect
from mcp_tui.ui.screens.pick import Pick
from mcp_tui.ui.widgets.pieces import marked

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp

T = TypeVar("T")

MODE_SAYS = {
    Mode.ASK: "Mode ask: what no rule answers is asked for.",
    Mode.READ_ONLY: "Mode read-only: only tools that you marked read-only run.",
    Mode.MANUAL: "Mode manual: the model gets no tools.",
}
_EFFECTS = (
    (Effect.ASK, "Ask every time", "no other rule allows it then"),
    (Effect.DENY, "Deny", "nobody is asked, nothing is sent"),
)
_WHO = (
    (Initiator.MODEL, "The model", ""),
    (Initiator.USER, "You", "in a form or with a slash command"),
    (Initiator.COMMAND_LINE, "A command in a shell", "mcp-tui call"),
)


def set_mode(app: McpTuiApp, mode: Mode) -> None:
    """Switch until the program ends; `permissions.mode` in the settings is for good."""
    app.bench.gate.mode = mode
    app.bench.audit.noted("mode", "", "", mode.value)
    app.workspace.rules_changed()
    app.tell(MODE_SAYS[mode])


def next_mode(app: McpTuiApp) -> None:
    """From one mode to the next, round and round."""
    modes = list(Mode)
    set_mode(app, modes[(modes.index(app.bench.gate.mode) + 1) % len(modes)])


async def add(app: McpTuiApp, done: Callable[[], object]) -> None:
    """Choose, step by step, a rule that asks or denies; it is kept until revoked."""
    if (effect := await _choose(app, "A new rule", _EFFECTS)) is None:
        return
    server = await _choose(app, "On which server?", [(name, name, "") for name in app.bench.hub.names])
    if server is None:
        return
    rows: list[tuple[Tool | Kind, str, str]] = [
        (Kind.TOOL, "every tool", "those it adds later too"),
        *((tool, tool.name, tool.title) for tool in app.bench.hub.catalog(server).tools),
        (Kind.RESOURCE, "every prompt and resource", ""),
    ]
    if (what := await _choose(app, "What of it?", rows)) is None:
        return
    if (who := await _choose(app, "When who wants it?", _WHO)) is None:
        return
    _try(app, lambda: app.bench.permissions.add(effect, server, what, who))
    done()


async def mark(app: McpTuiApp, done: Callable[[], object]) -> None:
    """Choose a tool to mark read-only."""
    tools = [tool for tool in app.bench.items() if isinstance(tool, Tool)]
    rows = [(tool, tool.name, tool.server) for tool in tools if not app.bench.permissions.marked(tool)]
    if (tool := await _choose(app, "Which tool changes nothing?", rows)) is not None:
        _try(app, lambda: app.bench.permissions.mark(tool, True))
        done()


def _try(app: McpTuiApp, act: Callable[[], object]) -> None:
    try:
        act()
    except McpTuiError as error:
        app.tell(f"{error.what}. {error.hint}", severity="error")
    app.workspace.rules_changed()


async def _choose(app: McpTuiApp, title: str, rows: Sequence[tuple[T, str, str]]) -> T | None:
    """The thing behind the row that the user picks, or None. Texts are raw."""
    lines = [marked("$name  [$quiet]$note[/]", name=name, note=note) for _, name, note in rows]
    index = await app.push_screen_wait(Pick(title, lines, "There is none.", "choose"))
    return None if index is None else rows[index][0]
