"""Keeps typing away from questions: every key and paste passes here before the app handles it.

A press that may answer is held back until quiet has followed it. When more keys follow instead, it was typing:
the dialog folds away, and the held key and all that come after it go to the field that had the focus before.
Where no field had it, a character behind the key that leads into the dialog's own fields can only be meant for them;
no Enter of that burst answers.
All keys pass one door in their order, so none can overtake another.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from textual import events
from textual.app import App

from mcp_tui.ui.later import later
from mcp_tui.ui.lone_press import QUIET_AFTER, LonePress, Press, Verdict
from mcp_tui.ui.widgets.pieces import Choice

_MARGIN = 0.05
"""Seconds that a key may need from the terminal's reader to the sieve; an answer waits that much longer."""
_PATIENCE = 5
"""How many times that margin is given again to an app that is late."""
_MODIFIERS = frozenset(
    [f"{side}_{name}" for side in ("left", "right") for name in ("shift", "control", "alt", "super", "hyper", "meta")]
    + ["iso_level3_shift", "iso_level5_shift", "caps_lock", "num_lock", "scroll_lock"]
)
_EDITS = frozenset(["backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+k", "ctrl+h", "ctrl+j", "ctrl+backspace"])


class Guarded:
    """A dialog whose answers are given by lone presses only."""

    drawn_at: float | None = None
    """When its answers were drawn, on the event clock; None while they are not."""
    takes_text = False
    """Whether it edits text at the moment: then keys are just keys."""
    burst_until = float("-inf")
    """The time of the last key of a burst that led into its fields: none of these may answer."""

    @abstractmethod
    def choice_for(self, key: str) -> Choice | None:
        """The answer that a key stands for; for "enter" the focused one."""

    def leads_in(self, choice: Choice) -> bool:
        """Whether this answer only puts the focus into a field of the dialog."""
        return False

    @abstractmethod
    def choose(self, choice: Choice) -> None:
        """Take this answer."""

    def takes_paste(self, text: str) -> bool:
        """Whether a paste can only be meant for this dialog; any other is typing."""
        return False

    @abstractmethod
    def step_back(self) -> None:
        """esc: one step back; from the first step that is "no"."""

    @abstractmethod
    def waiting_changed(self, count: int) -> None:
        """So many questions wait now, this one included."""


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    event: events.Key
    dialog: Guarded


class KeySieve:
    """Decides for each event what the app is to handle now."""

    def __init__(
        self,
        app: App[object],
        shown: Callable[[], Guarded | None],
        fold: Callable[[], None],
        has_field: Callable[[], bool],
    ) -> None:
        self._app = app
        self._shown = shown
        """The guarded dialog that has the screen, if any."""
        self._fold = fold
        """Takes that dialog off the screen, unanswered."""
        self._has_field = has_field
        """Whether a field had the focus before it."""
        self._presses = LonePress()
        self._held: _Held | None = None
        self._folding = False
        """A burst of keys has folded a dialog and still goes on."""
        self._led_in: Guarded | None = None
        """A burst of keys has gone into this dialog's fields and still goes on."""

    @property
    def last_key(self) -> float:
        """The time of the newest key, on the event clock."""
        return self._presses.last

    def sift(self, event: events.Event) -> Sequence[events.Event]:
        """The events that the app handles now in place of this one: usually itself, nothing, or held keys first."""
        if event.is_forwarded or not isinstance(event, (events.Key, events.Paste)):
            return [event]
        if isinstance(event, events.Key) and event.key.rpartition("+")[2] in _MODIFIERS:
            return [event]
        if self._held and self._presses.settled(event.time):
            self._take(self._held)
        dialog = self._shown()
        return self._unguarded(event) if dialog is None else self._guarded(event, dialog)

    def _unguarded(self, event: events.Key | events.Paste) -> Sequence[events.Event]:
        if event.time - self._presses.last >= QUIET_AFTER:
            self._folding, self._led_in = False, None
        if self._led_in:
            self._led_in.burst_until = event.time
        self._presses.note(event.time)
        return self._let_go(event)  # with a held key whose dialog has gone meanwhile

    def _guarded(self, event: events.Key | events.Paste, dialog: Guarded) -> Sequence[events.Event]:
        if isinstance(event, events.Paste) and dialog.takes_paste(event.text):
            return [event]
        key = event.key if isinstance(event, events.Key) else ""
        is_answer = dialog.choice_for(key) is not None
        match self._presses.press(_what(event, is_answer), event.time, dialog.drawn_at):
            case Verdict.HOLD if isinstance(event, events.Key):
                self._hold(_Held(event, dialog))
            case Verdict.TYPING if way_in := self._way_in(event, dialog):
                self._held, self._led_in = None, dialog
                dialog.choose(way_in)
                return [event]
            case Verdict.TYPING:
                self._fold()
                self._folding = True
                return self._let_go(event)
            case Verdict.BACK:
                self._held = None
                dialog.step_back()
            case Verdict.PASS:
                return [event]
            case _:
                pass
        return []

    def _way_in(self, event: events.Key | events.Paste, dialog: Guarded) -> Choice | None:
        """The held answer, if this text behind it goes into the fields that it leads to."""
        choice = dialog.choice_for(self._held.event.key) if self._held and self._held.dialog is dialog else None
        is_text = isinstance(event, events.Paste) or event.is_printable
        return choice if choice and is_text and dialog.leads_in(choice) and not self._has_field() else None

    def _let_go(self, event: events.Event) -> Sequence[events.Event]:
        """The held key and this one, without any Enter of a burst that folded a dialog."""
        held = [self._held.event] if self._held else []
        burst = self._folding or bool(held)
        self._held = None
        return [each for each in (*held, event) if not (burst and isinstance(each, events.Key) and each.key == "enter")]

    def _hold(self, held: _Held) -> None:
        self._held = held
        self._wait(held, QUIET_AFTER + _MARGIN, _PATIENCE)

    def _wait(self, held: _Held, seconds: float, again: int) -> None:
        """Take the answer after this time. When the app was too busy to be on time, keys may still be on their way."""
        due = monotonic() + seconds

        def over() -> None:
            if again and monotonic() - due > _MARGIN:
                self._app.call_later(self._wait, held, _MARGIN, again - 1)
            else:
                self._app.call_later(self._take, held)

        later(self._app, seconds, over)

    def _take(self, held: _Held) -> None:
        """Quiet has followed: the press counts, if its dialog is still there."""
        if self._held is not held:
            return
        self._held = None
        self._presses.release()
        # Asked for only now: a move of the focus before an Enter has reached the dialog by this time.
        if self._shown() is held.dialog and (choice := held.dialog.choice_for(held.event.key)):
            held.dialog.choose(choice)


def _what(event: events.Key | events.Paste, is_answer: bool) -> Press:
    if isinstance(event, events.Paste):
        return Press.TEXT
    match event.key:
        case "enter":
            return Press.ENTER
        case "escape":
            return Press.ESCAPE
        case _ if is_answer:
            return Press.ANSWER
        case key:
            return Press.TEXT if event.is_printable or key in _EDITS else Press.OTHER
