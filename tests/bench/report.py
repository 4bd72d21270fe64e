"""One result: ours against theirs, as a ratio with the figures behind it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Ratio:
    """Medians of ours and theirs, in the same unit, and what we aim for."""

    what: str
    ours: float
    theirs: float
    unit: str
    at_most: float

    def __str__(self) -> str:
        ratio = self.ours / self.theirs
        mark = "ok" if ratio <= self.at_most else "OVER"
        figures = f"{self.ours:.3f} against {self.theirs:.3f} {self.unit}"
        return f"{self.what}: {ratio:.2f} (at most {self.at_most}) {mark}   {figures}"


def ratio(what: str, ours: list[float], theirs: list[float], unit: str, at_most: float) -> Ratio:
    """The ratio of the medians."""
    return Ratio(what, median(ours), median(theirs), unit, at_most)
