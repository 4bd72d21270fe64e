"""Text that comes in pieces: reasoning between `<think>` tags, and endpoints that repeat all they said before."""

from __future__ import annotations

from enum import Enum, auto

OPEN, CLOSE = "<think>", "</think>"


class Increments:
    """Turns cumulative pieces ("He", "Hello", "Hello you") into increments; true increments pass through.

    Two pieces in a row that both begin with all that came before make a stream cumulative. Until the second
    one the first suspect is held back, so nothing is ever shown twice.
    """

    def __init__(self) -> None:
        self._first = ""
        self._suspect = ""
        self._so_far = ""
        self._take = self._take_first

    def take(self, piece: str) -> str:
        """What is new in this piece."""
        return self._take(piece)

    def finish(self) -> str:
        """What was held back."""
        held, self._suspect = self._suspect, ""
        return held

    def _take_first(self, piece: str) -> str:
        self._first = piece
        if piece:
            self._take = self._take_second
        return piece

    def _take_second(self, piece: str) -> str:
        if len(piece) > len(self._first) and piece.startswith(self._first):
            self._suspect = piece
            self._take = self._take_third
            return ""
        self._take = self._take_plain
        return piece

    def _take_third(self, piece: str) -> str:
        if not piece:
            return ""
        held = self.finish()
        if piece.startswith(held):
            self._so_far = piece
            self._take = self._take_cumulative
            return piece[len(self._first) :]
        self._take = self._take_plain
        return held + piece

    def _take_cumulative(self, piece: str) -> str:
        if self._so_far.startswith(piece):
            return ""
        new = piece.removeprefix(self._so_far)
        self._so_far = piece if len(new) < len(piece) else self._so_far + piece
        return new

    def _take_plain(self, piece: str) -> str:
        return piece


class _At(Enum):
    START = auto()
    THINKING = auto()
    SPEAKING = auto()
    PLAIN = auto()
    """Past every tag that could mean something."""


class ThinkSplitter:
    """Splits an answer into its text and the reasoning that a `<think>` tag at its beginning opens.

    A tag may be cut anywhere between two pieces. A closing tag that was never opened (the prompt's template
    opened it) is left out; a tag later in the text is the model's own words and stays.
    """

    def __init__(self) -> None:
        self._pending = ""
        self._recent = ""
        """The end of what was said, in which an opening tag may have begun."""
        self._at = _At.START
        self._may_be_stray = True

    def take(self, piece: str) -> tuple[str, str]:
        """The text and the reasoning that this piece adds."""
        if self._at is _At.PLAIN:
            return piece, ""
        text, self._pending = self._pending + piece, ""
        if self._at is _At.START:
            text = self._start(text)
        if self._at is _At.THINKING:
            return self._think(text)
        return self._speak(text) if text else ("", "")

    def finish(self) -> tuple[str, str]:
        """What was held back because it might have become a tag."""
        pending, self._pending = self._pending, ""
        return ("", pending) if self._at is _At.THINKING else (pending, "")

    def reasoned_elsewhere(self) -> None:
        """The reasoning came in its own field: only a closing tag at the very beginning can still be a stray."""
        self._may_be_stray = False

    def _start(self, text: str) -> str:
        """Look for a tag at the beginning; returns what is left to be said or thought."""
        body = text.lstrip()
        for tag, then in ((OPEN, _At.THINKING), (CLOSE, _At.SPEAKING)):
            if body.startswith(tag):
                self._at = then
                self._may_be_stray = then is _At.THINKING
                return body[len(tag) :].lstrip()
            if tag.startswith(body):
                self._pending = text
                return ""
        self._at = _At.SPEAKING
        return text

    def _think(self, text: str) -> tuple[str, str]:
        reasoning, tag, rest = text.partition(CLOSE)
        if not tag:
            reasoning, self._pending = _hold_back(text, CLOSE)
            return "", reasoning
        self._at = _At.PLAIN
        return rest.lstrip(), reasoning

    def _speak(self, text: str) -> tuple[str, str]:
        self._recent = self._recent[-len(OPEN) :] + text
        if OPEN in self._recent or not self._may_be_stray:
            self._at = _At.PLAIN
            return text, ""
        before, tag, after = text.partition(CLOSE)
        if tag:
            self._at = _At.PLAIN
            return before + after, ""
        said, self._pending = _hold_back(text, CLOSE)
        return said, ""


def _hold_back(text: str, tag: str) -> tuple[str, str]:
    """The text without an end that may be the beginning of the tag, and that end."""
    at = text.rfind("<", -len(tag) + 1)
    if at >= 0 and tag.startswith(text[at:]):
        return text[:at], text[at:]
    return text, ""
