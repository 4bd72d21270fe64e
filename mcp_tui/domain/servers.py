"""What a server is: how to reach it, how it is doing, and what it says of itself."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum
from itertools import chain, count
from typing import Any
from urllib.parse import urlsplit

from mcp_tui.domain.signin import OAuthSettings

CONNECT_TIMEOUT = 20.0
"""Seconds a server has for its handshake, unless its entry says otherwise."""
ERAS = ("auto", "legacy", "2026-07-28")
"""How a server may be spoken to: found out by asking it, always by the handshake (`initialize`, until 2025-11-25), or
never by it (`server/discover`, since 2026-07-28)."""

LOG_LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
"""From the most lines to the fewest (RFC 5424)."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the entry of any server may say."""

    name: str
    _: KW_ONLY
    enabled: bool = True
    connect_timeout: float = CONNECT_TIMEOUT
    origin: str = ""
    """Where the entry stands, as "FILE" or "FILE, line N" or "command line"."""
    missing: tuple[str, ...] = ()
    """Names of `${VARIABLES}` in the entry that are not set; their text is left as written."""
    taken: tuple[str, ...] = ()
    """Names of `${VARIABLES}` in the entry whose values stand in it now."""
    written: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """The entry as it is written, its variables not replaced; {} when there is none."""
    needs_consent: bool = False
    """From a project's folder: never started before the user agreed to this exact command."""
    era: str = "auto"
    """One of `ERAS`."""
    call_timeout: float | None = None
    """Seconds that a tool call has, and reading a prompt or a resource; None: as long as it takes, and 60 s."""
    log_level: str = ""
    """One of `LOG_LEVELS`: what it is to log from the start; "": as it likes."""
    review_results: bool = False
    """A person sees what its tools answer before the model does."""


@dataclass(frozen=True, slots=True)
class StdioSpec(_Entry):
    """A server that is a local program, spoken to over its standard input and output."""

    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    """Added to the few variables that every server gets (PATH, HOME, …)."""
    cwd: str | None = None
    inherit_env: bool = False
    """It gets all of our environment but the keys of models."""

    @property
    def address(self) -> str:
        """The command line, quoted as a shell would want it."""
        return shlex.join((self.command, *self.args))

    @property
    def kind(self) -> str:
        return "local program"

    @property
    def identity(self) -> str:
        """A hash of what decides which program runs: command, arguments, folder, environment.

        The hash keeps secrets of the environment out of the rules file, yet changes with their names.
        """
        more = ["inherits"] if self.inherit_env else []
        return _hash([self.command, list(self.args), self.cwd, sorted(self.env), *more])


@dataclass(frozen=True, slots=True)
class HttpSpec(_Entry):
    """A server at an address, spoken to over HTTP."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    sse: bool = False
    """Speak HTTP+SSE (2024-11-05) to it at once; otherwise only when it knows no streamable HTTP."""
    oauth: OAuthSettings = field(default_factory=OAuthSettings)
    """How to sign in, when the server wants that. Not asked when `headers` hold an Authorization."""

    @property
    def address(self) -> str:
        return self.url

    @property
    def kind(self) -> str:
        return "address"

    @property
    def sign_in_key(self) -> str:
        """What its sign-in is kept under: two entries for one address, for two accounts say, share none."""
        return f"{self.name} {self.url}"

    @property
    def identity(self) -> str:
        """A hash of the address, the names of the headers, and to whom which client's credentials may go."""
        oauth = self.oauth
        to_whom = [] if oauth == OAuthSettings() else [oauth.client_id, oauth.issuer, oauth.grant]
        return _hash([self.url, sorted(self.headers), *to_whom])


ServerSpec = StdioSpec | HttpSpec


class ServerState(Enum):
    """How a server is doing, in one word that is also shown."""

    OFF = "off"
    CONSENT = "needs your consent"
    CONNECTING = "connecting"
    READY = "ready"
    DEGRADED = "degraded"
    LOST = "lost"
    FAILED = "failed"
    STOPPED = "stopped"


ABLE = (ServerState.READY, ServerState.DEGRADED)
"""The states in which a server takes calls."""
AWAY = (ServerState.OFF, ServerState.STOPPED)
"""The states in which a server is not wanted: what it offered before is offered no more."""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A state with a reason that a person can act on."""

    state: ServerState
    reason: str = ""
    """One sentence, "" when all is well."""
    short: str = ""
    """At most some twelve characters for narrow places: "exited 1", "slow"."""
    phase: str = ""
    """Where it failed: "start", "first handshake", "authorization", "running", "list tools"."""
    exit_code: int | None = None
    hint: str = ""
    attempts: int = 0
    """Connection attempts since the last success."""
    since: float = 0.0
    """Unix time of the change."""
    lasted: float | None = None
    """Seconds from the start of the attempt to its end, for a failed one."""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What a ready server said of itself. All of it is the server's own claim."""

    name: str = ""
    title: str = ""
    version: str = ""
    protocol: str = ""
    """The protocol version agreed on, for example "2025-11-25"."""
    era: str = ""
    """"legacy" (initialize) or "modern" (server/discover, 2026-07-28)."""
    instructions: str = ""
    capabilities: Mapping[str, Any] = field(default_factory=dict[str, Any])
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pid: int | None = None


_RUNNER = re.compile(r"(npx|uvx|uv|run|tool|bunx|pipx|node|python[\d.]*|py|deno)(\.exe|\.cmd)?")
_NOBODYS_NAME = {"index", "main", "server", "cli", "app", "dist", "build", "src", "bin", "lib", "out"}


def name_from_command(command: str, args: tuple[str, ...] = ()) -> str:
    """A name for a server that the user gave only a command for: `npx -y @x/server-git` is "server-git"."""
    for word in (command, *args):
        if word in ("-c", "-e", "--eval"):  # what follows is a program's text
            break
        parts = [part for part in re.split(r"[\\/]", word) if part]
        if word.startswith("-") or not parts or _RUNNER.fullmatch(parts[-1]):
            continue
        parts[-1] = re.sub(r"(?<=.)@[^@]*$", "", parts[-1])
        parts[-1] = re.sub(r"\.(py|js|mjs|cjs|ts|exe|sh)$", "", parts[-1])
        telling = [part for part in parts if part not in _NOBODYS_NAME]
        return _plain_name(telling[-1] if telling else parts[-1])
    return _plain_name(re.split(r"[\\/]", command)[-1])


def name_from_url(url: str) -> str:
    """A name for a server that the user gave only an address for: its host."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    return _plain_name(f"{host}-{port}" if host and port else host or url)


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or with the first number that makes it a new one."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(each for each in names if each not in taken)


def _plain_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-.") or "server"


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
