"""Secrets are never drawn: `mask()` hides their exact values in a text, `StreamMask` in a text that comes in parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from mcp_tui.domain.servers import HttpSpec, ServerSpec, StdioSpec

MASK = "•••set•••"
"""What stands where a secret would: that it is set, and nothing else."""
MIN_LENGTH = 8
"""Characters; a shorter value would hide ordinary words."""

_SECRET_NAME = re.compile("key|token|secret|passw|credential|authorization", re.IGNORECASE)
_SCHEME = re.compile(r"(?:Bearer|Basic|Token)\s+", re.IGNORECASE)


def looks_secret(name: str) -> bool:
    """Whether a variable or header of this name holds a secret."""
    return bool(_SECRET_NAME.search(name))


def known_secrets(specs: Iterable[ServerSpec], environ: Mapping[str, str], keys: Iterable[str] = ()) -> list[str]:
    """The exact values to mask: keys, variables whose names look secret, and what servers get in headers."""
    found = [*keys, *(value for name, value in environ.items() if looks_secret(name))]
    for spec in specs:
        match spec:
            case StdioSpec():
                found += [value for name, value in spec.env.items() if looks_secret(name)]
            case HttpSpec():
                found += spec.headers.values()
                found += [_SCHEME.sub("", value, count=1) for value in spec.headers.values()]
    return list(dict.fromkeys(value for value in found if len(value) >= MIN_LENGTH))


def mask(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret, as it is or as JSON writes it, replaced by MASK. For what is drawn, never sent."""
    pattern = _pattern(_forms(secrets))
    return pattern.sub(MASK, text) if pattern else text


class StreamMask:
    """Masks a text that comes in parts; all parts together give what `mask()` gives for the whole.

    What may be the beginning of a secret is held back until the next part, or `flush()`.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = _forms(secrets)
        self._pattern = _pattern(self._forms)
        self._longest = max(map(len, self._forms), default=0)
        self._held = ""

    def feed(self, part: str) -> str:
        """What can be shown now."""
        if self._pattern is None:
            return part
        text = self._held + part
        shown: list[str] = []
        at = 0
        while True:
            hold = self._hold_from(text, at)
            found = self._pattern.search(text, at)
            if found is None or found.start() >= hold:
                break
            shown += [text[at : found.start()], MASK]
            at = found.end()
        self._held = text[hold:]
        return "".join(shown) + text[at:hold]

    def flush(self) -> str:
        """The rest, at the end of the text."""
        rest, self._held = self._held, ""
        return self._pattern.sub(MASK, rest) if self._pattern else rest

    def _hold_from(self, text: str, start: int) -> int:
        """The first position from which the text could go on to be a secret; its end when there is none."""
        for at in range(max(start, len(text) - self._longest + 1), len(text)):
            tail = text[at:]
            if any(len(form) > len(tail) and form.startswith(tail) for form in self._forms):
                return at
        return len(text)


def _forms(secrets: Iterable[str]) -> list[str]:
    """Every secret as it is and inside JSON, longest first, so that a part never hides the whole."""
    wanted = [secret for secret in secrets if len(secret) >= MIN_LENGTH]
    escaped = [json.dumps(secret, ensure_ascii=plain)[1:-1] for secret in wanted for plain in (True, False)]
    return sorted({*wanted, *escaped}, key=len, reverse=True)


def _pattern(forms: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, forms))) if forms else None
