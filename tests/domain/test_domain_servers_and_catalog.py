"""Names, identities and definitions: what servers are called, and when they are no longer the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.catalog import (
    Catalog,
    Hints,
    Kind,
    Listing,
    Prompt,
    Resource,
    Template,
    Tool,
    definition_hash,
)
from mcp_tui.domain.servers import HttpSpec, StdioSpec, name_from_command, name_from_url


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("npx -y @scope/server-git", "server-git"),
        ("npx -y @scope/server-git@1.2.3 --stdio", "server-git"),
        ("npx.cmd server@latest", "server"),
        ("uvx mcp-server-time", "mcp-server-time"),
        ("uv run server.py", "server"),
        ("/usr/bin/python3 -m mcp_server_git", "mcp_server_git"),
        ("python3.11 my/notes.py", "notes"),
        ("node /srv/notes/dist/index.js", "notes"),
        ("C:\\bin\\notes.exe --x", "notes"),
        ("python -c import_this", "python"),
        ("node -e 1+1", "node"),
        ("./server.sh", "server"),
        ("-", "server"),
    ],
)
def test_a_command_names_its_server(line: str, name: str) -> None:
    command, *args = line.split()
    assert name_from_command(command, tuple(args)) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.com/mcp", "example.com"),
        ("http://localhost:8000/mcp", "localhost-8000"),
        ("http://user:pass@h.example/", "h.example"),
        ("http://host:99999/", "http-host-99999"),
        ("http://[oops", "http-oops"),
    ],
)
def test_an_address_names_its_server(url: str, name: str) -> None:
    assert name_from_url(url) == name


@given(st.text(min_size=1), st.lists(st.text()))
def test_a_name_is_plain_whatever_is_given(command: str, args: list[str]) -> None:
    for name in (name_from_command(command, tuple(args)), name_from_url(command)):
        assert name and name.isascii() and not set(name) & set(" /\\\n")


def test_an_identity_changes_with_the_program_and_not_with_secrets() -> None:
    spec = StdioSpec("a", "uvx", ("x",), {"TOKEN": "one"}, "/here")
    same = [replace(spec, name="b"), replace(spec, env={"TOKEN": "two"}), replace(spec, enabled=False)]
    other = [
        replace(spec, command="npx"),
        replace(spec, args=("y",)),
        replace(spec, args=("x", "")),
        replace(spec, cwd=None),
        replace(spec, env={"TOKEN": "one", "LD_PRELOAD": "evil"}),
    ]
    assert {each.identity for each in same} == {spec.identity}
    assert spec.identity not in {each.identity for each in other}
    http = HttpSpec("a", "http://h", {"Authorization": "one"})
    assert replace(http, headers={"Authorization": "two"}).identity == http.identity
    assert replace(http, url="http://other").identity != http.identity


def test_an_address_shows_a_command_as_a_shell_wants_it() -> None:
    assert StdioSpec("a", "my tool", ("it's",)).address == "'my tool' 'it'\"'\"'s'"


def test_a_definition_does_not_depend_on_the_order_of_keys_but_on_everything_else() -> None:
    raw = {"name": "add", "inputSchema": {"type": "object"}, "x": 1}
    assert definition_hash(raw) == definition_hash(dict(reversed(raw.items())))
    assert definition_hash(raw) != definition_hash({**raw, "description": "do more"})
    assert definition_hash({"lone": "\ud800"}) != definition_hash({"lone": "\ud801"})


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (Hints(), False),
        (Hints(destructive=True), True),
        (Hints(destructive=True, read_only=False), True),
        (Hints(destructive=True, read_only=True), False),
        (Hints(destructive=False), False),
    ],
)
def test_only_a_claim_in_so_many_words_makes_a_tool_destructive(hints: Hints, expected: bool) -> None:
    assert hints.says_destructive is expected


def test_a_catalogue_goes_through_its_groups_in_order_and_lacks_nothing_it_was_not_given() -> None:
    tool, prompt = Tool("s", "t"), Prompt("s", "p")
    resource, template = Resource("s", "a:b"), Template("s", "a:{b}")
    listings = {kind: Listing((item,)) for kind, item in zip(Kind, (tool, prompt, resource, template), strict=True)}
    catalog = Catalog("s", dict(reversed(listings.items())))
    assert list(catalog) == [tool, prompt, resource, template]
    assert [item.key for item in catalog] == ["t", "p", "a:b", "a:{b}"]
    assert (catalog.tools, catalog.templates) == ((tool,), (template,))
    assert list(Catalog("s")) == []
    assert [kind.group for kind in Kind] == ["Tools", "Prompts", "Resources", "Templates"]
