"""Two calm themes of our own, and the roles that every theme gets.

A role is a theme variable that holds a whole text style, so that markup can say `[$quiet]…[/]` and mean a muted
colour in a true-colour theme and `dim` in a 16-colour one.
"""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme


def _theme(name: str, dark: bool, ink: dict[str, str], lines: dict[str, str]) -> Theme:
    """A theme from its inks (the colours that text comes in) and the grounds and lines around it."""
    return Theme(
        name=name,
        dark=dark,
        primary=ink["primary"],
        secondary=ink["primary"],
        accent=ink["primary"],
        success=ink["good"],
        warning=ink["warn"],
        error=ink["bad"],
        foreground=ink["text"],
        background=lines["page"],
        surface=lines["side"],
        panel=lines["strip"],
        variables={
            "text-primary": ink["primary"],
            "text-success": ink["good"],
            "text-warning": ink["warn"],
            "text-error": ink["bad"],
            "border": ink["primary"],
            "border-blurred": lines["line"],
            "block-cursor-background": lines["cursor"],
            "block-cursor-foreground": ink["cursor"],
            "block-cursor-blurred-background": lines["cursor-blurred"],
            "input-selection-background": f"{ink['primary']} 30%",
            "scrollbar": lines["scrollbar"],
            "scrollbar-hover": lines["scrollbar-hover"],
            "scrollbar-active": ink["primary"],
            "scrollbar-background": lines["side"],
            "scrollbar-background-hover": lines["side"],
            "scrollbar-background-active": lines["side"],
        },
    )


INK = _theme(
    "ink",
    True,
    {
        "primary": "#8ea8ff",
        "good": "#79c7a0",
        "warn": "#e3b567",
        "bad": "#f0808a",
        "text": "#d6dae6",
        "cursor": "#ffffff",
    },
    {
        "page": "#12141b",
        "side": "#181b24",
        "strip": "#212531",
        "line": "#2b3040",
        "cursor": "#2d3550",
        "cursor-blurred": "#242937",
        "scrollbar": "#2f3546",
        "scrollbar-hover": "#404860",
    },
)

PAPER = _theme(
    "paper",
    False,
    {
        "primary": "#3f57c8",
        "good": "#22784f",
        "warn": "#8a5a00",
        "bad": "#b8323f",
        "text": "#262a36",
        "cursor": "#14172a",
    },
    {
        "page": "#fbfaf8",
        "side": "#f2f1ee",
        "strip": "#e7e6e3",
        "line": "#d8d7d3",
        "cursor": "#d3daf7",
        "cursor-blurred": "#e0e1e6",
        "scrollbar": "#cfcec9",
        "scrollbar-hover": "#b5b4ae",
    },
)

PLAIN = "ansi-dark"
"""Textual's theme that says by frames, reverse and underline what others say by grounds: for NO_COLOR."""

_SIXTEEN_COLOUR_ROLES = {
    "quiet": "dim",
    "faint": "dim",
    "key": "bold",
    "chip": "ansi_default",
    "hue": "ansi_blue",
    "good": "ansi_green",
    "warn": "ansi_yellow",
    "bad": "ansi_red",
}


def with_roles(variables: dict[str, str], ansi: bool) -> dict[str, str]:
    """A theme's variables plus the roles. Markup resolves one level of `$name` and no opacity, so both end here."""
    if ansi:
        return variables | _SIXTEEN_COLOUR_ROLES
    surface, foreground = Color.parse(variables["surface"]), Color.parse(variables["foreground"])

    def ink(share: float) -> str:
        return surface.blend(foreground, share).hex

    return variables | {
        "quiet": ink(0.72),
        "text-muted": ink(0.72),  # second voice: notes, types, units
        "faint": ink(0.5),  # third voice: separators, withheld things
        "chip": ink(0.13),  # the ground of a key or a field
        "key": f"bold {variables['foreground']} on {ink(0.13)}",
        "hue": variables["text-primary"],  # the one accent, as text
        "good": variables["text-success"],
        "warn": variables["text-warning"],
        "bad": variables["text-error"],
    }
