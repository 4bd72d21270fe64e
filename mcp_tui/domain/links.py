"""Web addresses: those in a text, which nobody opens because they were drawn, and what an address says of its host."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

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


def host_of(url: str) -> tuple[str, list[str]]:
    """The host as it goes over the wire (punycode), and what to be careful about."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "", ["this address cannot be read"]
    warnings: list[str] = []
    if parts.scheme != "https":
        warnings.append("not https: others can read and change what goes there")
    if "@" in parts.netloc:
        warnings.append("the part before @ is a user name, not the host")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        warnings.append("the host has letters that no address can have")
    if "xn--" in host:
        warnings.append("the host has letters of other scripts: it may look like another one")
    return host, warnings


def is_web(url: str, schemes: Collection[str] = ("http", "https")) -> bool:
    """Whether it is a URL of such a scheme with a host and, if any, a possible port."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_loopback(url: str) -> bool:
    """Whether it is an address on this machine."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_in_letters(host: str) -> str:
    """A punycode host as people read it; "" for any other."""
    if "xn--" not in host:
        return ""
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return ""


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
