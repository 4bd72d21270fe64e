"""Pictures of what servers ask the person, at three sizes, against those in `__snapshots__`.

`pytest tests/ui/test_ui_question_pictures.py --snapshot-update` draws them anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asking_app import AskingApp, seen
from looking import until
from pictures import SIZES, picture
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Input

from mcp_tui.domain.asks import Elicitation, SampleReply, Sampling, SamplingMessage
from mcp_tui.domain.chat import OfferedTool, ToolCall
from mcp_tui.domain.content import TextBlock
from mcp_tui.domain.signin import SignIn
from mcp_tui.domain.trace import Trace
from mcp_tui.servers.hub import Hub
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.ui.screens.roots import RootsDialog
from mcp_tui.ui.screens.sample import SampleDialog
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.workbench.audit import Audit, Remembered
from mcp_tui.workbench.home import Home
from mcp_tui.workbench.roots import Roots

FORM = Elicitation(
    "everything",
    "To print your badge I need a few details.",
    {
        "type": "object",
        "required": ["name", "email"],
        "properties": {
            "name": {"type": "string", "title": "Name", "description": "as it should be printed"},
            "email": {"type": "string", "title": "E-mail", "format": "email"},
            "guests": {"type": "integer", "title": "Guests", "minimum": 0, "maximum": 3, "default": 1},
            "lunch": {"type": "boolean", "title": "Lunch", "description": "served from noon", "default": True},
            "size": {
                "type": "string",
                "title": "Badge size",
                "oneOf": [{"const": "s", "title": "Small"}, {"const": "m", "title": "Medium"}],
                "default": "m",
            },
            "days": {
                "type": "array",
                "title": "Days",
                "items": {"type": "string", "enum": ["Monday", "Tuesday", "Wednesday"]},
                "default": ["Monday"],
            },
            "api_key": {"type": "string", "title": "API key", "description": "of the printer"},
        },
    },
)
ADDRESS = Elicitation(
    "files", "Agree to the new terms, then come back.", url="https://xn--pple-43d.com/terms?session=8f14e45fceea&next=/"
)
SAMPLING = Sampling(
    "notes",
    (
        SamplingMessage("user", (TextBlock("Sum up this note in one sentence:\nMilk, eggs, and the long way home."),)),
        SamplingMessage("assistant", (TextBlock("Which language?"),)),
        SamplingMessage("user", (TextBlock("English."),)),
    ),
    "You sum up notes.",
    200,
    tools=(OfferedTool("look_up", "notes", "look_up", "Find another note", {"type": "object"}),),
    hints=("qwen3",),
    temperature=0.2,
)
DRAFT = SampleReply(
    "A shopping list of milk and eggs, and a walk the long way home.",
    "qwen3:14b",
    (ToolCall("c1", "look_up", '{"name": "home"}'),),
)
SIGN_IN = SignIn(
    "notes",
    "https://login.example.org/authorize?response_type=code&client_id=mcp-tui&state=s1&scope=notes.read+notes.write",
    "http://127.0.0.1:4711/callback",
)


class Page(AskingApp):
    """Knows what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.animation_level = "none"
        self.replies: list[asyncio.Task[Any]] = []


Act = Callable[[Page, Pilot[None]], Awaitable[None]]


async def form(app: Page, pilot: Pilot[None]) -> None:
    await asked(app, pilot, app.asking.elicit(FORM))


async def form_with_a_fault(app: Page, pilot: Pilot[None]) -> None:
    await form(app, pilot)
    await enter(pilot)
    await pilot.press(*"Ada", "tab", *"me@", "ctrl+s")


async def form_at_its_end(app: Page, pilot: Pilot[None]) -> None:
    await form(app, pilot)
    await enter(pilot)
    await pilot.press(*["tab"] * 6, *"s3cret")


async def address(app: Page, pilot: Pilot[None]) -> None:
    await asked(app, pilot, app.asking.elicit(replace(ADDRESS, completed=asyncio.Event())))


async def sampling(app: Page, pilot: Pilot[None]) -> None:
    async def draft(ask: Sampling) -> SampleReply:
        return DRAFT

    app.asking.drafter = lambda: (draft, DRAFT.model)
    await asked(app, pilot, app.asking.sample(SAMPLING))


async def sampling_with_the_models_answer(app: Page, pilot: Pilot[None]) -> None:
    await sampling(app, pilot)
    await enter(pilot)
    await pilot.press("ctrl+l")
    dialog = app.screen
    assert isinstance(dialog, SampleDialog)
    await app.workers.wait_for_complete()
    await until(lambda: dialog.query_one(".question", VerticalScroll).is_vertical_scroll_end)


async def signing_in(app: Page, pilot: Pilot[None]) -> None:
    await asked(app, pilot, app.asking.sign_in(SIGN_IN))


async def roots(app: Page, pilot: Pilot[None]) -> None:
    here = Path("home")
    home = Home(Paths(here, here, here, here), {}, Settings(roots=("/srv/projects/parser", "/srv/shared/notes")))
    app.push_screen(RootsDialog(Roots(home, Hub(Trace(), lambda _: None), Audit(Remembered(), print))))
    await until(lambda: isinstance(app.focused, Input))


async def asked(app: Page, pilot: Pilot[None], question: Any) -> None:
    """The question is on the screen, and nobody answered yet."""
    app.replies.append(asyncio.create_task(question))
    await seen(pilot)


async def enter(pilot: Pilot[None]) -> None:
    """The person goes into the fields."""
    dialog = pilot.app.screen
    assert isinstance(dialog, ServerQuestion)
    dialog.go_in()
    await pilot.pause()


SCENES: list[Act] = [
    form,
    form_with_a_fault,
    form_at_its_end,
    address,
    sampling,
    sampling_with_the_models_answer,
    roots,
    signing_in,
]


@pytest.fixture(autouse=True)
def same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of our own, and a terminal over ssh."""
    for name in ("docs", "src", "tests"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("scene", SCENES, ids=lambda act: act.__name__)
async def test_a_question_looks_as_it_did(scene: Act, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = Page()
    async with app.run_test(size=size) as pilot:
        await scene(app, pilot)
        looks_the_same = await picture(pilot, size) == snapshot.use_extension(SVGImageExtension)
        app.asking.close()
        await asyncio.gather(*app.replies)
    assert looks_the_same
