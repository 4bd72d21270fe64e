"""Where signing in may lead: a server names the addresses, so none of them may be a door into the user's network.

Only https, or http beside loopback; no private address for a server that is public itself; never a link-local,
metadata, multicast or reserved one. (MCP security best practices, "Server-Side Request Forgery".)
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from mcp_tui.domain.errors import AuthNeeded

IPAddress = IPv4Address | IPv6Address
_METADATA = {ip_address("169.254.169.254"), ip_address("100.100.100.200"), ip_address("fd00:ec2::254")}
"""Where clouds keep the credentials of a machine."""
_NAT64 = IPv6Network("64:ff9b::/96")


class Addresses:
    """The rule for one server, whose own address the user chose."""

    def __init__(self, server: str, url: str) -> None:
        self._server = server
        self._url = url
        self._home: list[IPAddress] | None = None

    async def resolve(self, url: str) -> IPAddress:
        """The IP address to go to. Raises AuthNeeded for one that nobody may go to, or that is not known."""
        host, port = self.check(url)
        found = await _resolve(host, port)
        if not found:
            raise self._refused(url, "its host is not known")
        if self._home is None:
            parts = urlsplit(self._url)
            self._home = await _resolve(parts.hostname or "", parts.port or 0)
        for address in found:
            self._judge(url, address, self._home)
        if urlsplit(url).scheme == "http" and not all(address.is_loopback for address in found):
            raise self._refused(url, "it is not https")
        return found[0]

    async def allow(self, url: str) -> None:
        """For a way out that looks up names by itself, as a proxy does: what can be judged. Raises AuthNeeded."""
        host, _ = self.check(url)
        if _literal(host) is not None:
            await self.resolve(url)

    def check(self, url: str) -> tuple[str, int]:
        """What can be said without asking for the host's addresses; gives host and port. Raises AuthNeeded."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise self._refused(url, "it is no address") from None
        if parts.scheme not in ("http", "https") or not host:
            raise self._refused(url, "it is not https")
        if parts.username is not None or parts.password is not None:
            raise self._refused(url, "it brings a user name or password")
        if parts.scheme == "http" and not _is_loopback_name(host):
            raise self._refused(url, "it is not https")
        return host, port or (443 if parts.scheme == "https" else 80)

    def _judge(self, url: str, address: IPAddress, home: list[IPAddress]) -> None:
        address = _inner(address)
        if address in home:
            return
        if any(each.is_loopback for each in home):
            allowed = address.is_global or address.is_loopback or _is_private(address)
        elif any(_is_private(each) for each in home):
            allowed = address.is_global or _is_private(address)
        else:
            allowed = address.is_global and not address.is_multicast
        if not allowed or address in _METADATA:
            raise self._refused(url, f"{address} is inside a private network, where the server itself is not")

    def _refused(self, url: str, why: str) -> AuthNeeded:
        return AuthNeeded(
            f"{self._server} leads the sign-in to {url}, which was not asked: {why}",
            subject=self._server,
            hint="do not trust this server before you know why it names that address",
        )


async def _resolve(host: str, port: int) -> list[IPAddress]:
    if (literal := _literal(host)) is not None:
        return [literal]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(_inner(ip_address(str(each[4][0]).partition("%")[0])) for each in found))


def _literal(host: str) -> IPAddress | None:
    try:
        return _inner(ip_address(host))
    except ValueError:
        return None


def _inner(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_private(address: IPAddress) -> bool:
    """Of a home or company network."""
    special = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    return address.is_private and not special and not address.is_reserved


def _is_loopback_name(host: str) -> bool:
    literal = _literal(host)
    return literal.is_loopback if literal else f".{host.rstrip('.').lower()}".endswith(".localhost")
