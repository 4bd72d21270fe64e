"""What a person or a model asks of a server, over its live connection: each answer is raw, each error a ServerError."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mcp_tui.domain.patience import Patience
from mcp_tui.servers.link import Link

if TYPE_CHECKING:
    from mcp import Client
    from mcp.shared.dispatcher import ProgressFnT
    from mcp.types import RequestParamsMeta

Progress = Callable[[float, float | None, str], None]
"""Called with progress, total (None: unknown) and the server's message (raw)."""
COMPLETION_TIMEOUT = 5.0


async def call_tool(
    link: Link,
    tool: str,
    arguments: dict[str, Any],
    meta: RequestParamsMeta | None,
    progress: Progress | None,
    timeout: float | Patience | None,
) -> dict[str, Any]:
    """Call a tool; `progress` is told what comes meanwhile."""
    report = progress and _reporter(progress)

    async def send(client: Client) -> object:
        return await client.call_tool(tool, arguments, progress_callback=report, meta=meta)

    return await link.request("tools/call", send, timeout)


async def get_prompt(
    link: Link, name: str, arguments: dict[str, str], meta: RequestParamsMeta | None, timeout: float
) -> dict[str, Any]:
    """A prompt with these arguments."""

    async def send(client: Client) -> object:
        return await client.get_prompt(name, arguments, meta=meta)

    return await link.request("prompts/get", send, timeout)


async def read_resource(link: Link, uri: str, meta: RequestParamsMeta | None, timeout: float) -> dict[str, Any]:
    """A resource."""

    async def send(client: Client) -> object:
        return await client.read_resource(uri, meta=meta)

    return await link.request("resources/read", send, timeout)


async def complete(
    link: Link, prompt: str, template: str, argument: str, value: str, context: dict[str, str] | None
) -> dict[str, Any]:
    """Values for an argument of the prompt, or else of the template."""

    async def send(client: Client) -> object:
        from mcp.types import PromptReference, ResourceTemplateReference

        ref = (
            PromptReference(type="ref/prompt", name=prompt)
            if prompt
            else ResourceTemplateReference(type="ref/resource", uri=template)
        )
        return await client.complete(ref, {"name": argument, "value": value}, context)

    return await link.request("completion/complete", send, COMPLETION_TIMEOUT)


def _reporter(tell: Progress) -> ProgressFnT:
    async def report(progress: float, total: float | None, message: str | None) -> None:
        tell(progress, total, message or "")

    return report
