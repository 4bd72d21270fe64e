"""URI templates, with the examples of RFC 6570."""

from __future__ import annotations

import pytest

from mcp_tui.domain.uri_template import expand, lists, schema_for, variables

VALUES = {
    "var": "value",
    "hello": "Hello World!",
    "half": "50%",
    "done": "50%25",
    "base": "http://example.com/home/",
    "path": "/foo/bar",
    "empty": "",
    "x": "1024",
    "y": "768",
    "v": "6",
    "who": "fred",
    "dub": "me/too",
    "list": ["red", "green", "blue"],
    "count": ["one", "two", "three"],
    "nothing": [],
}


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
        # 3.2.2
        ("{half}", "50%25"),
        ("O{empty}X", "OX"),
        ("?{x,empty}", "?1024,"),
        ("{list}", "red,green,blue"),
        ("{list*}", "red,green,blue"),
        # 3.2.3
        ("{+half}", "50%25"),
        ("{+done}", "50%25"),
        ("{base}index", "http%3A%2F%2Fexample.com%2Fhome%2Findex"),
        ("{+base}index", "http://example.com/home/index"),
        ("{+path:6}here", "/foo/bhere"),
        ("{+list*}", "red,green,blue"),
        # 3.2.4
        ("{#x,hello,y}", "#1024,Hello%20World!,768"),
        ("foo{#empty}", "foo#"),
        ("{#list*}", "#red,green,blue"),
        # 3.2.5
        ("{.half,who}", ".50%25.fred"),
        ("X{.empty}", "X."),
        ("X{.list}", "X.red,green,blue"),
        ("X{.list*}", "X.red.green.blue"),
        # 3.2.6
        ("{/who,dub}", "/fred/me%2Ftoo"),
        ("{/var,empty}", "/value/"),
        ("{/var:1,var}", "/v/value"),
        ("{/list}", "/red,green,blue"),
        ("{/list*,path:4}", "/red/green/blue/%2Ffoo"),
        # 3.2.7
        ("{;v,empty,who}", ";v=6;empty;who=fred"),
        ("{;v,bar,who}", ";v=6;who=fred"),
        ("{;hello:5}", ";hello=Hello"),
        ("{;list}", ";list=red,green,blue"),
        ("{;list*}", ";list=red;list=green;list=blue"),
        # 3.2.8
        ("{?x,y,empty}", "?x=1024&y=768&empty="),
        ("{?var:3}", "?var=val"),
        ("{?list}", "?list=red,green,blue"),
        ("{?list*,nothing}", "?list=red&list=green&list=blue"),
        # 3.2.9
        ("{&x,y,empty}", "&x=1024&y=768&empty="),
        ("{&count*}", "&count=one&count=two&count=three"),
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


def test_a_list_is_typed_with_what_stands_between_its_parts() -> None:
    template = "a://{b}{/path*}{.ext*}{?tag*}"
    typed = {"b": "1/2", "path": "x/y", "ext": "tar.gz", "tag": "p,q"}
    assert expand(template, lists(template, typed)) == "a://1%2F2/x/y.tar.gz?tag=p&tag=q"
    assert expand("a://b{/path*}", lists("a://b{/path*}", {"path": "/x/y"})) == "a://b/x/y"
    about = schema_for(template)["properties"]
    assert "description" not in about["b"] and "with / between" in about["path"]["description"]
