"""Code in four voices: words bold, strings green, numbers in the accent, the rest plain."""

from __future__ import annotations

from pygments.token import Token
from textual.highlight import HighlightTheme


class Calm(HighlightTheme):
    """For `textual.highlight`. The stock 16-colour themes name colours that do not exist, and a rainbow tires."""

    STYLES = {
        Token.Comment: "$quiet",
        Token.Keyword: "bold",
        Token.Operator.Word: "bold",
        Token.Literal.String: "$good",
        Token.Literal.Number: "$hue",
        Token.Keyword.Constant: "$hue",
        Token.Name.Tag: "$quiet",
        Token.Punctuation: "$quiet",
    }
