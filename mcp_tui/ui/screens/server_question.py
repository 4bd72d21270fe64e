"""What the questions of servers share: what the person types elsewhere never answers them, nor gets into their fields.

Until the person goes into the fields (tab, or a click) the dialog is guarded like the one for permissions
(ui/key_sieve.py): answers are lone presses, and typing folds it away. From then on keys are the dialog's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mcp_tui.ui.key_sieve import Guarded
from mcp_tui.ui.lone_press import QUIET_BEFORE
from mcp_tui.ui.screens.fitted import Fitted
from mcp_tui.ui.widgets.pieces import Choice, marked, two

T = TypeVar("T")


class ServerQuestion(Guarded, Fitted[T]):
    """A dialog with a question and choices. The first choice has the focus first, and answers nothing."""

    KEYS: ClassVar[Mapping[str, str]] = {}
    """The choices' ids by their keys."""
    FIRST: ClassVar[str] = "Choice"
    """What has the focus first."""
    FIELDS: ClassVar[str] = ""
    """What the focus goes to first when the person goes into the fields."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-tall")]
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "step_back", show=False),
        Binding("up", "other(False)", show=False),
        Binding("down", "other(True)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, note: str = "") -> None:
        """`note` stands at the right of the title."""
        super().__init__(classes="dialog-screen")
        self._about = note
        self._waiting = 1

    def title_line(self, markup: str, server: str) -> HorizontalGroup:
        """The first line; `$name` in the markup is the server's."""
        return two(marked(markup, name=server), self._corner(), "gap top")

    def go_in(self) -> None:
        """Put the focus into the fields: from now on keys are the dialog's."""
        self._enter_fields()
        self.set_focus(next((each for each in self.query(self.FIELDS) if each.focusable), self.focused))

    def choice_for(self, key: str) -> Choice | None:
        if key == "enter":
            return self.focused if isinstance(self.focused, Choice) else None
        found = self.query(f"#{self.KEYS[key]}").results(Choice) if key in self.KEYS else iter(())
        return next(found, None)

    def leads_in(self, choice: Choice) -> bool:
        return choice.key_name.strip() == "tab"

    def step_back(self) -> None:
        self.dismiss(None)

    def waiting_changed(self, count: int) -> None:
        if count != self._waiting:
            self._waiting = count
            for corner in self.query(".top > .right").results(Static):
                corner.update(self._corner())

    def on_mount(self) -> None:
        self.set_focus(self.query(self.FIRST).first())
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.drawn_at = monotonic()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if not isinstance(event.widget, Choice):
            self._enter_fields()
            self.call_after_refresh(self._keep_in_sight)

    def on_resize(self) -> None:
        self.call_after_refresh(self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        """What has the focus, with all that is said of it."""
        if (here := self.focused) is not None:
            rows = (each for each in self.query(".field") if here in each.walk_children())
            next(rows, here).scroll_visible(animate=False)

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """A click, or Enter once the person is in the fields. Before that Enter comes through the sieve."""
        event.stop()
        seen = self.drawn_at is not None and event.pressed_at - self.drawn_at >= QUIET_BEFORE
        if (event.clicked and seen) or (self.takes_text and event.pressed_at > self.burst_until):
            self.choose(event.choice)

    def _enter_fields(self) -> None:
        if not self.takes_text:
            self.takes_text = True
            for choice in self.query(Choice):
                if self.leads_in(choice):
                    choice.set_consequence("on to the next field, shift+tab back")

    def action_press(self, key: str) -> None:
        """A choice's key from within the fields."""
        if choice := self.choice_for(key):
            self.choose(choice)

    def action_step_back(self) -> None:
        self.step_back()

    def action_other(self, down: bool) -> None:
        if isinstance(self.focused, Choice):
            self.focus_next(Choice) if down else self.focus_previous(Choice)

    def action_page(self, by: int) -> None:
        for scroll in self.query(".question").results(VerticalScroll):
            scroll.scroll_relative(y=by * max(1, scroll.size.height - 1), animate=False)

    def _corner(self) -> Content:
        """What stands at the right end of the title."""
        count = f"1 of {self._waiting}" if self._waiting > 1 else ""
        return Content.styled("   ".join(filter(None, (count, self._about))), "$text-muted")
