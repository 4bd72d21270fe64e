"""Tasks at the keyboard: a tool called as one, its question, the list in the drawer, its result and its end."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from whole_app import BARE, Folder, Seat, seat

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.screens.elicit import ElicitDialog
from mcp_tui.ui.widgets.drawer import Drawer

SCRIPT = str(Path(__file__).parents[1] / "servers" / "task_server.py")


def tasks(mode: str = "") -> StdioSpec:
    return StdioSpec("tasks", sys.executable, (*BARE, SCRIPT, mode))


async def open_form(me: Seat, tool: str) -> None:
    """Go to the tool's form."""
    me.app.workspace.open(Ref("tasks", Kind.TOOL, tool))
    await me.sees(f"ƒ {tool}", "Runs as a task")
    await me.until(lambda: me.app.workspace.inspector.has_focus_within)
    await me.press("enter")
    await me.sees("ctrl+s")


async def open_tasks(me: Seat) -> None:
    await me.press("f6")
    await me.until(lambda: me.place == "drawer")
    me.find(Drawer).show("tasks")
    me.find(Drawer).home.focus()


async def test_a_tool_is_called_as_a_task_and_its_result_is_opened_from_the_drawer(folder: Folder) -> None:
    async with seat(folder, [tasks()], size=(140, 42)) as me:
        await open_form(me, "research")
        await me.sees("Call as task", "ctrl+t")
        await me.type("b")
        await me.press("ctrl+t")
        await me.sees("Result", "History 1", '"b"', "Tasks 1")
        await me.press("f2")
        await open_tasks(me)
        await me.sees("completed", "found")
        await me.press("enter")
        await me.until(lambda: me.place == "inspector")
        await me.sees('"b"')


async def test_a_task_that_asks_is_answered_and_one_that_does_not_end_is_cancelled(folder: Folder) -> None:
    async with seat(folder, [tasks()], size=(140, 42)) as me:
        await open_form(me, "clarify")
        await me.press("ctrl+s")
        await me.until(lambda: me.app.asking.waiting)
        await me.press("f8")
        await me.until(lambda: isinstance(me.app.screen, ElicitDialog) and me.app.screen.drawn_at is not None)
        await me.sees("Which one?")
        await me.pilot.click("ElicitDialog Input")
        await me.until(lambda: isinstance(me.app.screen, ElicitDialog) and me.app.screen.takes_text)
        await me.type("A")
        await me.press("ctrl+s")
        await me.sees("Result", "History 1", '"A"')
        await open_form(me, "endless")
        await me.press("ctrl+s")
        await me.sees("running as a task", "taken on")
        await open_tasks(me)
        await me.sees("endless", "working")
        await me.press("x")
        await me.sees("cancelled by request")
        await me.until(lambda: [run.words for run in me.app.bench.tasks] == ["completed", "cancelled"])


async def test_escape_stops_a_task_and_the_server_is_told(folder: Folder) -> None:
    async with seat(folder, [tasks()], size=(80, 24)) as me:
        await open_form(me, "endless")
        await me.press("ctrl+s")
        await me.sees("running as a task", "taken on")
        await me.press("escape")
        await me.sees("stopped by you")
        await me.until(lambda: [run.words for run in me.app.bench.tasks] == ["cancelled"])


async def test_tasks_in_a_form_that_is_not_spoken_are_plainly_said(folder: Folder) -> None:
    async with seat(folder, [tasks("newer")], size=(140, 42)) as me:
        await open_tasks(me)
        await me.sees("No tasks yet", "cannot be used yet")
        await me.press("r")
        await me.sees("No server here lists its tasks")
        hello = next(frame.body for frame in me.app.bench.trace if frame.method == "initialize")
        assert "tasks" not in json.dumps(hello["params"]["capabilities"])
