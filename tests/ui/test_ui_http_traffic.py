"""What HTTP says, in the drawer at the keyboard: failures as lines of their own, heads with the frames, no secrets."""

from __future__ import annotations

import pytest
from textual.widgets import Static
from whole_app import Folder, Seat, seat

from mcp_tui.domain.servers import HttpSpec
from tests.servers.canned_http import Answer, LegacySessions, canned

SIZES = [(80, 24), (140, 42)]
SECRET = "tok-4711-do-not-show"
CHALLENGE = 'Bearer realm="vault", error="invalid_token"'


async def go_to(me: Seat, words: str) -> None:
    """Open the traffic, and move to the last line that matches."""
    await me.press("f6")
    await me.until(lambda: me.place == "drawer")
    await me.press("slash")
    await me.type(words)
    await me.press("enter", "ctrl+end")


def detail(me: Seat) -> str:
    return str(me.find(Static, "#frame").render())


@pytest.mark.parametrize("size", SIZES)
async def test_a_refusal_is_a_line_with_its_challenge_at_once_in_sight(folder: Folder, size: tuple[int, int]) -> None:
    def answer(*_: object) -> Answer:
        return 401, {"WWW-Authenticate": CHALLENGE, "Set-Cookie": f"sid={SECRET}"}, b""

    async with canned(answer) as url:
        spec = HttpSpec("vault", url, {"Authorization": f"Bearer {SECRET}"})
        async with seat(folder, [spec], size=size) as me:
            await go_to(me, "vault POST 401")
            await me.sees("POST /mcp", "401 X", "✗")
            flat = " ".join(" ".join(line.strip(" │") for line in me.screen.splitlines()).split())
            assert 'www-authenticate: Bearer realm="vault"' in flat
            await me.press("enter")
            await me.sees("set-cookie: •••set•••")
            await me.press("end")
            await me.sees("authorization: Bearer •••set•••")
            assert SECRET not in me.screen and SECRET not in detail(me)
            await me.press("y")
            await me.until(lambda: me.app.clipboard)
            assert CHALLENGE in me.app.clipboard and SECRET not in me.app.clipboard
            await me.press("escape")
            await me.sees("method", "took")
            assert me.place == "drawer"


@pytest.mark.parametrize("size", SIZES)
async def test_a_forgotten_session_shows_its_404_and_the_session_that_was_sent(
    folder: Folder, size: tuple[int, int]
) -> None:
    sessions = LegacySessions()
    async with canned(sessions) as url, seat(folder, [HttpSpec("old", url)], size=size) as me:
        sessions.session = 2
        await me.send("/call echo")
        await me.until(lambda: any(each.status == 404 for each in me.app.bench.trace.http))
        await go_to(me, "404")
        await me.sees("POST /mcp", "404 X", "✗", "mcp-session-id 1, sent")


async def test_a_frame_shows_the_status_and_the_headers_of_what_carried_it(folder: Folder) -> None:
    def entry(url: str) -> HttpSpec:
        return HttpSpec("old", url, {"X-Mine": SECRET})

    async with canned(LegacySessions()) as url, seat(folder, [entry(url)], size=(140, 42)) as me:
        await go_to(me, "initialize")
        await me.press("ctrl+home")
        await me.until(lambda: '"method": "initialize"' in detail(me))
        shown = detail(me)
        assert shown.startswith("POST /mcp   ✓ 200 X") and "mcp-session-id 1, given" in shown
        assert "→ request" in shown and "← reply" in shown
        assert shown.index("← reply") < shown.index("content-type: application/json")
        assert "x-mine: •••set•••" in shown and SECRET not in me.screen


async def test_a_server_without_sessions_is_seen_to_give_none(folder: Folder) -> None:
    class Stateless(LegacySessions):
        def __call__(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
            status, more, content = super().__call__(method, {**headers, "mcp-session-id": "1"}, body)
            return status, {name: value for name, value in more.items() if name != "mcp-session-id"}, content

    async with canned(Stateless()) as url, seat(folder, [HttpSpec("old", url)], size=(140, 42)) as me:
        await go_to(me, "initialize")
        await me.press("ctrl+home")
        await me.until(lambda: "mcp-session-id none, neither sent nor given" in detail(me))


async def test_a_stream_that_the_server_does_not_offer_is_no_fault(folder: Folder) -> None:
    async with canned(LegacySessions()) as url, seat(folder, [HttpSpec("old", url)], size=(140, 42)) as me:
        await me.until(lambda: any(each.method == "GET" for each in me.app.bench.trace.http))
        await go_to(me, "GET")
        await me.sees("GET /mcp", "405 X")
        assert "✗" not in me.screen


async def test_the_reply_of_the_last_line_comes_into_sight_by_itself(folder: Folder) -> None:
    async with canned(LegacySessions()) as url, seat(folder, [HttpSpec("old", url)], size=(140, 42)) as me:
        await go_to(me, "tools/call")
        await me.send("/call echo")
        await me.until(lambda: "← reply" in detail(me) and '"name": "echo"' in detail(me))
