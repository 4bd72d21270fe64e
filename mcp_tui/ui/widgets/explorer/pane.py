"""The Explorer's pane: its title, the filter line, and the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import HorizontalGroup
from textual.widgets import Input, Static

from mcp_tui.domain.happenings import CatalogChanged, Happening, ServerChanged, ServerRemoved
from mcp_tui.ui.widgets.explorer.rows import Outline
from mcp_tui.ui.widgets.explorer.tree import Explorer
from mcp_tui.ui.widgets.pieces import Pane
from mcp_tui.ui.widgets.plain_fields import PlainInput

if TYPE_CHECKING:
    from mcp_tui.workbench.bench import Workbench


class FilterField(PlainInput):
    """The words to look for. It takes the focus only when asked to, so that Tab goes from pane to pane."""

    BINDINGS = [
        Binding("escape", "leave", "In the filter: clear it and leave", show=False),
        Binding("enter,down", "to_tree", "In the filter: to the tree", show=False),
    ]

    def open(self) -> None:
        self.can_focus = True
        self.screen.set_focus(self)  # now: with focus(), `e` and `x` right after `/` would act on a server

    def action_leave(self) -> None:
        self.value = ""
        self.screen.set_focus(self._filtered())

    def action_to_tree(self) -> None:
        """Where nothing fits, the words are still to be mended."""
        if (tree := self._filtered()).root.children:
            self.screen.set_focus(tree)

    def _filtered(self) -> Explorer:
        tree = self.screen.query_one(Explorer)
        tree.filter(self.value)  # now: what was typed may still be on its way, and the next key opens what fits
        return tree

    def on_blur(self) -> None:
        self.can_focus = False

    def on_click(self) -> None:
        self.open()


class ExplorerPane(Pane):
    """Every server with what it offers, and a filter over all of it."""

    HELP = """
## Explorer

Every server with its tools, prompts, resources and templates. `enter` opens one in the Inspector.

`■` is offered to the model, `□` is withheld: `space` changes it, on `Tools` or a server for all of them.
`/` filters every server; `esc` shows everything again.
`r` connects a server again, `e` edits it, `x` switches it off or on, `delete` removes it.
"""
    DEFAULT_CSS = """
    ExplorerPane {
        & > .filter {
            height: 1; margin-bottom: 1; padding: 0 1 0 2;
            & > Static { width: auto; color: $text-muted; }
            & > .mark { width: 3; }
            & > FilterField, & > FilterField:focus {
                /* the one field that is no box: the app's look of fields must not win here */
                width: 1fr; height: 1; border: none !important; padding: 0 !important;
                background: transparent !important; background-tint: transparent 0% !important;
            }
            & > FilterField > .input--placeholder { color: $text-muted; }
        }
        & > .empty { display: none; padding: 0 1; color: $text-muted; }
        &.-empty > .empty { display: block; }
    }
    """
    BINDINGS = [
        Binding("slash", "filter", "Filter every server", priority=True),  # before the rest of a burst of keys
        Binding("escape", "unfilter", "Show everything again", show=False),
    ]

    def __init__(self, bench: Workbench) -> None:
        super().__init__("Explorer", id="explorer")
        self.tree_view = Explorer(bench)
        self.field = FilterField(placeholder="filter every server", select_on_focus=False)
        self.field.can_focus = False
        self._count = Static("", classes="count")
        self._empty = Static("", classes="empty")

    @property
    def home(self) -> Explorer:
        """What takes the focus when the pane does."""
        return self.tree_view

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield HorizontalGroup(Static("/", classes="mark"), self.field, self._count, classes="filter")
        yield self._empty
        yield self.tree_view

    @property
    def has_draft(self) -> bool:
        """Whether the user is typing a filter."""
        return self.field.has_focus and bool(self.field.value)

    def update(self, happening: Happening) -> None:
        """Follow what happens to the servers."""
        if isinstance(happening, ServerChanged | ServerRemoved | CatalogChanged):
            self.tree_view.refresh_rows()

    def action_filter(self) -> None:
        """What is typed takes the place of the words that stand there."""
        self.field.open()
        self.field.select_all()

    def action_unfilter(self) -> None:
        """What was found is under the cursor still, and now it is shown beside the tree."""
        self.field.value = ""
        self.tree_view.filter("")
        self.tree_view.tell()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "filter":
            return not self.field.has_focus
        return self.tree_view.is_filtered if action == "unfilter" else True

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        event.stop()
        self.tree_view.filter(event.value)
        self.refresh_bindings()

    @on(Explorer.Synced)
    def _count_rows(self, event: Explorer.Synced) -> None:
        event.stop()
        self._say(event.outline)

    def _say(self, outline: Outline) -> None:
        count = len(outline.names)
        self.set_note(f"{count} server{'' if count == 1 else 's'}")
        self._count.update(f"{outline.matches:,}" if outline.is_filtered else "")
        self.set_class(outline.is_empty, "-empty")
        self._empty.update("Nothing fits." if outline.is_filtered else "No servers yet. [$key] ^p [/] adds one.")
