"""Secrets are never drawn, not even when they come in pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.secrets import MASK, StreamMask, known_secrets, looks_secret, mask
from mcp_tui.domain.servers import HttpSpec, StdioSpec

SECRET = "hunter2hunter2"

few_letters = st.text(st.sampled_from('ab"'), max_size=60)
secrets = st.lists(st.text(st.sampled_from('ab"'), min_size=6, max_size=12), max_size=4)


def test_a_secret_is_masked_wherever_it_stands() -> None:
    assert mask(f"a{SECRET}b {SECRET}", [SECRET]) == f"a{MASK}b {MASK}"


def test_a_short_value_is_not_masked() -> None:
    assert mask("the word true", ["true", ""]) == "the word true"


def test_of_two_secrets_the_longer_hides_whole() -> None:
    assert mask(f"{SECRET}-more", [SECRET, f"{SECRET}-more"]) == MASK


def test_a_secret_inside_json_is_masked_too() -> None:
    secret = 'pass"word\\é'
    for plain in (True, False):
        assert MASK in mask(json.dumps({"it": secret}, ensure_ascii=plain), [secret])


def test_a_stream_shows_at_once_what_cannot_be_a_secret() -> None:
    stream = StreamMask([SECRET])
    assert stream.feed("hello ") == "hello "
    assert stream.feed("hunt") == ""
    assert stream.feed("ing ") == "hunting "
    assert stream.feed("hunter2hun") == ""
    assert stream.feed("ter2!") == f"{MASK}!"
    assert stream.feed("hunter") == ""
    assert stream.flush() == "hunter"
    assert stream.flush() == ""


@given(few_letters, secrets, st.data())
def test_a_stream_gives_what_the_whole_gives(text: str, hidden: list[str], data: st.DataObject) -> None:
    stream = StreamMask(hidden)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    shown = "".join(stream.feed(part) for part in parts) + stream.flush()
    assert shown == mask(text, hidden)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("OPENAI_API_KEY", True), ("github_token", True), ("DB_PASSWORD", True), ("HOME", False), ("PATH", False)],
)
def test_a_name_tells_a_secret(name: str, expected: bool) -> None:
    assert looks_secret(name) is expected


def test_secrets_are_found_in_variables_headers_and_keys() -> None:
    specs = [
        StdioSpec("a", "x", env={"API_TOKEN": "token-in-env", "LANG": "not-a-secret"}),
        HttpSpec("b", "http://h", {"Authorization": "Bearer token-in-header", "X": "header-value"}),
    ]
    found = known_secrets(specs, {"MY_SECRET": "from-the-environment", "MY_KEY": "short"}, ["the-model-key", ""])
    assert set(found) == {
        "the-model-key",
        "from-the-environment",
        "token-in-env",
        "Bearer token-in-header",
        "token-in-header",
        "header-value",
    }
