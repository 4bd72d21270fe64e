"""Why a connection did not come about, or ended: one `Fault` in words that a person can act on."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcp_tui.domain.errors import McpTuiError
from mcp_tui.domain.servers import HttpSpec, ServerSpec, StdioSpec
from mcp_tui.domain.text import clean_line, human_time, shorten

if TYPE_CHECKING:
    from mcp_tui.servers.process import ServerProcess

START, HANDSHAKE, RUNNING = "start", "first handshake", "running"
"""The phases of a fault: with the first, no further attempt helps."""
AUTHORIZATION = "authorization"
"""The phase of one that only credentials can mend."""
CREDENTIALS = (401, 403)
"""What HTTP answers for want of credentials."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason, with the same meaning of its fields as in `ServerStatus`."""

    reason: str
    short: str
    phase: str
    hint: str = ""
    exit_code: int | None = None


class CannotStart(Exception):
    """The program of a server could not be started at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What an address answered below the protocol."""

    status: int
    content_type: str = ""
    challenge: str = ""
    """The WWW-Authenticate header."""


def leaves(error: BaseException) -> list[BaseException]:
    """The errors inside nested groups: everything that leaves the SDK's client comes wrapped in some."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


def program_ended(process: ServerProcess, phase: str, last_words: str) -> Fault:
    """Why a local program is no longer there; call it after `process.end()`."""
    before = "before it answered" if phase != RUNNING else "while it was in use"
    hint = f"Its last words: {last_words}" if last_words else "It said nothing on its standard error."
    if process.line_too_long:
        return Fault("The program sent a line too long to be a message.", "too long", phase, hint)
    match process.exit_code:
        case None if process.refused_input:
            return Fault(f"The program closed its input {before}, but kept running.", "no input", phase, hint)
        case None:
            return Fault(f"The program closed its output {before}, but kept running.", "no output", phase, hint)
        case code if code < 0:
            return Fault(f"The program was killed ({_signal_name(-code)}) {before}.", "killed", phase, hint, code)
        case 0 if phase != RUNNING:
            return Fault("The program ended before it answered.", "exited 0", phase, hint, 0)
        case code:
            return Fault(f"The program ended {before}.", f"exited {code}", phase, hint, code)


def no_answer(spec: ServerSpec, phase: str, seconds: float) -> Fault:
    """The handshake took longer than the entry allows."""
    what = "The program started" if isinstance(spec, StdioSpec) else "The address was asked"
    return Fault(
        f"{what} but did not answer within {human_time(seconds)}.",
        "no answer",
        phase,
        "Is it an MCP server? A first start that downloads a package may need a longer connect timeout.",
    )


def http_fault(spec: HttpSpec, phase: str, answer: HttpAnswer | None, error: BaseException | None) -> Fault:
    """Why an address does not work as a server."""
    if fault := _sign_in_fault(error):
        return fault
    if answer and (fault := _answer_fault(spec, phase, answer)):
        return fault
    words = shorten(clean_line(str(error or "")), 200)
    if type(error).__name__ == "ConnectError":
        return _no_connection(spec, phase, words)
    if type(error).__module__.startswith("httpx2"):
        return Fault(
            f"The connection to {spec.url} broke ({words or type(error).__name__}).",
            "no connection",
            phase,
            "Is the server still running?",
        )
    return refused(phase, error)


def refused(phase: str, error: BaseException | None) -> Fault:
    """The server answered, but not as MCP asks."""
    words = shorten(clean_line(str(error or "")), 200) or "no reason given"
    if "Unsupported protocol version" in words or "protocol version" in words.lower():
        return Fault(f"The server speaks another version of the protocol: {words}", "version", phase, "Update it.")
    return Fault(f"The server refused the handshake: {words}", "refused", phase, "Look at the traffic for its answer.")


def _sign_in_fault(error: BaseException | None) -> Fault | None:
    if isinstance(error, McpTuiError):
        return Fault(error.what, "sign-in", AUTHORIZATION, error.hint)
    if type(error).__module__.startswith("mcp.client.auth"):
        words = shorten(clean_line(str(error)), 200)
        return Fault(f"Signing in failed: {words}", "sign-in", AUTHORIZATION, "Press r to try again.")
    return None


def _answer_fault(spec: HttpSpec, phase: str, answer: HttpAnswer) -> Fault | None:
    status, short = answer.status, f"HTTP {answer.status}"
    if status in CREDENTIALS:
        what = "wants credentials" if status == 401 else "refuses these credentials"
        hint = "Give it an Authorization header in its entry."
        if answer.challenge:
            hint += f" It asks for: {shorten(clean_line(answer.challenge), 120)}"
        return Fault(f"The server {what} (HTTP {status}).", short, AUTHORIZATION, hint)
    if status in (404, 405):
        hint = "Check the path: it usually ends in /mcp."
        return Fault(f"There is no MCP server at {spec.url} (HTTP {status}).", short, phase, hint)
    if status >= 500:
        return Fault(f"The server is in trouble (HTTP {status}).", short, phase, "Try again later, or see its log.")
    if 300 <= status < 400:
        return Fault(f"{spec.url} points elsewhere (HTTP {status}).", short, phase, "Use the address it points to.")
    if "html" in answer.content_type:
        hint = "Check the address: MCP usually lives at a path such as /mcp."
        return Fault(f"{spec.url} is a web page, not an MCP server.", "web page", phase, hint)
    if status >= 400:
        return Fault(f"The server refused the request (HTTP {status}).", short, phase, "See the traffic.")
    return None


def _no_connection(spec: HttpSpec, phase: str, words: str) -> Fault:
    lower = words.lower()
    if any(sign in lower for sign in ("name or service", "getaddrinfo", "nodename", "name resolution")):
        return Fault(f"The host of {spec.url} is not known.", "unknown host", phase, "Check the address for a typo.")
    if "certificate" in lower or "ssl" in lower:
        return Fault(f"No safe connection to {spec.url}: {words}", "certificate", phase, "Check its certificate.")
    return Fault(f"Nothing answers at {spec.url}.", "no connection", phase, "Is the server running there?")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
