"""The names that a model knows tools by."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.catalog import Tool
from mcp_tui.servers.names import LONGEST, aliases

words = st.text(st.sampled_from("ab_-. é") | st.characters(), min_size=0, max_size=90)
tools = st.builds(Tool, words, words)


@given(st.lists(tools, max_size=12, unique_by=lambda tool: (tool.server, tool.name)))
def test_every_tool_has_a_name_of_its_own_that_endpoints_accept(some: list[Tool]) -> None:
    named = aliases(some)
    assert list(named.values()) == some
    assert all(re.fullmatch(f"[a-zA-Z0-9_-]{{1,{LONGEST}}}", alias) for alias in named)


@given(st.lists(tools, max_size=8, unique_by=lambda tool: (tool.server, tool.name)))
def test_names_do_not_depend_on_the_order(some: list[Tool]) -> None:
    there, back = aliases(some), aliases(reversed(some))
    assert {alias: there[alias] for alias in there} == back


@given(tools, st.lists(tools, max_size=6))
def test_a_plain_name_stays_while_other_tools_come_and_go(tool: Tool, others: list[Tool]) -> None:
    plain = Tool("git", "log")
    others = [other for other in others if f"{other.server}__{other.name}" != "git__log"]
    assert aliases([*others, plain])["git__log"] is plain


def test_a_long_name_is_cut_at_the_server_first() -> None:
    (alias,) = aliases([Tool("a-server-with-a-very-long-name-indeed-and-more", "the_whole_name_of_the_tool")])
    assert len(alias) <= LONGEST and "__the_whole_name_of_the_tool_" in alias and alias.startswith("a-server")


def test_tools_that_would_share_a_name_are_told_apart() -> None:
    exact, similar = Tool("s", "a_b"), Tool("s", "a b")
    named = aliases([similar, exact])
    assert named["s__a_b"] is exact and len(named) == 2
