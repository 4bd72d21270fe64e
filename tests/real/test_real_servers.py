"""Servers that people use: files, memory, git, time, web pages."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from real_kit import PATIENCE, SERVERS, session

from mcp_tui.domain.asks import Root
from mcp_tui.domain.servers import StdioSpec
from mcp_tui.workbench.roots import as_roots
from tests.npm import install, needs_npm


def npm_server(name: str, *arguments: str, **env: str) -> StdioSpec:
    return StdioSpec(name, str(install(*SERVERS) / ".bin" / f"mcp-server-{name}"), arguments, env=env)


def python_server(name: str, *arguments: str) -> StdioSpec:
    return StdioSpec(name, sys.executable, ("-m", f"mcp_server_{name}", *arguments))


@needs_npm
async def test_the_filesystem_server_follows_the_folders_it_is_given_live(tmp_path: Path) -> None:
    (first := tmp_path / "first").mkdir()
    (second := tmp_path / "second").mkdir()
    (first / "a.txt").write_text("one")
    (second / "b.txt").write_text("two")
    async with session(npm_server("filesystem", str(first)), roots=tuple(as_roots([str(first)]))) as here:
        assert "one" in await here.said("read_text_file", path=str(first / "a.txt"))
        assert (await here.call("read_text_file", path=str(second / "b.txt"))).is_error
        await here.hub.set_roots(as_roots([str(second)]))
        async with asyncio.timeout(PATIENCE):
            while str(second) not in await here.said("list_allowed_directories"):
                pass  # it asks for the folders anew when it hears that they changed
        assert "two" in await here.said("read_text_file", path=str(second / "b.txt"))
        assert (await here.call("read_text_file", path=str(first / "a.txt"))).is_error


@needs_npm
async def test_the_memory_server_remembers_what_it_is_told(tmp_path: Path) -> None:
    spec = npm_server("memory", MEMORY_FILE_PATH=str(tmp_path / "memory.json"))
    ada = {"name": "Ada", "entityType": "person", "observations": ["likes engines"]}
    async with session(spec) as here:
        await here.said("create_entities", entities=[ada])
        assert "likes engines" in await here.said("search_nodes", query="engines")
        found = await here.call("open_nodes", names=["Ada"])
        assert found.structured and "Ada" in json.dumps(found.structured)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is missing, which the server runs")
async def test_the_git_server_shows_a_repository(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    (tmp_path / "notes.txt").write_text("first\n")
    git("add", "notes.txt")
    git("commit", "-q", "-m", "Begin the notes")
    (tmp_path / "notes.txt").write_text("first\nsecond\n")
    async with session(python_server("git", "--repository", str(tmp_path)), roots=(Root(tmp_path.as_uri()),)) as here:
        assert "Begin the notes" in await here.said("git_log", repo_path=str(tmp_path))
        assert "+second" in await here.said("git_diff_unstaged", repo_path=str(tmp_path))
        info = here.hub.info("git")
        assert info is not None and info.era == "modern"


async def test_the_time_server_converts_a_time() -> None:
    async with session(python_server("time")) as here:
        result = await here.call("convert_time", source_timezone="UTC", time="12:00", target_timezone="Asia/Tokyo")
        assert "21:00" in str(result.blocks) or "21:00" in str(result.structured)


async def test_the_fetch_server_reads_a_page_of_this_machine() -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b"<html><body><article><h1>Opening hours</h1><p>Open until nine every day.</p></article></body></html>"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    site = await asyncio.start_server(page, "127.0.0.1", 0)
    port = site.sockets[0].getsockname()[1]
    async with site, session(python_server("fetch", "--ignore-robots-txt", "--allow-private-ips")) as here:
        assert "until nine" in await here.said("fetch", url=f"http://127.0.0.1:{port}/hours")
        assert {prompt.name for prompt in here.hub.catalog("fetch").prompts} == {"fetch"}
