"""A workbench without servers: what it offers is data, and every act is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from looking import screen_text
from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

import mcp_tui.ui
from mcp_tui.domain.catalog import Catalog, Item, Kind, Listing, Prompt, Resource, Template, Tool
from mcp_tui.domain.content import PromptResult, ResourceResult, ToolResult
from mcp_tui.domain.gate import Gate
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.permission import Decision, Initiator, Request
from mcp_tui.domain.pins import Standing
from mcp_tui.domain.review import Review
from mcp_tui.domain.servers import ServerInfo, ServerSpec, ServerState, ServerStatus, StdioSpec
from mcp_tui.domain.signin import AuthStep, SignedIn
from mcp_tui.domain.tasks import TaskAbilities, TaskSupport
from mcp_tui.domain.vitals import Vitals
from mcp_tui.ui.themes import INK, with_roles
from mcp_tui.ui.widgets.explorer import Explorer
from mcp_tui.ui.widgets.inspector import InspectorPane
from mcp_tui.ui.widgets.messages import CopyRequested
from mcp_tui.workbench.calls import CallRecord, Calls
from mcp_tui.workbench.permissions import Permissions

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench

M = TypeVar("M", bound=Message)


READY = ServerStatus(ServerState.READY)
INFO = ServerInfo(name="fake", version="2026.8", protocol="2025-11-25", era="legacy", pid=7)


@dataclass
class FakeServer:
    """One server as the hub would tell of it."""

    spec: ServerSpec
    items: list[Item] = field(default_factory=list[Item])
    status: ServerStatus = READY
    info: ServerInfo | None = INFO
    errors: dict[Kind, str] = field(default_factory=dict[Kind, str])
    stderr: list[str] = field(default_factory=list[str])


class FakeHub:
    """`servers.hub.Hub` over data."""

    def __init__(self) -> None:
        self.servers: dict[str, FakeServer] = {}
        self.suggestions: list[str] = []
        self.completed: list[dict[str, Any]] = []

    @property
    def names(self) -> list[str]:
        return list(self.servers)

    def spec(self, name: str) -> ServerSpec:
        return self.servers[name].spec

    def status(self, name: str) -> ServerStatus:
        return self.servers[name].status

    def info(self, name: str) -> ServerInfo | None:
        return self.servers[name].info

    def stderr(self, name: str) -> list[str]:
        return self.servers[name].stderr

    def catalog(self, name: str) -> Catalog:
        server = self.servers[name]
        listings = {
            kind: Listing(tuple(item for item in server.items if item.kind is kind), server.errors.get(kind, ""))
            for kind in Kind
        }
        return Catalog(name, listings)

    def vitals(self, name: str) -> Vitals:
        return Vitals()

    def memory(self, name: str) -> int | None:
        return None

    def left_out(self, name: str) -> dict[str, int]:
        return {}

    def log_level(self, name: str) -> str:
        return ""

    def patience(self, name: str) -> Patience | None:
        return Patience(limit) if (limit := self.spec(name).call_timeout) else None

    def can_watch(self, name: str) -> bool:
        return False

    def watch(self, name: str, uri: str) -> None:
        return None

    async def complete(self, server: str, **asked: Any) -> list[str]:
        self.completed.append({"server": server, **asked})
        return [each for each in self.suggestions if each.startswith(asked["value"])]


class FakeSignIns:
    """`workbench.signin.SigningIn` over data."""

    def __init__(self) -> None:
        self.known: dict[str, SignedIn] = {}
        self.happened: dict[str, list[AuthStep]] = {}
        self.stored: dict[str, SignedIn] = {}

    async def kept(self, spec: ServerSpec) -> SignedIn | None:
        return self.known.get(spec.name) or self.stored.get(spec.name)

    def signed_in(self, server: str) -> SignedIn | None:
        return self.known.get(server)

    def steps(self, server: str) -> list[AuthStep]:
        return self.happened.get(server, [])


class FakeTasks:
    """`workbench.tasks.Tasks` where nothing runs as a task."""

    def support(self, tool: Tool) -> TaskSupport:
        return TaskSupport.NEVER

    def abilities(self, server: str) -> TaskAbilities:
        return TaskAbilities()


class FakePinned:
    """`workbench.pinned.Pinned` where everything was accepted."""

    def standing(self, tool: Tool) -> Standing:
        return Standing.SAME


class FakeReviews:
    """`workbench.reviews.Reviews` where nothing waits."""

    async def look(self, server: str) -> Review:
        return Review(server, "", ())

    async def waiting(self, server: str) -> Review | None:
        return None


class FakeHome:
    """`workbench.home.Home` of somebody without a variable or a key."""

    environ: Mapping[str, str] = {}
    model_keys: Sequence[str] = ()


class FakeBench:
    """`workbench.bench.Workbench` over data; results are what the test puts here."""

    def __init__(self) -> None:
        self.hub = FakeHub()
        self.home = FakeHome()
        self.signing_in = FakeSignIns()
        self.gate = Gate()
        self.permissions = Permissions(self.as_workbench)
        self.pinned = FakePinned()
        self.reviews = FakeReviews()
        self.calls = Calls()
        self.tasks = FakeTasks()
        self.withheld: set[tuple[str, str]] = set()
        self.called: list[tuple[str, dict[str, Any]]] = []
        self.stopped = 0
        self.result: ToolResult | Exception = ToolResult()
        self.prompt: PromptResult | Exception = PromptResult(())
        self.resource: ResourceResult | Exception = ResourceResult(())
        self.hold: asyncio.Event | None = None
        """While set, acts wait for it."""
        self.progress: tuple[float, float | None, str] | None = None

    def add(self, name: str, *items: Item, **more: Any) -> FakeServer:
        more.setdefault("spec", StdioSpec(name, "fake-server"))
        server = self.hub.servers[name] = FakeServer(items=list(items), **more)
        return server

    def items(self) -> list[Item]:
        return [item for name in self.hub.names for item in self.hub.catalog(name)]

    def find_tool(self, server: str, name: str) -> Tool | None:
        return next((tool for tool in self.hub.catalog(server).tools if tool.name == name), None)

    def is_withheld(self, tool: Tool) -> bool:
        return (tool.server, tool.name) in self.withheld

    def offer(self, tool: Tool, on: bool) -> None:
        (self.withheld.discard if on else self.withheld.add)((tool.server, tool.name))

    def offer_all(self, tools: Iterable[Tool], on: bool) -> None:
        for tool in tools:
            self.offer(tool, on)

    def request(self, item: Item, arguments: dict[str, Any], initiator: Initiator) -> Request:
        return Request(initiator, item.kind, item.server, item.key, arguments, item.definition, "identity")

    async def call_tool(
        self, tool: Tool, arguments: dict[str, Any], *, progress: Any = None, approved: Any = None, **_how: Any
    ) -> ToolResult:
        self.called.append((tool.name, arguments))
        if approved:
            approved(Decision(True, arguments, "their own act"))
        if progress and self.progress:
            progress(*self.progress)
        error: BaseException | None = None
        try:
            return cast(ToolResult, await self._answer(self.result))
        except BaseException as failure:
            error = failure
            raise
        finally:
            result = self.result if error is None and isinstance(self.result, ToolResult) else None
            said = "" if error is None else str(error) or "stopped"
            self.calls.add(CallRecord(0.0, tool.server, tool.name, arguments, Initiator.USER, 0.2, result, said))

    async def get_prompt(self, prompt: Prompt, arguments: dict[str, str]) -> PromptResult:
        self.called.append((prompt.name, arguments))
        return cast(PromptResult, await self._answer(self.prompt))

    async def read_resource(self, resource: Resource | Template, uri: str = "") -> ResourceResult:
        self.called.append((uri or resource.key, {}))
        return cast(ResourceResult, await self._answer(self.resource))

    async def _answer(self, answer: object) -> object:
        if self.hold is not None:
            try:
                await self.hold.wait()
            except asyncio.CancelledError:
                self.stopped += 1
                raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def as_workbench(self) -> Workbench:
        return cast("Workbench", self)


class PaneApp(App[None]):
    """Panes alone on a screen; messages that a workspace would handle are kept."""

    CSS_PATH = Path(mcp_tui.ui.__file__).parent / "app.tcss"
    CSS = "#explorer { width: 32; padding: 0 1; } #inspector { width: 1fr; }"

    def __init__(self, *panes: Widget) -> None:
        super().__init__()
        self.panes = panes
        self.heard: list[Message] = []
        self.register_theme(INK)
        self.theme = "ink"

    def compose(self) -> ComposeResult:
        yield Horizontal(*self.panes)

    def get_css_variables(self) -> dict[str, str]:
        return with_roles(super().get_css_variables(), self.current_theme.ansi)

    def hold_keys(self) -> Callable[[], object]:
        """A pane alone gets its keys one by one."""
        return lambda: None

    def said(self, kind: type[M]) -> list[M]:
        """The messages of a kind that came up to the screen, in order."""
        return [message for message in self.heard if isinstance(message, kind)]

    @on(CopyRequested)
    @on(Explorer.Selected)
    @on(Explorer.Highlighted)
    @on(Explorer.OfferChanged)
    @on(Explorer.ServerAct)
    @on(InspectorPane.InsertIntoChat)
    @on(InspectorPane.ServerAct)
    def hear(self, message: Message) -> None:
        self.heard.append(message)

    def shown(self) -> str:
        """The screen as text."""
        return screen_text(self)
