"""What a server suggests for an argument: the values it names, and how many more it knows."""

from __future__ import annotations

from collections.abc import Iterable


class Completion(list[str]):
    """The values, raw."""

    def __init__(self, values: Iterable[str] = (), unnamed: int | None = 0) -> None:
        super().__init__(values)
        self.unnamed = unnamed
        """How many more there are that it did not name; None: some."""
