"""The first screen without a configuration: what this is, and the doors into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalGroup
from textual.widgets import Static

from mcp_tui import __version__
from mcp_tui.ui import model_acts
from mcp_tui.ui.screens.repainted import Repainted
from mcp_tui.ui.widgets.key_line import KeyLine
from mcp_tui.ui.widgets.pieces import Choice, marked, two

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp

LOGO = """\
[$primary]┏┳┓ ┏━╸ ┏━┓[/]  [$faint]╺┳╸ ╻ ╻ ╻[/]
[$primary]┃┃┃ ┃   ┣━┛[/]  [$faint] ┃  ┃ ┃ ┃[/]
[$primary]╹ ╹ ┗━╸ ╹  [/]  [$faint] ╹  ┗━┛ ╹[/]"""
ABOUT = "Look inside MCP servers, and chat with a model that uses their\ntools. Nothing runs before you say yes."


class Welcome(Repainted[None]):
    """Demo, add a server, connect a model. esc or F2 goes to the empty workspace."""

    DEFAULT_CSS = """
    Welcome {
        background: $background;
        #top { height: 1; padding: 0 2; background: $surface; }
        #welcome { align: center middle; height: 1fr; overflow-y: auto; }
        #welcome > .column { width: 72; max-width: 94%; height: auto; }
        #model-row { padding: 0 0 0 3; margin-bottom: 1; }
    }
    """
    BINDINGS = [("escape,f2,f3,f4,f6,ctrl+n", "leave", "Workspace")]
    AUTO_FOCUS = "Choice"
    app: McpTuiApp

    def compose(self) -> ComposeResult:
        with VerticalGroup(id="top"):
            yield two(f"[b $primary]mcp-tui[/]   [$quiet]{__version__}[/]", "[$quiet]no servers yet[/]")
        with Vertical(id="welcome"), Vertical(classes="column"):
            yield Static(LOGO, classes="gap")
            yield Static(ABOUT, classes="gap")
            yield Static("[b]Start with a server[/b]", classes="gap")
            yield Choice("d", "Try the demo", "a server and a scripted model, both local")
            yield Choice("a", "Add a server", "a command, or an address")
            yield Static("\n[b]And a model[/b]   [$quiet]only for chat; browsing needs none[/]", classes="gap")
            yield Static(id="model-row")
            yield Choice("m", "Connect a model", "anything that speaks the OpenAI API")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show_model()

    def _show_model(self) -> None:
        choice = self.app.bench.home.model
        if choice is not None:
            row = marked("[$good]●[/] $name", name=f"{choice.name or 'its first model'} · {choice.base_url}")
        else:
            row = marked("[$quiet]○ $missing[/]", missing=self.app.bench.home.model_missing or "no model yet")
        self.query_one("#model-row", Static).update(row)

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        self._choose(event.choice.key_name)

    def on_key(self, event: events.Key) -> None:
        if event.key in ("d", "a", "m"):
            event.stop()
            self._choose(event.key)
        elif event.key in ("up", "down"):
            event.stop()
            self.focus_next(Choice) if event.key == "down" else self.focus_previous(Choice)

    def action_leave(self) -> None:
        self.dismiss()

    @work(group="welcome", exclusive=True, exit_on_error=False)
    async def _choose(self, key: str) -> None:
        from mcp_tui.ui import server_acts

        if key == "d":
            await self.app.start_demo()
            self.dismiss()
        elif key == "a":
            if await server_acts.add(self.app):
                self.dismiss()
        elif key == "m":
            await model_acts.connect(self.app)
            self._show_model()
