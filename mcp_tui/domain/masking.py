"""Secrets are never drawn: `Secrets.mask()` hides their exact values, `StreamMask` in a text that comes in parts.

`HIDDEN` holds the secrets of this process. The workbench fills it (domain/secrets.py says with what), and the door
for all text that is drawn, domain/text.py, asks it. What is sent to a server or a model never passes here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

MASK = "•••set•••"
"""What stands where a secret would: that it is set, and nothing else."""
MIN_LENGTH = 8
"""Characters; a shorter value would hide ordinary words."""


class Secrets:
    """Exact values that must not be seen. With none, masking costs next to nothing."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._forms: list[str] = []
        self._pattern: re.Pattern[str] | None = None
        self._starts: re.Pattern[str] | None = None
        """Finds the characters that a secret begins with."""
        self.add(values)

    def add(self, values: Iterable[str]) -> None:
        """Hide these too from now on. A value that was replaced stays hidden: it may still stand somewhere."""
        wanted = {form for value in values for form in _forms(value)}.difference(self._forms)
        if wanted:
            # Longest first, so that a part never hides the whole.
            self._forms = sorted({*self._forms, *wanted}, key=lambda form: (-len(form), form))
            self._pattern = re.compile("|".join(map(re.escape, self._forms)))
            self._starts = re.compile(f"[{re.escape(''.join({form[0] for form in self._forms}))}]")

    def forget(self) -> None:
        """Hide nothing any more."""
        self._forms, self._pattern, self._starts = [], None, None

    def mask(self, text: str) -> str:
        """The text with every secret, as it is or as JSON or an address writes it, replaced by MASK."""
        if self._pattern is None or not self.are_in(text):
            return text
        return self._pattern.sub(MASK, text)

    def mask_value(self, value: Any) -> Any:
        """A JSON value with the secrets in its texts, names and numbers replaced; its shape stays."""
        if self._pattern is None:
            return value
        match value:
            case str():
                return self.mask(value)
            case dict():
                return {self.mask(str(name)): self.mask_value(inner) for name, inner in value.items()}
            case list() | tuple():
                return [self.mask_value(inner) for inner in value]
            case int() | float() if self.are_in(str(value)):
                return MASK
            case _:
                return value

    def are_in(self, text: str) -> bool:
        """Whether a secret stands in the text."""
        return any(form in text for form in self._forms)

    def cut(self, text: str, length: int) -> str:
        """The first `length` characters, less what may be the beginning of a secret that the cut goes through."""
        if len(text) <= length:
            return text
        head = text[:length]
        return head[: self.hold_from(head)]

    def find(self, text: str, start: int) -> re.Match[str] | None:
        """The first secret at or after a position."""
        return self._pattern.search(text, start) if self._pattern else None

    def hold_from(self, text: str, start: int = 0) -> int:
        """The first position from which the text could go on to be a secret; its end when there is none."""
        if self._starts is None:
            return len(text)
        for found in self._starts.finditer(text, max(start, len(text) - len(self._forms[0]) + 1)):
            tail = text[found.start() :]
            if any(form.startswith(tail) and form != tail for form in self._forms):
                return found.start()
        return len(text)


HIDDEN = Secrets()
"""The secrets of this process: one process has one screen and one pair of output streams."""


class StreamMask:
    """Masks a text that comes in parts; all parts together give what `mask()` gives for the whole.

    What may be the beginning of a secret is held back until the next part, or `flush()`.
    """

    def __init__(self, secrets: Secrets = HIDDEN) -> None:
        self._secrets = secrets
        self._held = ""

    def feed(self, part: str) -> str:
        """What can be shown now."""
        text = self._held + part
        shown: list[str] = []
        at = 0
        while True:
            hold = self._secrets.hold_from(text, at)
            found = self._secrets.find(text, at)
            if found is None or found.start() >= hold:
                break
            shown += [text[at : found.start()], MASK]
            at = found.end()
        self._held = text[hold:]
        return "".join(shown) + text[at:hold]

    def flush(self) -> str:
        """The rest, at the end of the text."""
        rest, self._held = self._held, ""
        return self._secrets.mask(rest)


def _forms(secret: str) -> Iterable[str]:
    """A secret as it is, line by line, inside JSON, inside JSON inside JSON, and inside an address."""
    secret = secret.strip()
    for text in {secret, *map(str.strip, secret.splitlines())}:
        if len(text) < MIN_LENGTH:
            continue
        yield text
        yield quote(text, safe="")
        for plain in (True, False):
            once = json.dumps(text, ensure_ascii=plain)[1:-1]
            yield once
            yield json.dumps(once, ensure_ascii=plain)[1:-1]
