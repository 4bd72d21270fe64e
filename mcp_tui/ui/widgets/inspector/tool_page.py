"""A tool in the Inspector: what it is, a form to call it, what came of it, and its calls so far."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.binding import Binding
from textual.widget import Widget
from textual.worker import Worker

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.permission import Decision
from mcp_tui.domain.pins import Standing
from mcp_tui.domain.rules import Origin
from mcp_tui.domain.tasks import TaskSupport
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.refs import Ref, find
from mcp_tui.ui.widgets.inspector.form_view import CallForm
from mcp_tui.ui.widgets.inspector.history import History
from mcp_tui.ui.widgets.inspector.messages import BrowsePage, OpenResource, SaveRequested
from mcp_tui.ui.widgets.inspector.outcome import Outcome, ResultView
from mcp_tui.ui.widgets.inspector.page import Page, View
from mcp_tui.ui.widgets.inspector.raw_view import RawView
from mcp_tui.ui.widgets.inspector.tool_details import ToolDetails
from mcp_tui.ui.widgets.pieces import marked, two
from mcp_tui.ui.widgets.schema_form import SchemaForm

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench


class ToolPage(Page):
    """Details, Call, Result, History and Raw of one tool."""

    BINDINGS = [
        Binding("enter", "call_form", "Call it", show=False),
        Binding("space", "offer", "Offer or withhold it", show=False),
        Binding("a", "accept", "Accept it as it is now", show=False),
        Binding("m", "mark", "Mark it read-only for that mode, or no more", show=False),
        Binding("r", "again", "Call again", show=False),
        Binding("c", "call_form", "To the form", show=False),
        Binding("t", "more_time", "60 s for the call that runs, or 60 s more", show=False),
        Binding("s", "save", "Save the files of a result", show=False),
        Binding("u", "read_page", "Read its own page here", show=False),
        Binding("b", "browse_page", "Open its own page in the browser", show=False),
    ]

    def __init__(self, bench: Workbench, tool: Tool) -> None:
        super().__init__(bench, Ref(tool.server, tool.kind, tool.key))
        self.tool = tool
        self._outcome: Outcome | None = None
        self._prefill: dict[str, Any] | None = None
        self._patience: Patience | None = None
        self._worker: Worker[None] | None = None

    def heading(self) -> Widget:
        return two(
            marked("[$hue]ƒ[/] [b]$name[/b]", name=self.tool.name), marked("$server · tool", server=self.tool.server)
        )

    def tabs(self) -> list[tuple[str, str]]:
        calls = len(self.bench.calls.of(self.ref.server, self.tool.name))
        result = [("result", "Result")] if self._outcome else []
        history = f"History {calls}" if calls else "History"
        return [("details", "Details"), ("call", "Call"), *result, ("history", history), ("raw", "Raw")]

    def make(self, tab: str) -> View:
        match tab:
            case "call":
                return CallForm(self.tool, self.bench.tasks.support(self.tool), self._prefill)
            case "result" if self._outcome is not None:
                return ResultView(self._outcome)
            case "history":
                return History(self.bench.calls.of(self.ref.server, self.tool.name))
            case "raw":
                result = self._outcome.result if self._outcome else None
                return RawView(("Definition", self.tool.raw), ("Result", result.raw if result else None))
            case _:
                return ToolDetails(self.bench, self.tool)

    def open(self, tab: str, focus: bool = False, again: bool = False) -> None:
        super().open(tab, focus, again or tab == "history")

    def offer_changed(self) -> None:
        self.renew("details")

    def called(self, tool: str) -> None:
        if tool == self.tool.name:
            self.retell()
            if isinstance(history := self._views.get("history"), History):
                history.grow(self.bench.calls.of(self.ref.server, tool))

    def follow(self) -> None:
        now = find(self.bench, self.ref)
        if isinstance(now, Tool) and now != self.tool:
            self.tool = now
            self.renew("details", "raw", *([] if self.has_draft or self.is_running else ["call"]))
        else:
            self.renew("details")
            self.retell()

    @property
    def is_running(self) -> bool:
        return self._worker is not None and self._worker.is_running

    def stop(self) -> bool:
        if self._worker is None or not self._worker.is_running:
            return False
        self._worker.cancel()
        return True

    @on(SchemaForm.Submitted)
    def _submitted(self, event: SchemaForm.Submitted) -> None:
        event.stop()
        if self.is_running:
            self.app.notify("Not called: the call before still runs. esc stops it.", severity="warning", markup=False)
            return
        event.form.set_values(event.values)  # what was sent is no draft any more
        self._call(event.values, event.other_way)

    def _call(self, arguments: dict[str, Any], as_task: bool = False) -> None:
        self.open("call", focus=True)
        self._worker = self._run(arguments, as_task)

    @work(group="call", exit_on_error=False)
    async def _run(self, arguments: dict[str, Any], as_task: bool) -> None:
        view = self._views["call"]
        assert isinstance(view, CallForm)
        started, sent = time.monotonic(), arguments
        result: ToolResult | None = None
        what, hint = "stopped by you", ""
        is_task = as_task or self._needs_task
        self._patience = patience = self.bench.hub.patience(self.ref.server) or Patience()

        def approved(decision: Decision) -> None:
            nonlocal started, sent
            started, sent = time.monotonic(), decision.arguments
            if decision.edited:
                view.form.set_values(sent)
            view.running.start("running as a task" if is_task else "calling", patience)

        try:
            result = await self.bench.call_tool(
                self.tool,
                arguments,
                progress=view.running.tell,
                as_task=as_task,
                patience=patience,
                approved=approved,
            )
        except McpTuiError as error:
            what, hint = error.what, error.hint
        finally:
            view.running.stop()
            seconds = time.monotonic() - started
            self._outcome = Outcome(sent, seconds, result, "" if result else what, hint, as_task)
            self._prefill = sent
            if self.is_attached and self.app.is_running:  # else the program is on its way out
                self.renew("raw")
                self.open("result", focus=self.has_focus_within, again=True)

    def action_again(self) -> None:
        """Call again with the arguments of the result that is shown."""
        if self._outcome is not None and not self.is_running:
            self._call(self._outcome.arguments, self._outcome.as_task)

    def action_more_time(self) -> None:
        """The call that runs may take a minute longer; without a limit, a minute from now."""
        if self._patience is not None:
            self._patience.grant()

    def action_save(self) -> None:
        """Write the pictures, sounds and other bytes of the result to files."""
        if self._outcome is not None and self._outcome.files:
            self.post_message(SaveRequested(self.tool.name, self._outcome.files))

    def action_read_page(self) -> None:
        self.post_message(OpenResource(self.tool.page, f"the page of {self.tool.name}"))

    def action_browse_page(self) -> None:
        self.post_message(BrowsePage(self.tool))

    @property
    def _needs_task(self) -> bool:
        return self.bench.tasks.support(self.tool) is TaskSupport.REQUIRED

    def action_call_form(self) -> None:
        self.open("call", focus=True)

    def action_offer(self) -> None:
        self.bench.offer(self.tool, self.bench.is_withheld(self.tool))
        self.renew("details")
        from mcp_tui.ui.widgets.explorer import Explorer

        self.post_message(Explorer.OfferChanged())

    async def action_accept(self) -> None:
        """Models may read and call the tool as it is shown, until it changes."""
        await self.bench.reviews.accept(self.ref.server, [self.tool])
        self.renew("details")

    def action_mark(self) -> None:
        """The user's own word that the tool changes nothing: what the read-only mode goes by."""
        permissions = self.bench.permissions
        try:
            permissions.mark(self.tool, permissions.marked(self.tool) is None, Origin.INSPECTOR)
        except McpTuiError as error:
            self.app.notify(clean_line(error.what), severity="error", markup=False)
        self.renew("details")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        allowed = super().check_action(action, parameters)
        match action:
            case "again":
                return allowed and self._outcome is not None
            case "accept":
                is_same = self.bench.pinned.standing(self.tool) is Standing.SAME
                return allowed and self.line.active == "details" and not is_same
            case "offer" | "mark":
                return allowed and self.line.active == "details"
            case "read_page" | "browse_page":
                return allowed and self.line.active == "details" and bool(self.tool.page)
            case "more_time":
                return allowed and self.is_running and self._patience is not None
            case "save":
                return allowed and self.line.active == "result" and self._outcome is not None
            case "call_form":
                return allowed and self.line.active != "call"
            case _:
                return allowed

    @on(History.Opened)
    def _show_past(self, event: History.Opened) -> None:
        event.stop()
        self.show(Outcome.of(event.record))

    def show(self, outcome: Outcome) -> None:
        """Show what a call came to, and go there."""
        self._outcome = outcome
        self.renew("raw")
        self.open("result", focus=True, again=True)

    @on(History.Reused)
    def _fill_form(self, event: History.Reused) -> None:
        event.stop()
        self._prefill = event.record.arguments
        self.open("call", focus=True, again=True)
