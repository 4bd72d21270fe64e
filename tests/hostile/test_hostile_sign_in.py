"""A hostile server over HTTP with a hostile authorization server behind it, on a real terminal: signing in is words."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlencode

from test_hostile_screens import COLUMNS, ENTER, F2, F6, RIGHT, ROWS, Tour

from tests.hostile.harmless import assert_harmless
from tests.hostile.server import poison
from tests.program import PROGRAM, home_environment
from tests.servers.canned_http import Answer, canned
from tests.servers.oauth_server import Guard, Guarded, given
from tests.terminal import Terminal

BROWSER = """\
import sys, urllib.request as web
web.build_opener(web.ProxyHandler({})).open(sys.argv[1]).read()
"""
"""Agrees to everything, and goes where it is sent."""


class HostileGuard(Guard):
    """Refuses the first sign-in and the code of the second one, with words of its own."""

    refusals = 0

    def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        status, more, content = super().__call__(method, headers, body)
        if headers[":path"].startswith("/authorize") and not self.refusals:
            self.refusals += 1
            (asked,) = self.codes.values()
            told = {"error": poison("refusal"), "error_description": poison("refusal-words")}
            back = urlencode({**told, "state": asked["state"], "iss": self.url})
            more = {"location": f"{asked['redirect_uri']}?{back}"}
        return status, more, content


class HostileGuarded(Guarded):
    """Says who guards it with more words than it needs."""

    def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        status, more, content = super().__call__(method, headers, body)
        if challenge := more.get("www-authenticate"):
            said = poison("challenge").replace("\0", "").replace("\x7f", "")
            more["www-authenticate"] = f'{challenge}, realm="{said}", error="{said}", error_description="{said}"'
        return status, more, content


def sign_in(tour: Tour) -> None:
    """Twice, in vain; with a look at what is told of it."""
    tour.look("", "authorize", words="Sign in to 127.0.0.1")
    tour.answer("it comes back here by itself", then="✗ 127.0.0.1")
    tour.look(F2 + ENTER, "refusal", "refusal-words", words="did not start")
    tour.look(F2 + "r", "authorize", words="Sign in to 127.0.0.1")
    tour.answer("it comes back here by itself", then="✗ 127.0.0.1")
    tour.look(F2 + ENTER, "token-error", words="did not start")
    tour.look(RIGHT + RIGHT, "challenge", "scope", "known-scope", "token-error", "token-words", words="What happened")
    tour.look(F6, words="401 X")
    tour.look("/401" + ENTER + ENTER, "challenge", words="www-authenticate")


async def test_a_hostile_sign_in_is_words_in_its_dialog_and_on_the_servers_page(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f"#!{sys.executable}\n{BROWSER}", encoding="utf-8")
    browser.chmod(0o755)
    guard = HostileGuard()
    server = HostileGuarded(guard)
    async with canned(guard) as address, canned(server) as url:
        guard.url = address.removesuffix("/mcp")
        server.url = url
        guard.metadata = {
            "authorization_endpoint": f"{guard.url}/authorize?x={poison('authorize')}",
            "scopes_supported": [poison("known-scope")],
        }
        guard.trouble = given({"error": poison("token-error"), "error_description": poison("token-words")}, 400)
        server.resource = {"resource_name": poison("resource-name"), "scopes_supported": [poison("scope")]}
        env = home_environment(tmp_path, BROWSER=str(browser), DISPLAY=":0")

        def tour() -> None:
            with Terminal([*PROGRAM, url], env=env, cwd=tmp_path, columns=COLUMNS, rows=ROWS) as terminal:
                sign_in(Tour(terminal))
                assert_harmless(bytes(terminal.raw))

        await asyncio.to_thread(tour)
