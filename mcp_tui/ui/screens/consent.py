"""The question whether a server that a project's file names may be started. Leaving it off has the first focus.

Which keys may answer, and when, is decided outside: ui/key_sieve.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.servers import ServerSpec, StdioSpec
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.widgets.pieces import Choice, key, marked, pairs, prose, two
from mcp_tui.workbench.consent import what_would_run


class ConsentDialog(ServerQuestion[bool]):
    """Asks for one server. The result is the answer, or None when it folded away."""

    CSS_PATH = "dialog.tcss"
    KEYS = {"a": "start", "d": "leave"}
    FIRST = "#leave"

    def __init__(self, spec: ServerSpec, keys: Sequence[str]) -> None:
        """`keys`: what of `keys_taken()` makes it a question of high risk."""
        super().__init__()
        self._spec = spec
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalGroup(classes="dialog -danger" if self._keys else "dialog"):
            yield two("[b]Permission required[/b]", self._corner(), "gap top")
            yield Static(marked("A file of this folder wants to start [b]$server[/b].", server=self._spec.name))
            with VerticalScroll(classes="question", can_focus=False):
                yield from consent_rows(self._spec, self._keys)
            yield Choice("a", "Start it", "now, and while the entry stays as it is", id="start")
            yield Choice("d", "Leave it", "nothing runs", key("esc"), id="leave")

    def choice_for(self, key: str) -> Choice | None:
        found = super().choice_for(key)
        return None if self._keys and key == "enter" and found and found.id == "start" else found

    def choose(self, choice: Choice) -> None:
        self.dismiss(choice.id == "start")

    def step_back(self) -> None:
        self.dismiss(False)

    def _corner(self) -> Content:
        risk = Content.from_markup("   [b $bad]▲ high risk[/]") if self._keys else Content()
        return super()._corner() + risk


def consent_rows(spec: ServerSpec, keys: Sequence[str]) -> Iterator[Widget]:
    """What agreeing means, and all that would run."""
    what = "This program is started on your computer, with your rights."
    yield Static(f"[$quiet]{what if isinstance(spec, StdioSpec) else 'This address is contacted.'}[/]", classes="gap")
    if keys:
        words = "[b $bad]▲ It takes a key of your models:[/] $names. Whoever gets it can use the model as you."
        yield Static(marked(words, names=", ".join(keys)), classes="danger")
    yield pairs(*((name, prose(value)) for name, value in what_would_run(spec)))
