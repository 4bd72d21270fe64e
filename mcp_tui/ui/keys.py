"""Every key of the workspace, once: bindings, the bottom line, the help and the palette all derive from this table.

The keys of a pane stand once, too, as BINDINGS in its widgets; the help reads them there (ui/screens/help.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does."""

    id: str
    """Also the name of the Textual action: `action_ID` on the App or the Workspace."""
    key: str
    words: str
    """What the bottom line says."""
    about: str
    """What the help and the palette say."""
    shown: str = ""
    """How the key is written."""
    footer: bool = False
    letter: str = ""
    """The second way in: ctrl+g, then this letter, for terminals that keep F keys to themselves."""
    palette: bool = True
    target: str = "screen"
    priority: bool = True

    @property
    def path(self) -> str:
        """The Textual action, with where it lives: "app.help"."""
        return f"{self.target}.{self.id}"


ACTIONS: tuple[Action, ...] = (
    Action("help", "f1", "help", "Help", "F1", True, "h", target="app"),
    Action("show_explorer", "f2", "explorer", "Go to the Explorer", "F2", True, "e"),
    Action("show_chat", "f3", "chat", "Go to the chat", "F3", True, "c"),
    Action("show_inspector", "f4", "inspector", "Go to the Inspector", "F4", True, "i"),
    Action("drawer", "f6", "traffic", "Open or close traffic and log", "F6", True, "t"),
    Action("look", "f8", "look", "Look at the question that waits", "F8", False, "w", target="app"),
    Action("mode", "f9", "mode", "Next permission mode: ask, read-only, manual", "F9", False, "m", target="app"),
    Action("new_chat", "ctrl+n", "new chat", "New chat", "^n", True),
    Action("quit", "ctrl+q", "quit", "Quit", "^q", True, target="app"),
    Action("command_palette", "ctrl+p", "palette", "Find anything, and every command", "^p", True, "p", False, "app"),
    Action("leader", "ctrl+g", "", "Then a letter: the second way to every F key", "^g", False, "", False),
    Action("copy_or_stop", "ctrl+c", "", "Copy the selection, else stop the turn", "^c", False, "", False, "app"),
    Action("suspend_process", "ctrl+z", "", "Suspend; fg brings it back", "^z", False, "", False, "app"),
    Action("back", "escape", "", "One step back, or stop the running turn", "esc", False, "", False, priority=False),
)

BY_LETTER = {action.letter: action for action in ACTIONS if action.letter}

NO_BINDINGS: tuple[tuple[str, str, str], ...] = (
    ("Chat", "shift+tab", "From the composer into the transcript"),
    ("Traffic", "enter", "Read it in full"),
    ("Requests", "enter", "Open what waits, read what was answered"),
    ("Tasks", "enter", "Open the result"),
    ("Permission required", "a  s  A", "Allow once, for the session, always"),
    ("Permission required", "e  r  d", "Edit the arguments; deny with a reason; deny"),
    ("Permission required", "v", "What changed in a tool since you last allowed it"),
    ("Permission required", "left  right", "The calls of one answer, one by one"),
    ("Permissions", "del  n  m", "Revoke; a rule that asks or denies; mark a tool read-only"),
    ("Audit log", "/  esc", "Filter; back"),
)
"""Keys of a pane that are none of its widgets' BINDINGS: place, key, words. The help reads the others there."""


def bindings(target: str) -> list[BindingType]:
    """The bindings of the App or of the Workspace ("app", "screen")."""
    return [
        Binding(
            action.key,
            action.id,
            action.words or action.about,
            key_display=action.shown,
            show=action.footer,
            priority=action.priority,
            id=action.id,
        )
        for action in ACTIONS
        if action.target == target
    ]
