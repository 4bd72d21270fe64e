"""The workbench itself: what a person can do with servers, tools and a model, whichever face asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from mcp_tui.chat.engine import run_turn
from mcp_tui.domain import finding
from mcp_tui.domain.asks import ServerAsks
from mcp_tui.domain.catalog import NOTHING_SAID, Catalog, Item, Kind, Prompt, Resource, Template, Tool
from mcp_tui.domain.chat import Conversation
from mcp_tui.domain.content import PromptResult, ResourceResult, ToolResult
from mcp_tui.domain.echoes import Heard
from mcp_tui.domain.errors import PermissionDenied, ServerUnreachable
from mcp_tui.domain.fair import Fair
from mcp_tui.domain.gate import Asker, Gate, NobodyToAsk
from mcp_tui.domain.happenings import Happening, Listener, Logged
from mcp_tui.domain.limits import LOG_LINES
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.patience import Patience
from mcp_tui.domain.permission import Decision, Initiator, Mode, Request
from mcp_tui.domain.servers import ABLE, AWAY, ServerSpec, ServerState
from mcp_tui.domain.signin import SignInAsks
from mcp_tui.domain.text import clean
from mcp_tui.domain.trace import Trace
from mcp_tui.servers.hub import Hub
from mcp_tui.storage.eras import Eras
from mcp_tui.workbench.audit import Audit, AuditedAsks
from mcp_tui.workbench.calls import Calls
from mcp_tui.workbench.consent import asked_about, keys_taken
from mcp_tui.workbench.demo import demo_server
from mcp_tui.workbench.models import Models
from mcp_tui.workbench.offer import Offer
from mcp_tui.workbench.permissions import Permissions
from mcp_tui.workbench.pinned import Pinned
from mcp_tui.workbench.results import Results
from mcp_tui.workbench.reviews import Reviews
from mcp_tui.workbench.roots import Roots, as_roots
from mcp_tui.workbench.rule_uses import RuleUses
from mcp_tui.workbench.sending import Sending
from mcp_tui.workbench.signin import SAVE_FIRST, SIGN_IN_FAULT, SigningIn
from mcp_tui.workbench.tasks import Tasks

if TYPE_CHECKING:
    from mcp_tui.chat.events import TurnEvent
    from mcp_tui.chat.ports import MayGoOn, Progress
    from mcp_tui.workbench.home import Home


class Workbench:
    """Servers, gate, model and conversation, wired together. Make it inside a running event loop."""

    def __init__(
        self,
        home: Home,
        specs: Sequence[ServerSpec],
        *,
        asker: Asker | None = None,
        asks: ServerAsks | None = None,
        sign_in: SignInAsks | None = None,
    ) -> None:
        self.home = home
        self.trace = Trace()
        self.rule_uses = RuleUses(home.rules.count)
        self.gate = Gate(asker or NobodyToAsk(), home.rules, mode=home.settings.mode, used=self.rule_uses.note)
        self.audit = Audit(home.audit_log, partial(self.say, level="warning"))
        self.gate.decided, self.gate.ruled = self.audit.decided, self.audit.ruled
        self.permissions = Permissions(self)
        home.rules.told = partial(self.say, level="warning")
        self.signing_in = SigningIn(home, self.audit, sign_in)
        self.asks = AuditedAsks(asks, self.audit) if asks else None
        """Who answers servers; None: nobody."""
        self._eras = Eras(home.paths.eras_file)
        self.hub = Hub(
            self.trace,
            self.tell,
            self.asks,
            sampling=asks is not None,
            roots=as_roots(home.settings.roots),
            authorizer=self.signing_in,
            eras=self._eras,
        )
        self.pinned = Pinned(self)
        self.reviews = Reviews(self)
        self.results = Results(self.hub, self.audit)
        self.roots = Roots(home, self.hub, self.audit)
        self.models = Models(home)
        self.conversation = Conversation()
        self.heard = Heard()
        self.calls = Calls()
        self.sending = Sending(self)
        self.tasks = Tasks(self.hub, self.tell)
        self.log = Fair[Logged](LOG_LINES)
        self._lines = count()
        self._specs = list(specs)
        home.hide(spec for spec in specs if not spec.needs_consent)  # what is asked about is shown as it is
        self._listeners: list[Listener] = []
        self._offer = Offer(self)
        self._server_changed = asyncio.Event()
        self._withheld = set(home.settings.withheld)

    # -- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start every server that may be started, all at once. Returns at once."""
        for spec in self._specs:
            self.hub.add(spec)

    async def start_demo(self) -> None:
        """The demo's server and model, from within a session. Nothing of it is remembered. Raises ModelError."""
        if (spec := demo_server()).name not in self.hub.names:
            self.hub.add(spec)
        await self.models.use_demo()

    async def aclose(self) -> None:
        """End every server and close what is open. Nothing of ours runs afterwards. May be called twice.

        Each part is closed, whatever the closing of another raises.
        """
        async with aclosing(self.home), aclosing(self.rule_uses), aclosing(self.reviews):
            ends = await asyncio.gather(self.hub.aclose(), self.models.aclose(), return_exceptions=True)
        for end in ends:
            if end is not None:
                raise end

    def subscribe(self, listener: Listener) -> None:
        """Hear of what happens from now on. Called on the event loop's thread."""
        self._listeners.append(listener)

    def say(self, text: str, level: str = "info") -> None:
        """Put a line of our own into the log."""
        self.tell(Logged(time.time(), "mcp-tui", level, text))

    def tell(self, happening: Happening) -> None:
        """Let everybody hear of it who listens."""
        if isinstance(happening, Logged):
            self.log.add(happening.source, next(self._lines), happening)
        else:
            self._server_changed.set()
            self.tasks.happened(happening)
            self.reviews.happened(happening)
        for listener in self._listeners:
            listener(happening)

    # -- what there is ------------------------------------------------------------------------------

    def items(self) -> list[Item]:
        """Everything that every server offers, in the order of servers and groups; one that is off offers nothing."""
        names = [name for name in self.hub.names if self.hub.status(name).state not in AWAY]
        return [item for name in names for item in self.hub.catalog(name)]

    def find_tool(self, server: str, name: str) -> Tool | None:
        """The tool as its server defines it now."""
        return self.hub.catalog(server).tool(name)

    def find(self, kind: Kind, name: str) -> Item:
        """The one item that a person means by `name` or `SERVER/name`. Raises NoSuchItem, saying what is near."""
        return finding.find(self.items(), kind, name)

    def template_for(self, uri: str) -> Template | None:
        """A template that an address could have come from: one that begins as the address does."""
        return finding.template_for(self.items(), uri)

    def tools_on_offer(self) -> list[Tool]:
        """The tools that the model is offered: such as were accepted, and none in manual mode."""
        if self.gate.mode is Mode.MANUAL:
            return []
        able = [name for name in self.hub.names if self.hub.status(name).state in ABLE]
        return [tool for name in able for tool in self.pinned.readable(name) if not self.is_withheld(tool)]

    def is_withheld(self, tool: Tool) -> bool:
        return f"{tool.server}/{tool.name}" in self._withheld

    def offer(self, tool: Tool, on: bool) -> None:
        """Offer a tool to the model, or withhold it; remembered."""
        self.offer_all([tool], on)

    def offer_all(self, tools: Iterable[Tool], on: bool) -> None:
        """Offer several tools or withhold them, remembered by one writing of the settings."""
        names = {f"{tool.server}/{tool.name}" for tool in tools}
        self._withheld = self._withheld - names if on else self._withheld | names
        self.home.save_settings(replace(self.home.settings, withheld=tuple(sorted(self._withheld))))

    @property
    def none_ready_yet(self) -> bool:
        """Servers are still connecting, and none is ready: a turn now would have no tool at all."""
        hub = self.hub
        able = any(hub.status(name).state in ABLE and hub.catalog(name).listings for name in hub.names)
        return not able and any(hub.status(name).state in (ServerState.CONNECTING, *ABLE) for name in hub.names)

    async def some_ready(self) -> None:
        """Wait while none is ready yet."""
        while self.none_ready_yet:
            self._server_changed.clear()
            await self._server_changed.wait()

    # -- servers ------------------------------------------------------------------------------------

    async def try_server(self, spec: ServerSpec) -> Catalog:
        """Connect to a server beside everything else, and leave it again. Raises ServerUnreachable."""
        hub = Hub(Trace(), lambda _happening: None, authorizer=self.signing_in.without_asking, eras=self._eras)
        async with aclosing(hub):
            hub.add(spec)
            await hub.wait_settled()
            status = hub.status(spec.name)
            if status.state not in ABLE:
                advice = SAVE_FIRST if status.short == SIGN_IN_FAULT else status.hint
                hint = " · ".join([*hub.stderr(spec.name)[-1:], advice])
                raise ServerUnreachable(status.reason or status.state.value, subject=spec.name, hint=hint)
            return hub.catalog(spec.name)

    async def consent(self, server: str, ask: Callable[[ServerSpec, Sequence[str]], Awaitable[bool]]) -> None:
        """Have the user asked about a project's server; if they agree, start it, and remember the exact entry."""
        spec, about = self.hub.spec(server), asked_about(self.hub.spec(server), self.home)
        with self.audit.asking("consent", server, **about) as answer:
            agreed = await ask(spec, keys_taken(spec, self.home))
            answer.outcome = "agreed" if agreed else "refused"
        if agreed:
            self.home.hide([spec])
            if entry := about["entry"]:
                self.home.rules.give_consent(entry, clean(spec.address), time.time())
            self.hub.consent(server)

    # -- acts, each through the gate ------------------------------------------------------------------

    def request(
        self,
        item: Item,
        arguments: dict[str, Any],
        initiator: Initiator,
        *,
        who: str = "",
        consented: bool = False,
    ) -> Request:
        """The question that the gate is asked about an item."""
        spec = self.hub.spec(item.server)
        return Request(
            initiator=initiator,
            kind=item.kind,
            server=item.server,
            item=item.key,
            arguments=arguments,
            definition=item.definition,
            identity=self.pinned.identity(item.server),
            description=item.description,
            hints=item.hints if isinstance(item, Tool) else NOTHING_SAID,
            who=who or initiator.value,
            server_kind=spec.kind if spec.kind == "local program" else spec.address,
            consented=consented,
            schema=dict(item.input_schema) if isinstance(item, Tool) else None,
            definition_text=HIDDEN.mask(item.as_json),
            wants_question=isinstance(item, Tool) and item.wants_question,
            blocked=self.pinned.blocked(item, initiator) if isinstance(item, Tool) else "",
            last=self.calls.last_arguments(item) if isinstance(item, Tool) else None,
        )

    async def call_tool(
        self,
        tool: Tool,
        arguments: dict[str, Any],
        *,
        initiator: Initiator = Initiator.USER,
        progress: Progress | None = None,
        as_task: bool = False,
        patience: Patience | None = None,
        approved: Callable[[Decision], object] = lambda _decision: None,
    ) -> ToolResult:
        """A person's own call: their act is consent, unless the server calls the tool destructive.

        `approved` is told when it is sent, where `patience` begins. Raises PermissionDenied and ServerError.
        """
        decision = await self._allowed(self.request(tool, arguments, initiator, consented=True))
        approved(decision)
        return await self.sending.send(tool, decision, initiator, progress, as_task, patience)

    async def get_prompt(
        self, prompt: Prompt, arguments: dict[str, str], *, initiator: Initiator = Initiator.USER
    ) -> PromptResult:
        """Fetch a prompt's messages. Typed on the command line it is consent; in the app it asks once per server."""
        consented = initiator is Initiator.COMMAND_LINE
        request = self.request(prompt, dict(arguments), initiator, consented=consented)
        decision = await self._allowed(request)
        with self.audit.running(decision):
            result = await self.hub.get_prompt(prompt.server, prompt.name, decision.arguments)
        self.heard.note(prompt.server, result.text, fetched=True)
        return result

    async def read_resource(
        self, resource: Resource | Template, uri: str = "", *, initiator: Initiator = Initiator.USER
    ) -> ResourceResult:
        """Read a resource, or the expansion `uri` of a template."""
        address = uri or resource.key
        consented = initiator is Initiator.COMMAND_LINE
        request = replace(self.request(resource, {}, initiator, consented=consented), item=address)
        with self.audit.running(await self._allowed(request)):
            result = await self.hub.read_resource(resource.server, address)
        self.heard.note(resource.server, result.text, fetched=True)
        return result

    def may_read(self, resource: Resource | Template, uri: str) -> bool:
        """Whether the user's leave to read an address is there already, so that nobody need be asked."""
        request = replace(self.request(resource, {}, Initiator.USER), item=uri)
        return self.gate.explain(request).allow is True

    async def _allowed(self, request: Request) -> Decision:
        decision = await self.gate.check(request)
        if not decision.allowed:
            raise PermissionDenied(
                f"Permission denied: {request.kind.value} {request.item} on {request.server} did not run",
                subject=request.item,
                hint=decision.why,
            )
        return decision

    # -- chat ---------------------------------------------------------------------------------------

    def turn(self, text: str | None, may_go_on: MayGoOn | None = None) -> AsyncGenerator[TurnEvent]:
        """One turn of the chat; None sends the same history again. Raises ModelMissing when there is no model."""
        settings = self.home.settings
        self.reviews.begin_turn()
        self.heard.say(text or "")
        return run_turn(
            self.conversation,
            text,
            self.models.ready(),
            self._offer,
            self.gate,
            max_rounds=settings.max_rounds,
            may_go_on=may_go_on,
            results=self.results,
            system=settings.system,
        )

    def new_chat(self) -> None:
        """Begin an empty conversation."""
        self.conversation = Conversation()
        self.heard.forget()
