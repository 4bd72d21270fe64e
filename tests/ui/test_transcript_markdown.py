"""What Markdown becomes, that streaming never changes it, and that hostile text stays text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color
from textual.theme import BUILTIN_THEMES

from mcp_tui.chat.events import ReasoningDelta, TextDelta
from mcp_tui.domain.text import clean
from mcp_tui.ui.themes import INK, with_roles
from mcp_tui.ui.transcript import markdown
from mcp_tui.ui.transcript.answer import AnswerBlock
from mcp_tui.ui.transcript.code import json_pieces
from mcp_tui.ui.transcript.column import Column
from mcp_tui.ui.transcript.layout import lay_out
from mcp_tui.ui.transcript.lines import breaks, wrap
from mcp_tui.ui.transcript.palette import Palette
from mcp_tui.ui.transcript.story import Story

SAMPLES = [
    "# Head\n\nOne *two* **three** `four`\nfive\\\nsix\n\nSeven\n===\n\nafter\n---\n\n***\n",
    "text\n| a | b |\n|:-|-:|\n| 1 | **2** |\n| x\n\nend | of |\n|-\n",
    "```python\ndef f(x):\n\n    return '#'\n```\n\n~~~\nplain\n~~~\ntail ```\n\n```\nnever closed\n\n- not a list\n",
    "- a\n- b\n\n  more b\n  1. x\n  2. y\n\n      code\n* other\n\n10. ten\n11. eleven\n\n    > quoted\n    lazy\n",
    "> quote\n> - item\n>\n> ```js\n> let a = 1\n> ```\nlazy\n\n> > deep\n",
    "<div onclick=x>\n<b>hi</b>\n\n</div> [a]: http://x.y\n\n[a]: http://x.y\n\n[a][a] ![alt](http://i.mg) <http://auto.lk>\n",
    "日本語のテキスト 👩‍💻 wide\n\n|表|b|\n|-|-|\n|日本|x|\n\n    in\n\n\tcode\r\n\r\nend \x1b[0m &#x202E; \rstill\n",
    "",
    "\n\n\n",
]

texts = st.one_of(
    st.sampled_from(SAMPLES),
    st.lists(st.sampled_from(SAMPLES), max_size=3).map("".join),
    st.text(alphabet="ab \n-*>`#|=1.~\t\r[]()日\u200d\U0001f469", max_size=120),
)


def rows(block: AnswerBlock, width: int = 40) -> list[tuple[object, int, str]]:
    return [(tuple(line.pieces), line.lead, line.ground) for line in block.lines(width)]


def plain(text: str, width: int = 60) -> list[str]:
    block = AnswerBlock()
    block.append(text)
    return [line.text.rstrip() for line in block.lines(width)]


@settings(deadline=None, max_examples=100)
@given(texts, st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_an_answer_looks_the_same_however_it_was_cut_into_deltas(text: str, sizes: list[int]) -> None:
    streamed, whole = AnswerBlock(), AnswerBlock()
    at = turn = 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        streamed.append(text[at : at + size])
        streamed.lines(40)
        at, turn = at + size, turn + 1
    whole.append(text)
    assert rows(streamed) == rows(whole)
    unsplit = lay_out(markdown.parse(clean(text)), 40, " ")
    assert [line.text for line in whole.lines(40)] == [line.text for line in unsplit]
    assert rows(streamed, 23) == rows(whole, 23)


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(1, 30))
def test_no_row_is_wider_than_its_width_and_no_word_is_lost(text: str, width: int) -> None:
    line = " ".join(clean(text).split())
    cut = breaks(line, width)
    assert "".join(line[start:end] for start, end in cut).replace(" ", "") == line.replace(" ", "")
    assert all(cell_len(line[start:end]) <= max(width, 2) for start, end in cut)
    assert ["".join(piece for piece, _ in row) for row in wrap([(line[:5], "a"), (line[5:], "b")], width)] == [
        line[start:end] for start, end in cut
    ]


@given(st.text(max_size=80))
def test_json_in_colours_is_the_same_text(line: str) -> None:
    assert "".join(text for text, _ in json_pieces(line)) == line


def test_finished_paragraphs_are_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[str] = []
    parse = markdown.parse
    monkeypatch.setattr("mcp_tui.ui.transcript.answer.parse", lambda text: prepared.append(text) or parse(text))
    block = AnswerBlock()
    for number in range(200):
        block.append(f"Paragraph {number} has some words.\n\n")
        block.lines(60)
    assert sum(len(text) for text in prepared) < 4 * len(block.copied)


def test_the_rows_above_a_growing_answer_are_not_looked_at_again() -> None:
    story, column = Story(), Column()
    for number in range(50):
        story.fold(TextDelta(f"answer {number}"))
        story.fold(ReasoningDelta("hm"))
    column.place(story.blocks, story.changed, 60)
    first = [column.line(row) for row in range(column.height)]
    story.changed.clear()
    story.fold(TextDelta("more"))
    column.place(story.blocks, story.changed, 60)
    assert all(column.line(row) is line for row, line in enumerate(first[:-1]))


def test_tables_align_by_cells_and_shrink_to_the_width() -> None:
    assert plain("|表|n|\n|-|-:|\n|日本|1|\n|ab|200|") == [" 表       n", " 日本     1", " ab     200"]
    narrow = plain("|a|b|\n|-|-|\n|" + "word " * 20 + "|x|", 30)
    assert len(narrow) > 3 and max(map(len, narrow)) <= 30


def test_lists_nest_and_keep_their_own_numbers() -> None:
    assert plain("3. a\n   - b\n     c\n4. d\n\nend") == [" 3. a", "    • b c", " 4. d", "", " end"]


def test_links_and_images_show_their_address_and_html_stays_text() -> None:
    assert plain("[x](http://a.b) <http://c.d> ![alt](http://e.f)") == [" x (http://a.b) http://c.d alt (http://e.f)"]
    assert plain("<b>bold</b>\n\n<script>x</script>") == [" <b>bold</b>", "", " <script>x</script>"]
    assert plain("[a][b]\n\n[b]: http://hidden.example") == [" [a][b]", "", " [b]: http://hidden.example"]


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("\x1b]52;c;aGk=\x07", "⟦U+001B⟧]52;c;aGk=⟦U+0007⟧"),
        ("`\x1b[31m`", "⟦U+001B⟧[31m"),
        ("a\u202eb", "a⟦U+202E⟧b"),
        ("a&#x202E;b", "a⟦U+202E⟧b"),
        ("tag \U000e0041", "tag ⟦U+E0041⟧"),
        ("[/bold] [@click=app.quit]x[/]", "[/bold] [@click=app.quit]x[/]"),
        ("```sh\n\x9b31m\n```", "⟦U+009B⟧31m"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
    ],
)
def test_hostile_text_is_shown_as_what_it_is(raw: str, seen: str) -> None:
    assert any(seen in row for row in plain(raw))


@pytest.mark.parametrize(
    "text", ["[" * 3000, "> " * 2000, "- " * 2000, "*_" * 3000, "`" * 3001, "|" * 2000 + "\n" + "|-" * 2000]
)
def test_pathological_markdown_is_only_text(text: str) -> None:
    assert isinstance(plain(text), list)


def test_a_palette_keeps_16_colour_themes_to_16_colours() -> None:
    variables = with_roles(BUILTIN_THEMES["ansi-dark"].to_color_system().generate(), ansi=True)
    palette = Palette(variables, True, None)
    assert palette.style("quiet").dim and palette.style("good").color == Color.parse("color(2)")
    colours = Palette(with_roles(INK.to_color_system().generate(), ansi=False), False, None)
    assert not colours.style("quiet").dim


def test_the_view_is_imported_without_the_markdown_parser_and_the_lexers() -> None:
    heavy = (
        "import sys, mcp_tui.ui.transcript; print([m for m in ('markdown_it', 'pygments.lexers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"
