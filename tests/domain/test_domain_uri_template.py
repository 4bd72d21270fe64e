"""URI templates, with the examples of RFC 6570."""

from __future__ import annotations

import pytest

from mcp_tui.domain.uri_template import expand, schema_for, variables

VALUES = {"var": "value", "hello": "Hello World!", "path": "/foo/bar", "empty": "", "x": "1024", "y": "768"}


@pytest.mark.parametrize(
    ("template", "uri"),
    [
        ("{var}", "value"),
        ("{hello}", "Hello%20World%21"),
        ("{+hello}", "Hello%20World!"),
        ("{+path}/here", "/foo/bar/here"),
        ("X{#hello}", "X#Hello%20World!"),
        ("map?{x,y}", "map?1024,768"),
        ("X{.x,y}", "X.1024.768"),
        ("{/var,x}/here", "/value/1024/here"),
        ("{;x,y,empty}", ";x=1024;y=768;empty"),
        ("{?x,y,undef}", "?x=1024&y=768"),
        ("?fixed=yes{&x}", "?fixed=yes&x=1024"),
        ("{var:3}", "val"),
        ("demo://{undef}", "demo://"),
        ("no variables", "no variables"),
    ],
)
def test_a_template_and_values_make_the_uri_of_the_rfc(template: str, uri: str) -> None:
    assert expand(template, VALUES) == uri


def test_variables_come_once_and_in_order() -> None:
    assert variables("a://{b}/{c*}{?b,d:4}") == ["b", "c", "d"]


def test_what_stands_in_a_query_may_be_left_out() -> None:
    assert schema_for("a://{b}{?c}")["required"] == ["b"]
