"""`mcp-tui sign-out`: forget what is kept of a server's sign-in, and take its token back. The server is not started."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

from mcp_tui.domain.errors import NoSuchItem, UsageError
from mcp_tui.domain.servers import HttpSpec, ServerSpec
from mcp_tui.headless.output import Exit, print_json, print_result, say
from mcp_tui.workbench.audit import Audit
from mcp_tui.workbench.home import Home
from mcp_tui.workbench.signin import SigningIn


async def sign_out(home: Home, specs: Sequence[ServerSpec], server: str, as_json: bool) -> int:
    """Print how it went. That nobody was signed in is no failure."""
    async with aclosing(home):
        spec = next((spec for spec in specs if spec.name == server), None)
        if spec is None:
            raise NoSuchItem(f"there is no server {server}", subject=server, hint="mcp-tui doctor lists them")
        if not isinstance(spec, HttpSpec):
            raise UsageError(f"{server} is a local program: nobody signs in to it", subject=server)
        home.hide([spec])
        signing_in = SigningIn(home, Audit(home.audit_log, say))
        known = await signing_in.kept(spec)
        says = await signing_in.forget(spec) if known else "Nobody was signed in"
    if as_json:
        print_json({"server": server, "issuer": known.issuer if known else None, "says": says})
    else:
        print_result(f"{server}: {says}")
    return Exit.OK
