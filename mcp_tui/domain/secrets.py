"""Which values are secrets: keys, variables whose names say so, and what the entries of servers hold.

What is done about them is in domain/masking.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from mcp_tui.domain.masking import MASK, MIN_LENGTH
from mcp_tui.domain.servers import HttpSpec, ServerSpec, StdioSpec
from mcp_tui.domain.signin import OAuthSettings

_SECRET_NAME = re.compile("key|token|secret|passw|credential|authorization", re.IGNORECASE)
_SCHEME = re.compile(r"(?:Bearer|Basic|Token)\s+", re.IGNORECASE)
_PLAIN_HEADERS = {"accept", "accept-language", "content-type", "origin", "user-agent"}
"""Headers that every program sends; to hide "application/json" would hide ordinary words."""
_ALWAYS_SECRET = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_CREDENTIALS = re.compile(r"(Bearer|Basic|Digest|DPoP|Negotiate|Token)\s+\S", re.IGNORECASE)
_ADDRESSES = {"location", "content-location", "referer"}
_USER_INFO = re.compile(r"(?<=://)[^/?#@]*@")
_PARAMETER = re.compile(r"(?<=[?&#])([^=&#]+)=([^&#]+)")
_NAMED = re.compile(r"-{0,2}([\w-]+)\s*[=:]\s*(.+)", re.DOTALL)
_FLAG = re.compile(r"--?[\w-]+")


def looks_secret(name: str) -> bool:
    """Whether a variable, option or header of this name holds a secret."""
    return bool(_SECRET_NAME.search(name))


def safe_header(name: str, value: str) -> str:
    """A header's value without what must not be seen: of credentials the scheme stays, of cookies nothing."""
    plain = name.lower()
    if plain in _ALWAYS_SECRET and value:
        scheme = _CREDENTIALS.match(value)
        return f"{scheme[1]} {MASK}" if scheme else MASK
    if looks_secret(plain) and len(value) >= MIN_LENGTH:
        return MASK
    return safe_address(value) if plain in _ADDRESSES else value


def safe_address(address: str) -> str:
    """An address or a path without the user's name and password, and the values in its query that look secret."""

    def hide(found: re.Match[str]) -> str:
        return f"{found[1]}={MASK if looks_secret(unquote_plus(found[1])) else found[2]}"

    return _PARAMETER.sub(hide, _USER_INFO.sub("", address))


def known_secrets(specs: Iterable[ServerSpec], environ: Mapping[str, str], keys: Iterable[str] = ()) -> list[str]:
    """The exact values to mask: keys, variables whose names look secret, passwords in addresses, and what servers
    get in headers and in options whose names look secret."""
    found = [*keys, *_in_variables(environ)]
    for spec in specs:
        match spec:
            case StdioSpec():
                found += [*_in_variables(spec.env), *_in_words(spec.args)]
            case HttpSpec():
                found += [*_in_headers(spec.headers), *_in_address(spec.url)]
                found += [*_in_oauth(spec.oauth)]
    return list(dict.fromkeys(value for value in map(str.strip, found) if len(value) >= MIN_LENGTH))


def _in_variables(variables: Mapping[str, str]) -> Iterator[str]:
    for name, value in variables.items():
        if looks_secret(name):
            yield value
        yield from _in_address(value)


def _in_headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        if name.lower() not in _PLAIN_HEADERS:
            yield value
            yield _SCHEME.sub("", value, count=1)


def _in_oauth(oauth: OAuthSettings) -> Iterator[str]:
    """A secret, the lines of a PEM key, tokens; the paths of files are none."""
    yield oauth.client_secret
    if "-----BEGIN" in oauth.private_key:
        yield from (line for line in oauth.private_key.splitlines() if not line.startswith("-----"))
    yield from (token for token in (oauth.assertion, oauth.id_token) if "/" not in token)


def _in_words(words: Iterable[str]) -> Iterator[str]:
    """Of a command: `--api-key VALUE`, `--api-key=VALUE`, `-e API_KEY=VALUE`, `--header "Authorization: VALUE"`."""
    before = ""
    for word in words:
        if found := _NAMED.fullmatch(word):
            if looks_secret(found[1]):
                yield found[2]
                yield _SCHEME.sub("", found[2], count=1)
        elif _FLAG.fullmatch(before) and looks_secret(before) and not _FLAG.fullmatch(word):
            yield word
        yield from _in_address(word)
        before = word


def _in_address(text: str) -> Iterator[str]:
    """The password of an address, and the values of its query whose names look secret."""
    if "://" not in text:
        return
    try:
        parts = urlsplit(text)
        yield parts.password or ""
        yield from (value for name, value in parse_qsl(parts.query) if looks_secret(name))
    except ValueError:
        return
