"""The model that the chat talks to: chosen, connected, exchanged for another, and asked for a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mcp_tui.domain.asks import SampleReply, Sampling
from mcp_tui.domain.errors import ModelMissing
from mcp_tui.storage.model_choice import ModelChoice
from mcp_tui.workbench.demo import DEMO, MODEL, DemoModel
from mcp_tui.workbench.sampling import draft

if TYPE_CHECKING:
    from mcp_tui.llm.client import OpenAIModel
    from mcp_tui.workbench.home import Home


class Models:
    """Which model answers. The choice itself, and what is remembered of it, is the home's."""

    def __init__(self, home: Home) -> None:
        self.current: OpenAIModel | None = None
        self._home = home
        self._demo: DemoModel | None = None

    @property
    def label(self) -> str:
        """`NAME · HOST`, or "" while there is no model."""
        choice = self._home.model
        if self.current is None and choice is None:
            return ""
        name = self.current.name if self.current else (choice.name if choice else "")
        if self._home.demo or (choice and choice.source == DEMO):
            return f"{name or MODEL} · a script, not an AI"
        host = urlsplit(choice.base_url).netloc if choice else ""
        return f"{name} · {host}" if name else host

    def ready(self) -> OpenAIModel:
        """The model to talk to. Raises ModelMissing, saying what is not set."""
        if self.current is None:
            raise ModelMissing(self._home.model_missing, hint="ctrl+p, then Connect a model")
        return self.current

    async def connect(self) -> None:
        """Make the model ready: start the demo's, or look up a name when none is set. Raises ModelError."""
        if self._home.demo:
            await self._start_demo()
        if (choice := self._home.model) is None:
            return
        name = choice.name
        if not name:
            name = next(iter(await self.names()), "")
        if not name:
            raise ModelMissing("the endpoint lists no model", subject=choice.base_url, hint="name one: /model NAME")
        await self._talk_to(choice, name)

    async def use(self, base_url: str, name: str, key: str = "") -> None:
        """Talk to this model from now on, and remember it. Raises ConfigError."""
        await self._talk_to(self._home.use_model(base_url, name, key), name)

    async def use_demo(self) -> None:
        """The demo's scripted model, from within a session; not remembered. Raises ModelError."""
        await self._start_demo()
        await self.connect()

    async def names(self) -> list[str]:
        """The names of the endpoint's models. Raises ModelError."""
        choice = self._home.model
        if choice is None:
            raise ModelMissing(self._home.model_missing)
        return await self.names_at(choice.base_url, choice.key)

    async def names_at(self, base_url: str, key: str) -> list[str]:
        """The names of the models at any endpoint. Raises ModelError."""
        from mcp_tui.llm.client import list_models

        self._home.hide(keys=[key])
        return list(await list_models(base_url, key))

    async def draft(self, ask: Sampling) -> SampleReply:
        """The model's answer to a server's question, for the person to read before it leaves. Raises ModelError."""
        return await draft(self.ready(), ask)

    async def aclose(self) -> None:
        """Close the connection, and end the demo's endpoint."""
        model, self.current = self.current, None
        if model is not None:
            await model.aclose()
        if self._demo is not None:
            await self._demo.stop()

    async def _start_demo(self) -> None:
        if self._demo is None:
            self._demo = DemoModel()
            self._home.model = ModelChoice(await self._demo.start(), "", MODEL, DEMO)

    async def _talk_to(self, choice: ModelChoice, name: str) -> None:
        from mcp_tui.llm.client import OpenAIModel

        before, self.current = self.current, OpenAIModel(choice.base_url, choice.key, name)
        if before is not None:
            await before.aclose()
