"""The dialog of the result gate: what a tool answered, before the model reads it. Nothing is passed on by accident.

Withhold has the first focus. Which keys may answer, and when, is decided outside: ui/key_sieve.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from mcp_tui.domain.content import TextBlock
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.passing import WITHHOLD, Fate, Held, Ruling
from mcp_tui.domain.scan import scan
from mcp_tui.domain.text import human_size, visible
from mcp_tui.ui.screens.server_question import ServerQuestion
from mcp_tui.ui.widgets.editors import Area, Unplain
from mcp_tui.ui.widgets.findings import MOST_TOLD, finding_line, marked_text
from mcp_tui.ui.widgets.pieces import Choice, column, hints, key, marked, two
from mcp_tui.ui.widgets.plain_fields import PlainInput

MOST_SHOWN = 40_000
"""Characters of a result that are drawn at once; the editor holds all of it."""


class ResultDialog(ServerQuestion[Ruling]):
    """Asks what of a result goes on to the model. The result is the ruling, or None when it folded away."""

    CSS_PATH = ["dialog.tcss", "result.tcss"]
    KEYS = {"a": "send", "e": "edit", "r": "reason", "d": "withhold"}
    FIRST = "#withhold"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "done", "Send what is written", show=False)]

    def __init__(self, held: Held) -> None:
        super().__init__()
        self._held = held
        self._masked = HIDDEN.mask(held.text)
        self._findings = scan(self._masked, held.other_tools)
        self._editable = visible(held.text)

    def compose(self) -> ComposeResult:
        held = self._held
        with VerticalGroup(classes="dialog -danger" if self._findings else "dialog"):
            yield two("[b]Send this result to the model?[/b]", self._corner(), "gap top")
            yield two(
                marked("[$hue]ƒ[/] [b]$tool[/b]", tool=held.tool), marked("[$quiet]$name[/]", name=held.server), "gap"
            )
            with VerticalGroup(id="look"):
                with VerticalScroll(classes="question", can_focus=False):
                    yield from column(self._told())
                yield Choice("a", "Send", "the model gets it as shown", id="send")
                yield Choice("e", "Edit", "trim or redact it, then send it", id="edit")
                yield Choice("r", "Withhold, and say why", "the model hears your reason", id="reason")
                yield Choice("d", "Withhold", "the model hears that you kept it back", key("esc"), id="withhold")
            with VerticalGroup(id="editing"):
                yield Static("[$quiet]The model gets what stands here, and hears that you edited it.[/]", classes="gap")
                yield Area(id="text")
                yield Static(hints(ctrl_s="send this", esc="back, unchanged"))
            with VerticalGroup(id="reasoning"):
                yield PlainInput(placeholder="Why it is kept back; the model reads it", id="why")
                yield Static(hints(enter="withhold", esc="back, nothing is decided"))

    def _told(self) -> Iterator[Widget]:
        """What was found, the size, and the text with the findings marked."""
        for found in self._findings[:MOST_TOLD]:
            yield Static(finding_line(found, self._masked))
        if (more := len(self._findings) - MOST_TOLD) > 0:
            yield Static(f"[$quiet]and {more:,} more, marked below[/]")
        text = self._held.text
        size = human_size(len(text.encode(errors="surrogatepass")))
        lines = text.count("\n") + 1
        what = "error" if self._held.result.is_error else "result"
        told = f"[$quiet]{size} · {lines:,} line{'' if lines == 1 else 's'} · exactly what is sent[/]"
        yield two(f"[b]The {what}[/b]", told, "text-head")
        if not all(isinstance(block, TextBlock) for block in self._held.result.blocks):
            yield Static("[$quiet]What is no text is described to the model, never sent to it.[/]")
        yield Static(marked_text(self._masked[:MOST_SHOWN], self._findings), classes="values")
        if (rest := len(self._masked) - MOST_SHOWN) > 0:
            yield Static(f"[$warn]△ {rest:,} more characters are not shown here:[/] [$quiet]e shows all of it[/]")

    def choose(self, choice: Choice) -> None:
        match choice.id:
            case "send":
                self.dismiss(Ruling(Fate.SENT))
            case "edit":
                area = self.query_one("#text", Area)
                area.text = self._editable
                self._write("-editing", area)
            case "reason":
                self._write("-reasoning", self.query_one("#why", Input))
            case _:
                self.dismiss(WITHHOLD)

    def step_back(self) -> None:
        if not self.takes_text:
            self.dismiss(WITHHOLD)
            return
        self.drawn_at = None
        self.takes_text = False
        self.remove_class("-editing", "-reasoning")
        self.set_focus(self.query_one("#withhold"))
        self.call_after_refresh(self._drawn)

    def action_done(self) -> None:
        """What is written goes to the model; unchanged it is no edit, and nothing is decided."""
        if not self.has_class("-editing"):
            return
        text = self.query_one("#text", Area).text
        if text == self._editable:
            self.step_back()
        else:
            self.dismiss(Ruling(Fate.EDITED, text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(Ruling(Fate.WITHHELD, reason=event.value.strip()))

    def on_unplain(self, event: Unplain) -> None:
        event.stop()
        self.query_one("#text", Area).text = visible(event.text)

    def _write(self, step: str, field: Widget) -> None:
        self.takes_text = True
        self.add_class(step)
        self.set_focus(field)
