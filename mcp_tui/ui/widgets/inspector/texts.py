"""Foreign content as widgets: Markdown, JSON, plain text, bytes; each cleaned, and cut where it would be too long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from textual.binding import Binding
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.content import BlobBlock, Block, LinkBlock, ResourceBlock, TextBlock, UnknownBlock
from mcp_tui.domain.pictures import pixels
from mcp_tui.domain.text import clean, hidden_count, human_size, pretty_json
from mcp_tui.ui.widgets.inspector.json_tree import JsonTree
from mcp_tui.ui.widgets.inspector.messages import OpenResource
from mcp_tui.ui.widgets.pieces import line, marked, two

MOST_LINES = 2_000
MOST_CHARACTERS = 200_000
MOST_MARKDOWN = 20_000
"""Characters; a longer text is shown plain, because every paragraph of Markdown is a widget."""
MOST_JSON = 2_000_000
MOST_HIGHLIGHTED = 60_000
HEAD = 256
"""Bytes of a blob that are shown."""

_MARKDOWN = re.compile(r"^(#{1,6} \S|```|\|.*\|$\s*\|[-:| ]+\|$)|\*\*[^*\n]+\*\*|\[[^\]\n]+\]\(\w+:[^)\n]+\)", re.M)
"""What only Markdown has. Dashes and numbers begin lines of much else: a list alone does not count."""
_DIFF = re.compile(r"^(diff --git |@@ -\d+|\+\+\+ |--- )", re.M)
"""A diff keeps its lines, whatever stands in them."""


def kind_of_text(text: str, mime_type: str = "") -> str:
    """How a text is shown: "JSON", "Markdown" or "plain"."""
    start = text.lstrip()[:1]
    if ("json" in mime_type or start in ("{", "[")) and len(text) <= MOST_JSON and _parsed(text) is not None:
        return "JSON"
    if len(text) > MOST_MARKDOWN:
        return "plain"
    if "markdown" in mime_type:
        return "Markdown"
    is_markdown = not mime_type and _MARKDOWN.search(text) and not _DIFF.search(text)
    return "Markdown" if is_markdown else "plain"


def text_view(text: str, mime_type: str = "", classes: str = "") -> Iterator[Widget]:
    """A text as it reads best."""
    match kind_of_text(text, mime_type):
        case "JSON":
            yield JsonTree(_parsed(text))
        case "Markdown":
            from mcp_tui.ui.widgets.inspector.prose import Prose

            yield Prose(clean(text), classes)
        case _:
            shown, note = cut(clean(text))
            yield Static(Content(shown), classes=classes)
            if note:
                yield Static(note, classes="about")
    if count := hidden_count(text):
        yield Static(f"[$warn]△ {count} hidden character{'s' * (count > 1)}[/]", classes="gap")


def block_view(block: Block) -> Iterator[Widget]:
    """One block of a result, a prompt or a resource."""
    match block:
        case TextBlock(text):
            yield from text_view(text)
        case BlobBlock(mime_type, data, role):
            size = pixels(data)
            extent = f" · {size[0]:,} × {size[1]:,}" if size else ""
            words = f"{mime_type}{extent} · {human_size(len(data))}"
            yield two(marked("[b]$role[/]", role=role.title()), line(words))
            yield Static(Content(hex_head(data)), classes="about")
        case LinkBlock(uri=uri, description=description):
            yield ResourceLink(block)
            yield Static(line(f"{uri}   {description}".rstrip()), classes="about")
        case ResourceBlock(uri, mime_type, text, data):
            yield two(marked("[$hue]◆[/] $uri", uri=uri), line(f"{mime_type} · {human_size(block.size)}".strip(" ·")))
            yield from text_view(text, mime_type) if text is not None else [Static(Content(hex_head(data or b"")))]
        case UnknownBlock(raw):
            yield Static("[$quiet]A kind of content that is not known here:[/]")
            yield from code_view(raw)


class ResourceLink(HorizontalGroup, can_focus=True):
    """A link to a resource of the same server: enter or a click opens it. Nothing is fetched before."""

    DEFAULT_CSS = "ResourceLink { height: auto; &:focus { background: $primary 15%; } & > .left { width: 1fr; } }"
    BINDINGS = [Binding("enter", "follow", "Open the resource that a result links to", show=False)]

    def __init__(self, link: LinkBlock) -> None:
        super().__init__(
            Static(marked("[$hue]◆[/] [u]$name[/u]", name=link.name or link.uri), classes="left"),
            Static(marked("[$quiet]$type[/]  [$key] enter [/]", type=link.mime_type), classes="right"),
            classes="two",
        )
        self._link = link

    def action_follow(self) -> None:
        self.post_message(OpenResource(self._link.uri, self._link.name, self._link.mime_type))

    def on_click(self) -> None:
        self.action_follow()


def code_view(raw: Mapping[str, Any] | Any) -> Iterator[Widget]:
    """The wire's JSON, highlighted while it is small."""
    shown, note = cut(clean(pretty_json(raw)))
    if len(shown) <= MOST_HIGHLIGHTED:
        from textual.highlight import highlight

        from mcp_tui.ui.widgets.code import Calm

        yield Static(highlight(shown, language="json", theme=Calm), classes="gap")
    else:
        yield Static(Content(shown), classes="gap")
    if note:
        yield Static(note, classes="about")


BADGE = "[$warn]△ does not conform[/]"
"""Stands where a result breaks its form."""


def breach_view(breach: str, raw: Mapping[str, Any]) -> Iterator[Widget]:
    """What of a result breaks its form, and the result as it came; nothing for one that breaks none."""
    if breach:
        yield Static(line(breach, "$warn"))
        yield two("[b]The result[/b]", "as it came")
        yield from code_view(raw)


def cut(shown: str) -> tuple[str, str]:
    """At most so much of a cleaned text as can be laid out, and a note about the rest."""
    head = shown[:MOST_CHARACTERS]
    lines = head.split("\n", MOST_LINES)[:MOST_LINES]
    head = "\n".join(lines)
    if len(head) == len(shown):
        return shown, ""
    total = shown.count("\n") + 1
    return head, f"Cut here, after {len(lines):,} of {total:,} lines. [$key] y [/] copies everything."


def hex_head(data: bytes) -> str:
    """The first bytes, eight a line, as numbers and as letters."""
    rows: list[str] = []
    for start in range(0, min(len(data), HEAD), 8):
        part = data[start : start + 8]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
        rows.append(f"{start:04x}  {part.hex(' '):<23}  {letters}")
    more = len(data) - HEAD
    return "\n".join([*rows, f"… {human_size(more)} more"] if more > 0 else rows)


def _parsed(text: str) -> Any:
    """A JSON object or list that is not empty, else None."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) and value else None
