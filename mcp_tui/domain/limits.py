"""How much of a server's lists is read. What is beyond a limit is left out, and said in the list and in the log."""

from __future__ import annotations

PAGES = 100
"""Pages of one list."""
ITEMS = 10_000
"""Items of one list."""
