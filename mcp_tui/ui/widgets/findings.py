"""What was found in foreign texts: a line for each, and the texts with the places marked."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from mcp_tui.domain.scan import Finding, FindingKind
from mcp_tui.domain.text import clean, clean_start
from mcp_tui.ui.widgets.pieces import marked

MOST_TOLD = 12
"""Findings that are listed; all of them are marked in the text."""
_ROLES = {FindingKind.ORDER: "$bad", FindingKind.CONTROL: "$bad"}
_WORDS = 80
"""Characters that are quoted of one."""


def finding_line(found: Finding, masked: str, where: str = "") -> Content:
    """What kind, what it is, where it stands (raw), and its words."""
    words = clean_start(found.decoded or masked[found.start : found.end], _WORDS)
    says = "spells" if found.decoded else "at"
    role = _ROLES.get(found.kind, "$warn")
    said = marked(f"[b {role}]△ $kind:[/] $what  [$quiet]$where", kind=found.kind.value, what=found.what, where=where)
    return said + Content.styled(f"  {says} “{words}”", "$text-muted")


def marked_text(masked: str, findings: Sequence[Finding]) -> Content:
    """A text as it may be seen, what was found in it in colour. Offsets are those of the text."""
    parts: list[Content] = []
    at = 0
    for found in findings:
        start, end = max(at, found.start), min(found.end, len(masked))
        if start < end:
            parts += [Content(clean(masked[at:start])), Content.styled(clean(masked[start:end]), "$warn reverse")]
            at = end
    return Content.assemble(*parts, Content(clean(masked[at:])))
