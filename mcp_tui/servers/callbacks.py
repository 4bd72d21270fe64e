"""What servers send unasked: questions to the person or the model, log lines, and word that their lists changed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from mcp_tui.domain.asks import Elicitation, ElicitReply
from mcp_tui.domain.errors import RequestFailed
from mcp_tui.domain.happenings import Logged, RootsTold, TaskHeard
from mcp_tui.servers import convert_tasks, sampling
from mcp_tui.servers.bounds import Bounds
from mcp_tui.servers.host import Host
from mcp_tui.servers.questions import Questions

if TYPE_CHECKING:
    import mcp.types as wire
    from mcp import Client
    from mcp.client import ClientRequestContext

RELISTEN = 1.0
"""Seconds before a broken stream of changes is opened again."""
TOO_MANY = "Too many questions wait for an answer"
VISITED = "notifications/elicitation/complete"
_CHANGES = (
    "notifications/tools/list_changed",
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
)


class Callbacks:
    """One server's side of the talk. Raising in here would end the connection or leak our words, so nothing does."""

    def __init__(self, server: str, host: Host, bounds: Bounds, changed: Callable[[], None]) -> None:
        self.questions = Questions()
        self._server = server
        self._host = host
        self._asks = host.asks
        self._tell = host.tell
        self._bounds = bounds
        self._changed = changed
        self._visits: dict[str, asyncio.Event] = {}
        """Where the person was sent to: set when the server says that all is done there."""

    def options(self) -> dict[str, Any]:
        """The arguments for `mcp.Client`. What has nobody to answer it is not offered."""
        options: dict[str, Any] = {"logging_callback": self.log, "message_handler": self.note}
        if self._asks is not None:
            options["elicitation_callback"] = self.elicit
            if self._host.sampling:
                options |= self._samples()
        if self._host.roots is not None:
            options["list_roots_callback"] = self.roots
        return options

    async def elicit(
        self, context: ClientRequestContext, params: wire.ElicitRequestParams
    ) -> wire.ElicitResult | wire.ErrorData:
        """MCP, client/elicitation. Whatever goes wrong while asking is a "decline"."""
        import mcp.types as wire

        if not self._bounds.takes_question(len(self.questions)):
            return sampling.refusal(TOO_MANY)
        if isinstance(params, wire.ElicitRequestURLParams):
            ask = Elicitation(self._server, params.message, None, params.url, params.elicitation_id or "")
        else:
            ask = Elicitation(self._server, params.message, dict(params.requested_schema))
        reply = await self._answer(ask, convert_tasks.task_of(params.meta))
        content = reply.content if reply.action == "accept" and not ask.url else None
        return wire.ElicitResult(action=reply.action, content=cast(Any, content))

    async def visit(self, data: object) -> bool:
        """Ask the person to go to the addresses in the data of a URL_FIRST error; whether they went to all of them."""
        wishes = data.get("elicitations") if isinstance(data, dict) else None
        visits = [each for each in wishes if isinstance(each, dict)] if isinstance(wishes, list) else []
        for each in visits:
            url, message, name = (str(each.get(key) or "") for key in ("url", "message", "elicitationId"))
            if not url or self._asks is None:
                return False
            if (await self._answer(Elicitation(self._server, message, None, url, name, True))).action != "accept":
                return False
        return bool(visits)

    def hear_of_visit(self, params: object) -> None:
        """MCP, client/elicitation: all is done at an address. A name that nobody waits for is none of our business."""
        name = params.get("elicitationId") if isinstance(params, dict) else None
        if completed := self._visits.get(str(name)):
            completed.set()

    def hear_of_task(self, params: object) -> None:
        """MCP 2025-11-25, basic/utilities/tasks: how a task is doing."""
        with suppress(RequestFailed):  # a broken notice changes nothing: whoever waits asks as well
            task = convert_tasks.task(self._server, params)
            if task.status.is_over:
                self.questions.task_over(task.id)
            self._tell(TaskHeard(self._server, task))

    async def _answer(self, ask: Elicitation, task_id: str = "") -> ElicitReply:
        assert self._asks is not None
        if ask.id:
            self._visits[ask.id] = ask.completed
        try:
            return await self.questions.answer(self._asks.elicit(ask), task_id) or ElicitReply("cancel")
        except Exception as error:  # a boundary: the server gets no words of ours, the user gets them in the log
            self._failed("question", error)
            return ElicitReply("decline")
        finally:
            self._visits.pop(ask.id, None)

    async def sample(
        self, context: ClientRequestContext, params: wire.CreateMessageRequestParams
    ) -> wire.CreateMessageResult | wire.CreateMessageResultWithTools | wire.ErrorData:
        """MCP, client/sampling."""
        assert self._asks is not None
        refused = sampling.refusal("User rejected sampling request")
        if not self._bounds.takes_sample():
            return sampling.refusal("Too many sampling requests")
        if not self._bounds.takes_question(len(self.questions)):
            return sampling.refusal(TOO_MANY)
        try:
            reply = await self.questions.answer(self._asks.sample(sampling.read(self._server, params)))
        except Exception as error:  # a boundary: as in `elicit`
            self._failed("sampling request", error)
            return refused
        return refused if reply is None else sampling.answer(reply)

    def _samples(self) -> dict[str, Any]:
        """Sampling, with tools."""
        import mcp.types as wire

        able = wire.SamplingCapability(tools=wire.SamplingToolsCapability())
        return {"sampling_callback": self.sample, "sampling_capabilities": able}

    async def roots(self, context: ClientRequestContext) -> wire.ListRootsResult:
        """MCP, client/roots."""
        import mcp.types as wire

        roots = self._host.roots or ()
        folders = [{"uri": root.uri, "name": root.name or None} for root in roots]
        self._tell(RootsTold(self._server, tuple(root.uri for root in roots)))
        return wire.ListRootsResult.model_validate({"roots": folders})

    async def log(self, params: wire.LoggingMessageNotificationParams) -> None:
        """MCP, server/utilities/logging."""
        words = params.data if isinstance(params.data, str) else _compact(params.data)
        text = f"{params.logger}: {words}" if params.logger else words
        self._tell(Logged(time.time(), self._server, params.level, text))

    async def note(self, message: wire.ServerNotification | Exception) -> None:
        """Notifications of the legacy era; broken lines are recorded where they are read."""
        if not isinstance(message, Exception) and message.method in _CHANGES:
            self._changed()

    async def listen(self, client: Client) -> None:
        """Hear of changed lists in the modern era (2026-07-28), for as long as the connection lasts."""
        from mcp import MCPError
        from mcp.client.subscriptions import ListenNotSupportedError, SubscriptionLost

        offers = client.server_capabilities
        tools, prompts, resources = (
            bool(getattr(offer, "list_changed", False)) for offer in (offers.tools, offers.prompts, offers.resources)
        )
        while tools or prompts or resources:
            try:
                async with client.listen(
                    tools_list_changed=tools, prompts_list_changed=prompts, resources_list_changed=resources
                ) as subscription:
                    async for _ in subscription:
                        self._changed()
            except SubscriptionLost:
                pass
            except (ListenNotSupportedError, MCPError):
                return
            await asyncio.sleep(RELISTEN)
            self._changed()  # nothing is replayed of what we missed

    def _failed(self, what: str, error: Exception) -> None:
        self._tell(Logged(time.time(), "mcp-tui", "error", f"a {what} of {self._server} could not be asked: {error}"))


def _compact(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
