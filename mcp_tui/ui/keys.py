"""Every key of the workspace, once: bindings, the bottom line, the help and the palette all derive from this table."""

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

ELSEWHERE: tuple[tuple[str, str, str], ...] = (
    ("Explorer", "enter", "open in the Inspector"),
    ("Explorer", "/", "filter every server"),
    ("Explorer", "space", "offer or withhold this tool to the model"),
    ("Explorer", "r", "start or connect this server again"),
    ("Explorer", "e  x  delete", "edit, switch off or on, remove a server"),
    ("Explorer", "t", "all that this server says to models"),
    ("Explorer", "y", "copy the name"),
    ("Chat", "enter", "send; during a turn the message waits for its end"),
    ("Chat", "ctrl+j", "new line"),
    ("Chat", "up", "on an empty line: what you sent before"),
    ("Chat", "esc", "stop the running turn"),
    ("Transcript", "shift+tab", "from the composer into the transcript"),
    ("Transcript", "up  down", "from block to block"),
    ("Transcript", "enter", "unfold"),
    ("Transcript", "y  o", "copy the block; open an address in it, after a question"),
    ("Transcript", "t", "60 s more for the calls that run"),
    ("Inspector", "left  right", "from tab to tab"),
    ("Inspector", "ctrl+s", "call, or fetch"),
    ("Inspector", "ctrl+t", "call as a task, where the tool can be"),
    ("Inspector", "r  e  c", "again; edit; take arguments from the history"),
    ("Inspector", "i  y", "insert into the chat; copy"),
    ("Inspector", "t", "60 s for the call that runs, or 60 s more"),
    ("Inspector", "s", "save the files of a result"),
    ("Inspector", "w", "watch a resource, or no more"),
    ("Inspector", "u  b", "a tool's own page: read it here, open it in the browser"),
    ("Inspector", "v  l", "how much a server logs; all its log"),
    ("Inspector", "o", "open an address in a result; on a server's page: sign out"),
    ("Inspector", "t  a", "on a server's page: what it says to models; accept what is new or changed"),
    ("Inspector", "m", "mark a tool read-only, for the mode that runs no other"),
    ("Traffic", "enter  /  p  y", "read it in full, filter, pause, copy"),
    ("Requests", "enter", "open what waits, read what was answered"),
    ("Tasks", "enter  x  r", "open the result, cancel, list again from the servers"),
    ("Permission", "a  s  A  e  r  d", "allow once, for the session, always; edit; deny with a reason; deny"),
    ("Permission", "left  right", "the calls of one answer, one by one"),
    ("Permissions", "delete  n  m", "revoke; a rule that asks or denies; mark a tool read-only"),
)
"""Keys that belong to one pane, for the help: place, key, words."""


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
