"""The colours of the transcript: roles (`quiet`, `good`, `bold hue`) become styles, lines become strips."""

from __future__ import annotations

from collections.abc import Mapping

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.strip import Strip
from textual.style import Style

from mcp_tui.ui.transcript.lines import Line

_ATTRIBUTES = frozenset({"bold", "italic", "underline", "strike", "dim"})


class Palette:
    """The styles of one theme, made from its variables. A new theme needs a new palette."""

    def __init__(self, variables: Mapping[str, str], ansi: bool, page: RichColor | None) -> None:
        """`variables` are the app's own (with the roles of ui/themes.py); `ansi` when the theme has 16 colours;
        `page` is the ground that the whole transcript stands on."""
        self.page = page
        self._variables = dict(variables)
        self._variables["bar"] = variables["border-blurred" if ansi else "panel"]
        self._variables["running"] = variables["primary"]
        if not ansi:
            surface, primary = Color.parse(variables["surface"]), Color.parse(variables["primary"])
            self._variables["running"] = surface.blend(primary, 0.6).hex
        self._styles: dict[tuple[str, str], RichStyle] = {}
        self._marks: dict[RichStyle | None, RichStyle] = {}
        self._ansi = ansi

    def style(self, role: str, ground: str = "") -> RichStyle:
        """The style of a role (several words add up) on a ground ("": the page)."""
        key = (role, ground)
        if key not in self._styles:
            style = Style.parse(self._variables["foreground"])
            for word in role.split():
                style += Style.parse(word if word in _ATTRIBUTES else self._variables[word])
            if ground and style.background is None and not self._ansi:
                style += Style.parse(f"on {self._variables[ground]}")
            page = RichStyle(bgcolor=self.page)
            self._styles[key] = page + style.rich_style
        return self._styles[key]

    def paint(self, line: Line, width: int) -> Strip:
        """The line as a strip; a line with a ground fills the whole width."""
        strip = Strip(
            Segment(text, self.style(role, line.ground if at >= line.inset else ""))
            for at, (text, role) in enumerate(line.pieces)
        )
        if strip.cell_length > width:
            return strip.crop(0, width)
        return strip.extend_cell_length(width, self.style("", line.ground)) if line.ground else strip

    def mark(self, strip: Strip, width: int) -> Strip:
        """The strip of a focused block: an accent bar at its left edge (a shape, too) and a lighter ground."""
        bar = Segment("▌", self._lit(self.style("primary")))
        rest = strip.extend_cell_length(width, self.style("")).crop(1, width)
        return Strip([bar, *(Segment(text, self._lit(style)) for text, style, _ in rest)], width)

    def _lit(self, style: RichStyle | None) -> RichStyle:
        if self._ansi:
            return style or RichStyle.null()
        if style not in self._marks:
            plain = style or RichStyle.null()
            surface = self.style("", "surface").bgcolor
            lit = self.style("", "block-cursor-blurred-background").bgcolor
            keep = plain.bgcolor not in (self.page, surface)
            self._marks[style] = plain if keep else plain + RichStyle(bgcolor=lit)
        return self._marks[style]
