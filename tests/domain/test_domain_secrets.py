"""Secrets are never drawn, not even when they come in pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.domain.masking import HIDDEN, MASK, Secrets, StreamMask
from mcp_tui.domain.secrets import known_secrets, looks_secret
from mcp_tui.domain.servers import HttpSpec, StdioSpec
from mcp_tui.domain.signin import OAuthSettings
from mcp_tui.domain.text import clean, clean_line, clean_start, hidden_count, visible

SECRET = "hunter2hunter2"

few_letters = st.text(st.sampled_from('ab"'), max_size=60)
secrets = st.lists(st.text(st.sampled_from('ab"'), min_size=6, max_size=12), max_size=4)


def test_a_secret_is_masked_wherever_it_stands() -> None:
    assert Secrets([SECRET]).mask(f"a{SECRET}b {SECRET}") == f"a{MASK}b {MASK}"


def test_a_short_value_is_not_masked() -> None:
    assert Secrets(["true", ""]).mask("the word true") == "the word true"


def test_of_two_secrets_the_longer_hides_whole() -> None:
    assert Secrets([SECRET, f"{SECRET}-more"]).mask(f"{SECRET}-more") == MASK


def test_a_secret_inside_json_is_masked_too() -> None:
    secret = 'pass"word\\é'
    for plain in (True, False):
        once = json.dumps({"it": secret}, ensure_ascii=plain)
        assert Secrets([secret]).mask(once) == f'{{"it": "{MASK}"}}'
        assert MASK in Secrets([secret]).mask(json.dumps(once, ensure_ascii=plain))


def test_a_stream_shows_at_once_what_cannot_be_a_secret() -> None:
    stream = StreamMask(Secrets([SECRET]))
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
    stream = StreamMask(Secrets(hidden))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    shown = "".join(stream.feed(part) for part in parts) + stream.flush()
    assert shown == Secrets(hidden).mask(text)


def test_each_line_of_a_secret_of_several_lines_is_masked() -> None:
    key = "-----BEGIN KEY-----\nMIIEvgIBADAN\n-----END KEY-----\n"
    assert Secrets([key]).mask(key) == f"{MASK}\n"
    assert Secrets([key]).mask("stderr: MIIEvgIBADAN") == f"stderr: {MASK}"


def test_json_keeps_its_shape_under_the_mask() -> None:
    secrets = Secrets(["12345678", SECRET])
    value = {"pin": 12345678, SECRET: [f"a {SECRET}", 1.5, None, True]}
    assert secrets.mask_value(value) == {"pin": MASK, MASK: [f"a {MASK}", 1.5, None, True]}


def test_a_cut_leaves_no_beginning_of_a_secret() -> None:
    secrets = Secrets([SECRET])
    assert secrets.cut(f"the word {SECRET}", 14) == "the word "
    assert secrets.cut("the word hunting", 14) == "the word hunti"
    assert secrets.cut("short", 14) == "short"


def test_whatever_is_cleaned_for_drawing_is_masked_and_what_is_edited_is_not() -> None:
    HIDDEN.add([SECRET])
    assert clean(f"\x1b[31m{SECRET}") == f"⟦U+001B⟧[31m{MASK}"
    assert clean_line(f"a\n{SECRET}") == f"a {MASK}"
    assert clean_start(f"the word {SECRET}", 14) == "the word"
    assert visible(f"\x07{SECRET}") == f"⟦U+0007⟧{SECRET}"
    assert hidden_count(f"\x07{SECRET}") == 1


def test_a_secret_that_hidden_characters_spell_is_masked() -> None:
    HIDDEN.add([SECRET])
    assert clean("".join(chr(0xE0000 + ord(char)) for char in SECRET)) == f"⟦{len(SECRET)} tags: {MASK}⟧"


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


def test_secrets_are_found_in_what_an_entry_signs_in_with() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nnot-a-real-key\n-----END PRIVATE KEY-----"
    signs = HttpSpec("a", "https://a.example", oauth=OAuthSettings("me", "not-a-real-secret", private_key=key))
    reads = HttpSpec("b", "https://b.example", oauth=OAuthSettings("me", private_key="~/keys/mine.pem"))
    vouched = HttpSpec(
        "c", "https://c.example", oauth=OAuthSettings(assertion="not.areal.token", id_token="/run/token")
    )
    assert known_secrets([signs, reads, vouched], {}) == ["not-a-real-secret", "not-a-real-key", "not.areal.token"]


def test_secrets_are_found_in_options_and_addresses() -> None:
    specs = [
        StdioSpec("a", "npx", ("--api-key", "key-as-an-option", "--token=token-as-one", "--max-tokens", "--verbose")),
        StdioSpec(
            "b", "npx", ("mcp-remote", "--header", "Authorization: Bearer token-in-a-word", "--port", "12345678")
        ),
        HttpSpec("c", "https://me:password-in-it@h/mcp?api_key=key-in-a-query&page=page-in-a-query"),
        HttpSpec("d", "https://h/mcp", {"Accept": "application/json"}),
    ]
    assert set(known_secrets(specs, {"DATABASE_URL": "postgres://me:password-of-it@h/db"})) == {
        "key-as-an-option",
        "token-as-one",
        "Bearer token-in-a-word",
        "token-in-a-word",
        "password-in-it",
        "key-in-a-query",
        "password-of-it",
    }
