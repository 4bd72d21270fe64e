"""Signing in for a whole run: kept for the next one, used by the command line, gone after signing out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import stat
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from mcp_tui.domain.errors import ServerUnreachable
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.servers import HttpSpec, ServerState, name_from_url
from mcp_tui.domain.signin import SignInAsks
from mcp_tui.storage.paths import Paths
from mcp_tui.storage.settings import Settings
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.browser import open_address, opener
from mcp_tui.workbench.home import Home
from tests.program import Shell
from tests.servers.oauth_server import Browser, guarded


@contextlib.asynccontextmanager
async def working(folder: Path, url: str, asks: SignInAsks | None, name: str = "web") -> AsyncGenerator[Workbench]:
    """A workbench with one server, settled. `folder` is laid out as the program's own home is in `Shell`."""
    paths = Paths(*(folder / f"{name}/mcp-tui" for name in ("config", "data", "state", "cache")))
    bench = Workbench(Home(paths, {}, Settings()), [HttpSpec(name, url)], sign_in=asks)
    try:
        bench.start()
        await asyncio.wait_for(bench.hub.wait_settled(), 15)
        yield bench
    finally:
        await bench.aclose()


async def test_a_sign_in_is_kept_for_the_user_alone_used_by_commands_and_forgotten_on_signing_out(
    tmp_path: Path,
) -> None:
    browser = Browser()
    async with guarded() as (guard, server):
        shell = Shell(tmp_path)
        refused = await shell.run("tools", "--url", server.url)
        assert (refused.code, refused.out) == (4, b"")
        assert "wants you to sign in" in refused.err and "run mcp-tui in a terminal" in refused.err
        assert not guard.clients

        name = name_from_url(server.url)
        async with working(tmp_path, server.url, browser, name) as bench:
            assert bench.hub.status(name).state is ServerState.READY
            (token,) = guard.tokens
            assert HIDDEN.are_in(token)
            (asked,) = bench.audit.acts()[0]
            assert (asked.what, asked.text("decision"), asked.text("at")) == ("sign-in", "agreed", "127.0.0.1")
        file = tmp_path / "data/mcp-tui/sign-ins.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

        listed = await shell.run("tools", "--url", server.url)
        assert listed.code == 0 and "flat" in listed.text
        servers = tmp_path / "off.json"
        servers.write_text(json.dumps({"mcpServers": {name: {"url": server.url, "disabled": True}}}))
        doctor = await shell.run("doctor", "--config", str(servers))
        assert f"signed in at {guard.url} · read · since {time.strftime('%Y-')}" in doctor.text
        assert f"mcp-tui sign-out {name} ends it" in doctor.text and str(file) in doctor.text
        async with working(tmp_path, server.url, None, "other") as bench:
            assert bench.hub.status("other").phase == "authorization", "another entry, another sign-in"

        out = await shell.run("sign-out", name, "--config", str(servers))
        assert (out.code, out.text) == (0, f"{name}: Signed out (the token is revoked)\n")
        again = await shell.run("sign-out", name, "--config", str(servers), "--json")
        assert again.json == {"server": name, "issuer": None, "says": "Nobody was signed in"}
        assert len(browser.asked) == 1 and token not in file.read_text()
        unknown = await shell.run("sign-out", "nowhere", "--config", str(servers))
        assert unknown.code == 2 and "there is no server nowhere" in unknown.err

        async with working(tmp_path, server.url, browser, name) as bench:
            assert await bench.signing_in.sign_out(bench.hub, name) == "Signed out (the token is revoked)"
            assert bench.hub.status(name).state is ServerState.OFF
            on_record = [act.text("decision") for act in bench.audit.acts()[0] if act.what == "sign-in"]
            assert on_record == ["signed out", "agreed"] * 2
        assert len(browser.asked) == 2


async def test_a_server_that_is_only_tried_asks_nobody(tmp_path: Path) -> None:
    browser = Browser()
    async with guarded() as (guard, server), working(tmp_path, server.url, Browser(refuses=True)) as bench:
        with pytest.raises(ServerUnreachable) as caught:
            await bench.try_server(HttpSpec("new", server.url))
    assert "sign in" in caught.value.hint and not browser.asked and not guard.forms


def test_only_web_addresses_are_opened_and_only_where_there_is_a_screen() -> None:
    screen = {**os.environ, "DISPLAY": ":0", "BROWSER": "true"}
    for bad in ("file:///etc/passwd", "javascript:alert(1)", "-h", ""):
        with pytest.raises(ValueError, match="only http"):
            open_address(bad, screen)
    assert opener({**screen, "SSH_TTY": "/dev/pts/1"}) is None
    assert not open_address("https://a.example", {**screen, "SSH_CONNECTION": "1 2 3 4"})
