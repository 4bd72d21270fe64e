"""The web addresses in a text, for a person who wants to open one. Nothing is opened because it was drawn."""

from __future__ import annotations

import re

from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.text import hidden_count

MOST = 100
"""Addresses of one text that are found."""
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\^{}|]{1,2000}", re.IGNORECASE)
_CLOSERS = {")": "(", "]": "["}


def addresses(raw: str) -> list[str]:
    """Each http and https address once, in the order of the text; none that holds what cannot be seen, or a secret."""
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(raw):
        address = _trimmed(match.group())
        if not hidden_count(address) and not HIDDEN.are_in(address):
            found[address] = None
        if len(found) == MOST:
            break
    return list(found)


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence or the Markdown around it."""
    while address:
        last = address[-1]
        opener = _CLOSERS.get(last)
        unpaired = opener is not None and address.count(opener) < address.count(last)
        if last not in ".,;:!?*_~" and not unpaired:
            break
        address = address[:-1]
    return address
