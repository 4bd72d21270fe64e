"""Where a server may lead a sign-in: never into a network that it is not itself in, whatever the name says."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from canned_http import Answer, canned

from mcp_tui.domain.errors import AuthNeeded
from mcp_tui.servers.auth.addresses import Addresses
from mcp_tui.servers.auth.egress import MAX_ANSWER, Egress
from mcp_tui.servers.auth.journal import Journal

PUBLIC, INTRANET, LOCAL = "https://93.184.215.14/mcp", "https://10.1.2.3/mcp", "http://127.0.0.1:8000/mcp"
NAMES = {
    "good.example": ["93.184.215.14"],
    "inside.example": ["10.0.0.7"],
    "both.example": ["93.184.215.14", "127.0.0.1"],
    "cloud.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:10.0.0.7"],
    "me.example": ["127.0.0.1"],
}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of this world; gives those that were looked up."""
    asked: list[str] = []

    def look_up(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        if host not in NAMES:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in NAMES[host]]

    with monkeypatch.context() as patched:
        for proxy in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patched.delenv(proxy, raising=False)
        patched.setattr(socket, "getaddrinfo", look_up)
        yield asked


@pytest.mark.parametrize(
    ("server", "url"),
    [
        (PUBLIC, "https://good.example/token"),
        (PUBLIC, "https://[2606:2800:21f::1]/token"),
        (INTRANET, "https://inside.example/token"),
        (INTRANET, "https://good.example/token"),
        (LOCAL, "http://127.0.0.1:9000/token"),
        (LOCAL, "https://me.example/token"),
        (LOCAL, "https://good.example/token"),
        ("https://169.254.1.9/mcp", "https://169.254.1.9/token"),
    ],
)
async def test_a_sign_in_may_go_where_the_server_itself_could_be(server: str, url: str) -> None:
    assert await Addresses("web", server).resolve(url)


@pytest.mark.parametrize(
    ("server", "url", "why"),
    [
        (PUBLIC, "http://good.example/token", "not https"),
        (PUBLIC, "file:///etc/passwd", "not https"),
        (PUBLIC, "javascript:alert(1)", "not https"),
        (PUBLIC, "https://user:password@good.example/token", "password"),
        (PUBLIC, "https://good.example:x/token", "no address"),
        (PUBLIC, "https://nowhere.example/token", "not known"),
        (PUBLIC, "http://127.0.0.1/token", "127.0.0.1 is inside"),
        (PUBLIC, "https://me.example/token", "127.0.0.1 is inside"),
        (PUBLIC, "https://inside.example/token", "10.0.0.7 is inside"),
        (PUBLIC, "https://both.example/token", "127.0.0.1 is inside"),
        (PUBLIC, "https://mapped.example/token", "10.0.0.7 is inside"),
        (PUBLIC, "https://[::1]/token", "::1 is inside"),
        (PUBLIC, "https://[fe80::1]/token", "inside"),
        (PUBLIC, "https://[64:ff9b::a00:7]/token", "10.0.0.7 is inside"),
        (PUBLIC, "https://[2002:a00:7::]/token", "10.0.0.7 is inside"),
        (PUBLIC, "https://0.0.0.0/token", "inside"),
        (PUBLIC, "https://100.64.0.1/token", "inside"),
        (INTRANET, "https://127.0.0.1/token", "inside"),
        (INTRANET, "https://cloud.example/token", "169.254.169.254 is inside"),
        (LOCAL, "https://cloud.example/token", "169.254.169.254 is inside"),
        (LOCAL, "https://[fd00:ec2::254]/token", "inside"),
        (LOCAL, "http://10.0.0.7/token", "not https"),
    ],
)
async def test_an_address_that_nobody_may_be_led_to_is_refused_in_words(server: str, url: str, why: str) -> None:
    with pytest.raises(AuthNeeded) as caught:
        await Addresses("web", server).resolve(url)
    assert why in str(caught.value) and url in str(caught.value)


async def test_a_name_is_looked_up_once_and_the_request_goes_where_it_was_judged(names: list[str]) -> None:
    seen: list[dict[str, str]] = []

    def answer(method: str, headers: dict[str, str], body: bytes) -> Answer:
        seen.append(headers)
        return 302, {"location": "https://cloud.example/"}, b"elsewhere"

    async with canned(answer) as url:
        port = httpx2.URL(url).port
        NAMES["localhost"] = ["127.0.0.1"]
        with contextlib.ExitStack() as stack:
            stack.callback(NAMES.pop, "localhost")
            request = httpx2.Request("GET", f"http://localhost:{port}/token")
            found = await Egress("web", Addresses("web", LOCAL), Journal()).send(request)
    assert names == ["localhost"] and seen[0]["host"] == f"localhost:{port}"
    assert (found.status_code, found.text, str(found.request.url)) == (302, "elsewhere", str(request.url))
    assert len(seen) == 1  # a redirect is not followed


async def test_an_answer_without_an_end_is_cut_off() -> None:
    async with canned(lambda *_: (200, {}, b"x" * (MAX_ANSWER + 1))) as url:
        with pytest.raises(AuthNeeded, match="without an end"):
            await Egress("web", Addresses("web", LOCAL), Journal()).send(httpx2.Request("GET", url))


async def test_a_proxy_of_the_environment_is_used_but_not_for_what_may_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def proxy(method: str, headers: dict[str, str], body: bytes) -> Answer:
        asked.append(headers[":path"])
        return 200, {}, b"by proxy"

    async with canned(proxy) as url:
        for scheme in ("http", "https"):
            monkeypatch.setenv(f"{scheme}_proxy", url.removesuffix("/mcp"))
        monkeypatch.setenv("no_proxy", "")
        egress = Egress("web", Addresses("web", PUBLIC), Journal())
        for bad in ("http://good.example/", "https://10.0.0.7/"):
            with pytest.raises(AuthNeeded):
                await egress.send(httpx2.Request("GET", bad))
        found = await egress.send(httpx2.Request("GET", "http://localhost:9/token"))
    assert (asked, found.text) == (["http://localhost:9/token"], "by proxy")
