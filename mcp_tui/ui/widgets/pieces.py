"""The pieces that every screen is made of: lines with two ends, key chips, panes, answers of a dialog.

Texts given as `str` are markup of our own; foreign text comes as `Content`, built from cleaned text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import HorizontalGroup, Vertical, VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.text import clean, clean_line

Words = str | Content
W = TypeVar("W", bound=Widget)


def in_front(widget: Widget) -> bool:
    """Whether time may pass on the widget: it is seen, and nothing lies over it.

    Whatever changes under a dialog makes Textual draw the whole screen anew.
    """
    return widget.is_on_screen and widget.screen.is_active


def line(raw: str, style: str = "") -> Content:
    """Foreign text as one safe line."""
    return Content.styled(clean_line(raw), style) if style else Content(clean_line(raw))


def prose(raw: str, style: str = "") -> Content:
    """Foreign text of several lines, safe."""
    return Content.styled(clean(raw), style) if style else Content(clean(raw))


def marked(markup: str, **foreign: object) -> Content:
    """Our markup with foreign words in it: `marked("[b]$name[/] waits", name=tool.name)` cannot be hijacked."""
    return Content.from_markup(markup, **{name: clean_line(str(value)) for name, value in foreign.items()})


def two(left: Words, right: Words = "", classes: str = "") -> HorizontalGroup:
    """A line of text with something at its right end."""
    return HorizontalGroup(Static(left, classes="left"), Static(right, classes="right"), classes=f"two {classes}")


def pairs(*rows: tuple[Words, Words], classes: str = "values") -> VerticalGroup:
    """Names and values in two columns; long values wrap under themselves."""
    return VerticalGroup(
        *(HorizontalGroup(Static(name, classes="name"), Static(value), classes="pair") for name, value in rows),
        classes=classes,
    )


def column(widgets: Iterable[W]) -> list[W]:
    """Widgets one below the other; the last has the class `-last`, for it needs no room below.

    A rule for `:last-child` would have Textual look up the styles of all widgets anew for each one that comes.
    """
    found = list(widgets)
    for last in found[-1:]:
        last.add_class("-last")
    return found


def key(name: str) -> str:
    """A key chip, as markup."""
    return f"[$key] {name} [/]"


def hints(**keys: str) -> str:
    """Chips with their words, as markup: `hints(enter="sends")`; `_` stands for `+`."""
    return "  ".join(f"{key(name.replace('_', '+'))} [$quiet]{word}[/]" for name, word in keys.items())


def clickable(content: Content, action: str) -> Content:
    """Words that do what a key does when they are clicked; `Clicks` acts. Unlike a link, they look as they are."""
    return content.stylize(Style.from_meta({"act": action}))


class Clicks(Widget):
    """A widget whose `clickable` words act on the screen or the app."""

    async def on_click(self, event: events.Click) -> None:
        if action := event.style.meta.get("act"):
            event.stop()
            await self.run_action(action)


class Pane(Vertical):
    """A third of the workspace: a quiet title line, and a top line that lights up with the focus."""

    class Note(Static):
        """The quiet words at the right end of the title line."""

    def __init__(self, title: str, note: Words = "", *, id: str, classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._title = Static(title, classes="left")
        self._note = Pane.Note(note, classes="right")

    def compose(self) -> ComposeResult:
        yield HorizontalGroup(self._title, self._note, classes="two title")

    def set_title(self, title: Words) -> None:
        self._title.update(title)

    def set_note(self, note: Words) -> None:
        self._note.update(note)

    def on_descendant_focus(self) -> None:
        self._light_up()

    def on_descendant_blur(self) -> None:
        self._light_up()

    def _light_up(self) -> None:
        """By where the focus is now: that one of two widgets lost it may be heard after that the other got it."""
        self.set_class(self.has_focus_within, "-focused")


class Choice(HorizontalGroup, can_focus=True):
    """One answer of a dialog: the key, the words, and what will happen. Enter or a click chooses it."""

    class Chosen(Message):
        """The user chose this answer, by Enter or by the mouse (`clicked`)."""

        def __init__(self, choice: Choice, clicked: bool, time: float) -> None:
            super().__init__()
            self.choice = choice
            self.clicked = clicked
            self.pressed_at = time
            """The time of the key or mouse event, on the event clock."""

        @property
        def control(self) -> Choice:
            return self.choice

    def __init__(
        self,
        key_name: str,
        words: str,
        consequence: Words = "",
        extra: Words = "",
        *,
        width: int = 20,
        id: str | None = None,  # noqa: A002
    ) -> None:
        self._consequence = Static(classes="left")
        super().__init__(
            Static(f"{key(key_name)}  {words:<{width}} ", classes="answer"),
            self._consequence,
            Static(extra, classes="right"),
            id=id,
        )
        self.key_name = key_name
        self.consequence = ""
        self.set_consequence(consequence)

    def set_consequence(self, words: Words, style: str = "$quiet") -> None:
        """Say what will happen."""
        self.consequence = str(words)
        self._consequence.update(Content.from_markup(f"[{style}]$why[/]", why=str(words)))

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            self.post_message(self.Chosen(self, False, event.time))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        self.post_message(self.Chosen(self, True, event.time))
