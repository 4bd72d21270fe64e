"""The reader of JSON with comments: plain JSON passes unchanged, whatever is added between its tokens."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mcp_tui.storage import jsonc

tricky = st.text(st.sampled_from('/*",\\[]{} \n\u2028é:'), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | tricky,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(tricky, inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(tricky, values, max_size=4)
comments = st.sampled_from(["", " ", "\n", "// x\n", '// "\n', "/* */", '/* , } " // */', "/**/", "//,]\n"])


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, Any]:
    """A value, and JSON text for it with comments and trailing commas between the tokens."""
    value = draw(objects)

    def write(part: Any) -> str:
        gap = draw(comments)
        match part:
            case dict():
                inside = [f"{gap}{json.dumps(key)}{draw(comments)}:{write(each)}" for key, each in part.items()]
                ends = "{}"
            case list():
                inside = [write(each) for each in part]
                ends = "[]"
            case _:
                return f"{gap}{json.dumps(part, ensure_ascii=draw(st.booleans()))}{draw(comments)}"
        trailing = "," + draw(comments) if inside and draw(st.booleans()) else ""
        return f"{gap}{ends[0]}{','.join(inside)}{trailing}{draw(comments)}{ends[1]}{gap}"

    return write(value), value


@given(values, st.sampled_from([None, 2]), st.booleans())
def test_plain_json_passes_unchanged(value: Any, indent: int | None, plain: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    assert jsonc.strip(text) == text
    assert not jsonc.has_comments(text)


@given(commented())
def test_comments_and_trailing_commas_change_nothing(pair: tuple[str, Any]) -> None:
    text, value = pair
    assert jsonc.loads(text, "x.json") == value
    assert len(jsonc.strip(text)) == len(text)


@given(st.text(st.sampled_from('/*",\\[]{} \n'), max_size=40))
def test_any_text_is_stripped_without_moving_a_line(text: str) -> None:
    bare = jsonc.strip(text)
    assert [len(line) for line in bare.split("\n")] == [len(line) for line in text.split("\n")]


@given(commented(), tricky, values)
def test_putting_a_value_changes_that_value_only(pair: tuple[str, dict[str, Any]], key: str, new: Any) -> None:
    text, value = pair
    changed = jsonc.put(text, (key,), new)
    assert list(jsonc.loads(changed, "x.json").items()) == list({**value, key: new}.items())


@given(commented(), st.data())
def test_removing_a_key_keeps_the_others(pair: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    text, value = pair
    key = data.draw(st.sampled_from(sorted(value) or [""]))
    expected = [(name, each) for name, each in value.items() if name != key]
    assert list(jsonc.loads(jsonc.remove(text, (key,)), "x.json").items()) == expected
