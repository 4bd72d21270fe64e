"""An address as it is shown before anything goes there: whole, its host in clear, and what to be careful about."""

from __future__ import annotations

from urllib.parse import urlsplit

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.ui.widgets.pieces import line, marked, pairs


def address(url: str, told: str) -> list[Widget]:
    """The whole address, and its host in clear; then our own words. Nothing is opened or fetched from here."""
    host, warnings = host_of(url)
    rows = [(Content("address"), line(url)), (Content("host"), Content.styled(line(host).plain, "bold"))]
    if letters := host_in_letters(host):
        rows.append((Content("in letters"), line(letters)))
    cares = (Static(Content(f"△ {words}"), classes="care") for words in warnings)
    return [pairs(*rows), *cares, Static(marked("[$quiet]$told[/]", told=told))]


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


def is_web(url: str) -> bool:
    """Whether a browser may be told to open it: http or https, with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
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
