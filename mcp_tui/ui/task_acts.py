"""What is done about a task from the drawer: showing what it came to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import ServerError
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.widgets.inspector.outcome import Outcome

if TYPE_CHECKING:
    from mcp_tui.ui.screens.workspace import Workspace
    from mcp_tui.workbench.tasks import TaskRun


async def show_result(workspace: Workspace, run: TaskRun) -> None:
    """Open the page of the task's tool with the result; one that still runs opens the page alone."""
    app, task = workspace.app, run.task
    what, hint = run.error, run.hint
    try:
        result = await app.bench.tasks.result(run)
    except ServerError as error:
        result, what, hint = None, error.what, error.hint
    if not task.tool or app.bench.find_tool(task.server, task.tool) is None:
        known = "The protocol does not say which tool it is a call of"
        app.tell(f"{known}: Traffic (F6) has its result" if result else f"{known}. {what or run.words}")
        return
    ref = Ref(task.server, Kind.TOOL, task.tool)
    workspace.open(ref)
    if result is not None or run.task.status.is_over or what:
        seconds = run.seconds(time.time())
        words = what or f"the task is {run.words}"
        outcome = Outcome(run.arguments or {}, seconds, result, "" if result else words, hint, as_task=True)
        workspace.inspector.show_outcome(ref, outcome)
    else:
        app.tell(f"{task.tool} still runs: its result is shown when it is there")
