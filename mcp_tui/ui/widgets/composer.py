"""Where messages are typed: enter sends, ctrl+j makes a new line, up on an empty line recalls."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.message import Message

from mcp_tui.ui.widgets.plain_fields import PlainArea

MAX_LINES = 8
"""The composer grows to this many lines, then scrolls."""


class Composer(PlainArea):
    """A text field that grows with its draft. A paste of several lines stays one draft."""

    DEFAULT_CSS = """
    Composer {
        height: auto; max-height: 10; border: none; padding: 1 2; background: $surface; border-left: wide $panel;
        scrollbar-size-vertical: 1;
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $text-muted; }
        &:ansi .text-area--placeholder { text-style: dim; }
        &:focus { border: none; border-left: wide $primary; }
        &:ansi { border-left: wide $border-blurred; }
        &:ansi:focus { border-left: wide $primary; }
    }
    """
    BINDINGS = [
        Binding("enter", "send", "Send; during a turn the message waits for its end", show=False),
        Binding("ctrl+j", "new_line", "New line", show=False),
        Binding("up", "recall", "On an empty line: what you sent before", show=False),
    ]

    class Submitted(Message):
        """The user sent this text."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            id=id,
            placeholder=placeholder,
            soft_wrap=True,
            highlight_cursor_line=False,
            tab_behavior="focus",
            show_line_numbers=False,
        )
        self._sent: list[str] = []
        self._recalled = 0

    @property
    def has_draft(self) -> bool:
        return bool(self.text.strip())

    def give_back(self, text: str) -> None:
        """Put text that could not be sent before what stands in the field: nothing typed is lost."""
        self.text = f"{text}\n{self.text}" if self.text else text
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        # TextArea would insert a line break on enter before any binding is looked at.
        if event.key in ("enter", "ctrl+j"):
            event.stop()
            event.prevent_default()
            await self.run_action("send" if event.key == "enter" else "new_line")
            return
        await super()._on_key(event)

    def action_send(self) -> None:
        text = self.text
        if not text.strip():
            return
        self._sent.append(text)
        self._recalled = 0
        self.clear()
        self.post_message(self.Submitted(text))

    def action_new_line(self) -> None:
        self.insert("\n")

    def action_recall(self) -> None:
        """On an empty or recalled draft: what was sent before; else the cursor goes up."""
        is_recalled = self._recalled and self.text == self._sent[-self._recalled]
        if (self.text and not is_recalled) or self._recalled >= len(self._sent):
            self.action_cursor_up()
            return
        self._recalled += 1
        self.text = self._sent[-self._recalled]
        self.move_cursor(self.document.end)
