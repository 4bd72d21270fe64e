"""The folders that servers may use: those chosen, and a line in which another is typed or picked."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.text import clean_line
from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.widgets.pieces import hints, marked, two
from mcp_tui.ui.widgets.plain_fields import PlainInput
from mcp_tui.workbench.roots import Roots, folders_like

TOLD = "Servers that ask for roots are told these. It is advice to them: it fences nothing in."


class RootsDialog(Fitted[None]):
    """Every change holds at once, and connected servers hear of it. esc goes back."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    RootsDialog {
        OptionList { height: auto; max-height: 9; border: none; background: $surface; padding: 0; }
        OptionList:focus { border: none; }
        #folders { margin-bottom: 1; }
        #near { max-height: 8; padding: 0 1; & > .option-list--option { padding: 0 1; } }
        #outcome { display: none; margin-top: 1; }
    }
    """

    def __init__(self, roots: Roots) -> None:
        super().__init__(classes="dialog-screen")
        self._roots = roots

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog"):
            yield two("[b]Folders that servers may use[/b]", hints(esc="back"), "gap")
            with VerticalScroll(classes="question", can_focus=False):
                yield Static(f"[$quiet]{TOLD}[/]", classes="gap")
                yield OptionList(id="folders")
                yield PlainInput(placeholder="add a folder: type or pick one", id="path", select_on_focus=False)
                yield OptionList(id="near")
                yield Static("", id="outcome")
            yield Static(hints(enter="adds", down="picks one", up="to those above", delete="removes it"))

    def on_mount(self) -> None:
        self._show_folders()
        self._suggest("")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._suggest(event.value)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            folder = await self._roots.add(event.value)
        except McpTuiError as error:
            self._say(marked("[$bad]✗ $what[/]  [$quiet]$hint[/]", what=error.what, hint=error.hint))
            return
        event.input.value = ""
        self._show_folders()
        self._say(marked("[$good]✓[/] $folder", folder=folder))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "near":
            path = self.query_one("#path", Input)
            path.value = event.option_id or ""
            path.cursor_position = len(path.value)
            path.focus()

    async def on_key(self, event: events.Key) -> None:
        here = self.focused
        if event.key == "escape":
            event.stop()
            self.dismiss(None)
        elif event.key == "delete" and isinstance(here, OptionList) and here.id == "folders":
            event.stop()
            await self._remove(here.highlighted)
        elif event.key in ("down", "up") and isinstance(here, Input):
            event.stop()
            other = self.query_one("#near" if event.key == "down" else "#folders", OptionList)
            if other.display:
                other.highlighted = 0
                other.focus()
        elif event.key == "up" and isinstance(here, OptionList) and here.id == "near" and not here.highlighted:
            event.stop()
            self.query_one(Input).focus()

    async def _remove(self, index: int | None) -> None:
        if index is not None:
            folder = self._roots.folders[index]
            await self._roots.remove(folder)
            self._show_folders()
            self._say(marked("$folder [$quiet]is no longer offered[/]", folder=folder))

    def _show_folders(self) -> None:
        lines = [Content(clean_line(folder)) for folder in self._roots.folders]
        shown = self.query_one("#folders", OptionList).set_options(lines)
        shown.display = bool(lines)

    def _suggest(self, typed: str) -> None:
        paths = folders_like(typed)
        names = [clean_line(path.rstrip("/").rpartition("/")[2]) for path in paths]
        options = [Option(Content(f"{name}/"), id=path) for name, path in zip(names, paths, strict=True)]
        near = self.query_one("#near", OptionList).set_options(options)
        near.display = bool(paths)

    def _say(self, words: Content) -> None:
        outcome = self.query_one("#outcome", Static)
        outcome.update(words)
        outcome.display = True
