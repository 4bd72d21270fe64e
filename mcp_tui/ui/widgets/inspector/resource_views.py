"""What the Inspector's tabs show of a resource or a template: what was read, and what the server says of it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from mcp_tui.domain.catalog import Resource, Template
from mcp_tui.domain.content import ResourceBlock, ResourceResult
from mcp_tui.domain.text import human_size
from mcp_tui.ui.widgets.inspector.fetching import Asked, TextsView, failure_lines
from mcp_tui.ui.widgets.inspector.page import View
from mcp_tui.ui.widgets.inspector.texts import BADGE, breach_view, hex_head, text_view
from mcp_tui.ui.widgets.pieces import hints, line, marked, pairs, prose, two

Read = Asked[ResourceResult]


class Contents(TextsView):
    """What was read, by its type."""

    def __init__(self, uri: str, read: Read | None, watch: Static, w: str = "") -> None:
        """`watch` is the line that tells of the watching; `w` says what the key does, "" when it does nothing."""
        super().__init__()
        self._uri = uri
        self._read = read
        self._watch = watch
        self._keys = Static(_keys(w))

    def compose(self) -> ComposeResult:
        yield self._watch
        match self._read:
            case Asked(result=ResourceResult(contents=contents, breach=breach) as result):
                if breach:
                    yield Static(BADGE, classes="gap")
                for block in contents:
                    yield from _content(block)
                yield from breach_view(breach, result.raw)
                if not contents and not breach:
                    yield Static("[$quiet]It is empty.[/]", classes="gap")
                yield self._keys
            case Asked(what=what, hint=hint):
                yield from failure_lines(what, hint)
                yield Static(hints(r="read again"))
            case None:
                yield Static(line(self._uri), classes="gap")
                yield Static(f"[$quiet]Not read yet.[/]   {hints(enter='reads it')}")

    def tell_watching(self, w: str) -> None:
        """The key that watches does something else now."""
        self._keys.update(_keys(w))

    @property
    def text(self) -> str:
        """The text that was read (raw); bytes have none."""
        result = self._read.result if self._read else None
        return result.text if result else ""


class ResourceDetails(View):
    """What the server says of a resource or a template."""

    def __init__(self, item: Resource | Template) -> None:
        super().__init__()
        self._item = item

    def compose(self) -> ComposeResult:
        item = self._item
        if item.description:
            yield Static(prose(item.description), classes="gap")
        address = "uri" if isinstance(item, Resource) else "template"
        size = human_size(item.size) if isinstance(item, Resource) and item.size is not None else ""
        rows = [
            ("name", item.name),
            ("title", item.title),
            (address, item.key),
            ("type", item.mime_type),
            ("size", size),
        ]
        yield pairs(*((name, line(value)) for name, value in rows if value))


def _keys(w: str) -> str:
    return hints(i="insert into chat", y="copy", r="read again", **({"w": w} if w else {}))


def _content(block: ResourceBlock) -> Iterator[Widget]:
    yield two(marked("[b]$type[/b]", type=block.mime_type or "no type"), human_size(block.size))
    yield Static(line(block.uri), classes="about")
    if block.text is not None:
        yield from text_view(block.text, block.mime_type)
    else:
        yield Static(hex_head(block.data or b""), markup=False, classes="quote")
    yield Static("")
