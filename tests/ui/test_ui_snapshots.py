"""Pictures of the main screens at three sizes, against those in `__snapshots__`.

Each scene is the real app with a real server under its keys; only the model is a script, and the clock stands still.
`pytest tests/ui/test_ui_snapshots.py --snapshot-update` draws the pictures anew.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

import pytest
from pictures import SIZES, changed
from syrupy.assertion import SnapshotAssertion
from whole_app import Folder, Seat, pocket, seat

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.chat import Answered, AssistantMessage, Message, OfferedTool, Part, TextPart, ToolCall, Usage
from mcp_tui.domain.servers import ServerSpec, StdioSpec
from mcp_tui.domain.text import human_size, human_time
from mcp_tui.storage.model_choice import ModelChoice
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.screens import welcome
from mcp_tui.ui.screens.approve import ApproveDialog
from mcp_tui.ui.toasts import Toasts
from mcp_tui.ui.widgets.pieces import Choice
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home
from mcp_tui.workbench.models import Models

Act = Callable[[Seat], Awaitable[None]]
NOON = time.struct_time((2026, 8, 1, 12, 0, 0, 5, 213, 0))
BROKEN = StdioSpec("notes", "sh", ("-c", "echo 'notes-mcp: no vault, giving up' >&2; exit 3"), origin="servers.json")
ANSWER = """\
17 and 25 make **42**. In code:

```python
total = 17 + 25  # 42
```

| number | is |
|---|---|
| 17 | prime |
| 25 | a square |

> Sums like this one need *no tool*.
"""


class ScriptedModel:
    """A model that calls the tool named first in the message, and then knows the answer."""

    name = "qwen3:14b"

    async def stream(self, messages: Sequence[Message], tools: Sequence[OfferedTool]) -> AsyncGenerator[Part]:
        usage = Usage(900, 100, 8_000)
        text = messages[-1].text if not isinstance(messages[-1], AssistantMessage) else ""
        arguments = {"add": '{"a": 17, "b": 25}', "forget": '{"name": "shopping"}'}.get(text.partition(" ")[0])
        if arguments:
            call = ToolCall("call-1", f"pocket__{text.partition(' ')[0]}", arguments)
            yield Answered(AssistantMessage("", calls=(call,)), usage)
            return
        yield TextPart(ANSWER)
        yield Answered(AssistantMessage(ANSWER), usage)

    async def warm(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


class SceneModels(Models):
    """The scripted model, whose address is always the same."""

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self._kept = home

    async def connect(self) -> None:
        self._kept.model = ModelChoice("http://localhost:11434/v1", "", ScriptedModel.name, "settings")
        self.current = ScriptedModel()  # pyright: ignore[reportAttributeAccessIssue]


class SceneBench(Workbench):
    """The workbench with the scripted model, where there are servers."""

    def __init__(self, home: Home, specs: Sequence[ServerSpec], **asked: Any) -> None:
        super().__init__(home, specs, **asked)
        if specs:
            self.models = SceneModels(home)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No clock, duration, size or version of this machine gets into a picture."""
    monkeypatch.setattr(human_time, "__code__", _twelve.__code__)
    monkeypatch.setattr(human_size, "__code__", _some.__code__)
    monkeypatch.setattr(time, "localtime", lambda _seconds=None: NOON)
    monkeypatch.setattr(welcome, "__version__", "1.2.3")
    monkeypatch.setattr(Toasts, "_tell_notices", lambda _toasts: None)


def _twelve(seconds: float) -> str:
    return "12 ms"


def _some(count: int) -> str:
    return "180 B"


async def conversation(me: Seat) -> None:
    await me.send("add 17 and 25")
    await me.answer("a")
    await me.idle()
    me.app.workspace.open(Ref("pocket", Kind.TOOL, "book"))
    await me.sees("Book a trip.")
    await me.press("f3")


async def permission(me: Seat) -> None:
    await ask(me, "add 17 and 25")


async def destructive(me: Seat) -> None:
    await ask(me, "forget shopping")


async def ask(me: Seat, text: str) -> None:
    await me.send(text)
    await me.until(lambda: me.app.asking.waiting)
    await me.press("f8")
    await me.until(lambda: isinstance(me.app.screen, ApproveDialog) and me.app.screen.drawn_at is not None)


async def form(me: Seat) -> None:
    me.app.workspace.open(Ref("pocket", Kind.TOOL, "book"))
    await me.sees("Book a trip.")
    await me.press("enter")
    await me.pilot.pause()
    await me.press(*"Oslo", "tab", *"two", "ctrl+s")
    await me.sees("must be a whole number")


async def prompt(me: Seat) -> None:
    await me.send("/prompt greet who=Ada")
    await me.answer("a")
    await me.sees("Say hello to Ada")


async def failure(me: Seat) -> None:
    me.app.workspace.open(Ref("notes"))
    await me.sees("no vault, giving up", "What to try")
    await me.until(lambda: isinstance(me.app.focused, Choice))


async def traffic(me: Seat) -> None:
    await me.send("/call add a=17 b=25")
    await me.until(lambda: me.app.bench.calls.of("pocket", "add"))
    await me.press("f6")
    await me.sees("tools/call")


async def nothing(me: Seat) -> None:
    await me.sees("Try the demo")


SCENES: dict[str, tuple[Act, tuple[ServerSpec, ...]]] = {
    "conversation": (conversation, (pocket(), BROKEN)),
    "permission": (permission, (pocket(),)),
    "destructive": (destructive, (pocket(),)),
    "form": (form, (pocket(),)),
    "prompt": (prompt, (pocket(),)),
    "failure": (failure, (pocket(), BROKEN)),
    "traffic": (traffic, (pocket(),)),
    "welcome": (nothing, ()),
}


@pytest.mark.parametrize("scene", SCENES)
async def test_a_screen_looks_as_it_did(scene: str, folder: Folder, snapshot: SnapshotAssertion) -> None:
    act, servers = SCENES[scene]
    async with seat(folder, servers, size=SIZES[1], welcome=not servers, bench=SceneBench) as me:
        await me.until(lambda: me.app.bench.models.current is not None or not servers)
        me.app.animation_level = "none"
        me.app.workspace.chat.composer.cursor_blink = False
        await act(me)
        assert not await changed(me.pilot, snapshot)
