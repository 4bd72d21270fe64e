"""The tasks of this session: each is followed to its end, and what came of it is kept."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import ToolResult
from mcp_tui.domain.errors import RequestFailed, RequestTimedOut, ServerError, ServerLost, ServerUnreachable
from mcp_tui.domain.happenings import Happening, Listener, ServerChanged, ServerRemoved, TaskHeard, TasksChanged
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.tasks import Task, TaskAbilities, TaskStatus, TaskSupport, task_abilities, task_support
from mcp_tui.domain.text import human_time

if TYPE_CHECKING:
    from mcp_tui.chat.ports import Progress
    from mcp_tui.servers.hub import Hub

KEPT = 200
"""Tasks that are kept; the oldest that are over give way."""
KEPT_EARLY = 50


@dataclass(slots=True, eq=False)
class TaskRun:
    """One task as we know it: followed when it was started here, else as its server listed it."""

    task: Task
    arguments: dict[str, Any] | None = None
    """None for a task that was not started here."""
    began: float = field(default_factory=time.time)
    ended: float | None = None
    """Unix time when we heard of its end, or stopped following it."""
    result: ToolResult | None = None
    error: str = ""
    """Why there is no result, in words (raw)."""
    hint: str = ""
    is_lost: bool = False
    """Its server went away meanwhile: nobody knows how it is doing."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Something happened: look at once."""

    @property
    def is_followed(self) -> bool:
        return self.arguments is not None and self.ended is None

    @property
    def words(self) -> str:
        """How it is doing, in a word or two."""
        if self.is_lost:
            return "lost"
        if self.ended is not None and not self.task.status.is_over:
            return "not followed"
        return self.task.status.words

    @property
    def message(self) -> str:
        """What is to be said about it (raw)."""
        return self.error if self.error and not self.task.status.is_over else self.task.message

    def seconds(self, now: float) -> float:
        """How long it runs, or ran."""
        if self.arguments is None:
            created, updated = self.task.created, self.task.updated
            if created is not None:
                return max(0.0, ((updated if self.task.status.is_over else now) or created) - created)
        return max(0.0, (self.ended or now) - self.began)


class Tasks:
    """Every task that was started here or listed by a server, newest last. Iterate over it for the runs."""

    def __init__(self, hub: Hub, tell: Listener) -> None:
        self._hub = hub
        self._tell = tell
        self._runs: dict[tuple[str, str], TaskRun] = {}
        self._early: OrderedDict[tuple[str, str], Task] = OrderedDict()
        """Word of tasks that we do not know yet: it may overtake the answer that makes them known."""
        self._background: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[TaskRun]:
        return iter(list(self._runs.values()))

    def __len__(self) -> int:
        return len(self._runs)

    # -- who can do what ------------------------------------------------------------------------------

    def abilities(self, server: str) -> TaskAbilities:
        """What a server lets one do with tasks, by its last handshake."""
        info = self._hub.info(server) if server in self._hub.names else None
        return task_abilities(info.capabilities, info.era) if info else TaskAbilities()

    def support(self, tool: Tool) -> TaskSupport:
        """Whether a tool is called as a task."""
        return task_support(tool, self.abilities(tool.server))

    # -- acts -----------------------------------------------------------------------------------------

    async def call(
        self,
        tool: Tool,
        arguments: dict[str, Any],
        progress: Progress | None = None,
        patience: Patience | None = None,
    ) -> ToolResult:
        """Call a tool as a task and follow it to its end; `progress` gets its messages. Raises ServerError.

        Cancelling cancels the task, where the server can do that; so does the end of the patience, which begins anew
        while the task asks the person something.
        """
        if patience is not None:
            patience.begin()
        started = await self._hub.start_task(tool.server, tool.name, arguments)
        if isinstance(started, ToolResult):
            return started
        run = TaskRun(started, arguments)
        self._keep(run)
        if early := self._early.pop((started.server, started.id), None):
            self._update(run, early)
        return await self._carry(run, progress, patience)

    async def cancel(self, run: TaskRun) -> None:
        """End a task. Raises ServerError, also for a server that cannot do that."""
        server = run.task.server
        if not self.abilities(server).cancel:
            raise ServerError(f"{server} does not let tasks be cancelled", subject=server)
        self._update(run, await self._hub.cancel_task(run.task))
        run.news.set()

    async def refresh(self) -> list[ServerError]:
        """Ask every server that can list tasks for its own; those that were lost and go on are followed again.

        Returns what went wrong.
        """
        wrong: list[ServerError] = []
        for server in self._hub.names:
            if self.abilities(server).list:
                try:
                    listed = await self._hub.list_tasks(server)
                except ServerError as error:
                    wrong.append(error)
                    continue
                for task in listed:
                    self._take(task)
        return wrong

    async def result(self, run: TaskRun) -> ToolResult | None:
        """What a task came to, fetched if it is not here yet; None while it goes on, or without any result.

        Raises ServerError.
        """
        if run.result is None and run.task.status in (TaskStatus.COMPLETED, TaskStatus.FAILED) and not run.is_followed:
            run.result = await self._hub.task_result(run.task)
            self._tell(TasksChanged(run.task.server))
        return run.result

    def happened(self, happening: Happening) -> None:
        """Take note of what a server tells of its tasks, and of what becomes of the server."""
        match happening:
            case TaskHeard(server, task):
                if (run := self._runs.get((server, task.id))) is not None:
                    self._update(run, task)
                    run.news.set()
                else:
                    self._early[server, task.id] = task
                    while len(self._early) > KEPT_EARLY:
                        self._early.popitem(last=False)
            case ServerChanged(server) | ServerRemoved(server):
                for run in self:
                    if run.task.server == server and run.is_followed:
                        run.news.set()
            case _:
                pass

    # -- one task -------------------------------------------------------------------------------------

    async def _carry(
        self, run: TaskRun, progress: Progress | None = None, patience: Patience | None = None
    ) -> ToolResult:
        """Follow a task to its end, and write down what that was."""
        run.error, run.hint, run.is_lost, run.ended = "", "", False, None
        try:
            run.result = await self._follow(run, progress, patience or Patience())
            return run.result
        except (ServerLost, ServerUnreachable) as error:
            run.is_lost = True
            run.error = f"{run.task.server} went away while the task ran"
            run.hint = "once it is back, r in Tasks (F6) asks it what became of the task"
            raise ServerLost(run.error, subject=run.task.server, hint=run.hint) from error
        except ServerError as error:
            run.error, run.hint = error.what, error.hint
            raise
        except asyncio.CancelledError:
            run.error = "stopped by you"
            self._start(self._cancel_quietly(run))
            raise
        finally:
            run.ended = time.time()
            self._tell(TasksChanged(run.task.server))

    async def _follow(self, run: TaskRun, progress: Progress | None, patience: Patience) -> ToolResult:
        asking: asyncio.Task[ToolResult] | None = None
        try:
            while not run.task.status.is_over:
                if progress is not None:
                    progress(0, None, run.task.message)
                if run.task.status is TaskStatus.INPUT_REQUIRED:
                    patience.begin()
                elif patience.left == 0:
                    self._start(self._cancel_quietly(run))
                    waited = human_time(patience.seconds or 0)
                    raise RequestTimedOut(f"the task did not end within {waited}", subject=run.task.server)
                if run.task.status is TaskStatus.INPUT_REQUIRED and asking is None:
                    # The questions of a task come to whoever waits for its result, and only then.
                    asking = asyncio.create_task(self._hub.task_result(run.task))
                await self._pause(run, asking, patience.left)
                if asking is not None and asking.done():
                    if asking.exception() is None:
                        await self._look_last(run)
                        return asking.result()
                    asking = None
                if not run.task.status.is_over:
                    self._update(run, await self._hub.task(run.task))
            return await self._outcome(run.task, asking)
        finally:
            if asking is not None:
                asking.cancel()
                asking.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _pause(self, run: TaskRun, asking: asyncio.Task[ToolResult] | None, left: float | None) -> None:
        """Until it is time to look again (after `left` seconds at most), there is news, or the result is there."""
        news = asyncio.create_task(run.news.wait())
        try:
            waited: set[asyncio.Task[Any]] = {news, asking} if asking else {news}
            seconds = run.task.poll if left is None else min(run.task.poll, left)
            await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            run.news.clear()

    async def _look_last(self, run: TaskRun) -> None:
        """Its last word on itself; a server may forget a task as soon as it gave the result."""
        try:
            self._update(run, await self._hub.task(run.task))
        except RequestFailed:
            self._update(run, replace(run.task, status=TaskStatus.COMPLETED, message=""))

    async def _outcome(self, task: Task, asking: asyncio.Task[ToolResult] | None) -> ToolResult:
        """What a task that is over came to; fetched once, for the questions of a task come with each fetching."""
        said = f": {task.message}" if task.message else ""
        if task.status is TaskStatus.CANCELLED:
            raise ServerError(f"the task was cancelled{said}", subject=task.server)
        try:
            return await (asking or self._hub.task_result(task))
        except RequestFailed as error:
            if task.status is not TaskStatus.FAILED:
                raise
            raise RequestFailed(
                f"the task failed{said} ({error.what})", subject=task.server, code=error.code
            ) from error

    async def _cancel_quietly(self, run: TaskRun) -> None:
        with suppress(ServerError):
            await self.cancel(run)

    async def _resume(self, run: TaskRun) -> None:
        with suppress(ServerError):  # it is written down in the run
            await self._carry(run)

    # -- what is kept ---------------------------------------------------------------------------------

    def _take(self, task: Task) -> None:
        """A task as its server lists it."""
        run = self._runs.get((task.server, task.id))
        if run is None:
            run = TaskRun(task)
            self._keep(run)
            return
        self._update(run, task)
        if run.is_lost:
            self._start(self._resume(run))

    def _update(self, run: TaskRun, task: Task) -> None:
        """What was heard of a task. One that is over stays as it ended."""
        task = replace(task, tool=run.task.tool)
        if task != run.task and not run.task.status.is_over:
            run.task = task
            self._tell(TasksChanged(task.server))

    def _keep(self, run: TaskRun) -> None:
        self._runs[run.task.server, run.task.id] = run
        over = [key for key, each in self._runs.items() if not each.is_followed]
        for key in over[: max(0, len(self._runs) - KEPT)]:
            del self._runs[key]
        self._tell(TasksChanged(run.task.server))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
