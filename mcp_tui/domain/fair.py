"""What several sources gave, within bounds: who gives the most loses its oldest first, so a flood displaces nobody."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import takewhile
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class _Kept(NamedTuple, Generic[T]):
    number: int
    item: T
    size: int


class Fair(Generic[T]):
    """Items by their numbers, which only grow. Iterating gives all that is kept, oldest first."""

    def __init__(self, most: int, most_bytes: int = 0) -> None:
        """At most so many items, and so many bytes of them unless that is 0."""
        self.dropped: Counter[str] = Counter()
        """How many of each source are no longer kept."""
        self._most = most
        self._most_bytes = most_bytes
        self._kept: dict[str, deque[_Kept[T]]] = {}
        self._count = 0
        self._bytes: Counter[str] = Counter()

    def add(self, source: str, number: int, item: T, size: int = 0) -> None:
        self._kept.setdefault(source, deque()).append(_Kept(number, item, size))
        self._count += 1
        self._bytes[source] += size
        while self._count > self._most:
            self._drop({name: len(kept) for name, kept in self._kept.items()})
        while self._most_bytes and self._bytes.total() > self._most_bytes:
            self._drop(self._bytes)

    def after(self, number: int) -> Iterator[T]:
        """Those with a higher number, oldest first."""
        news = [[*takewhile(lambda each: each.number > number, reversed(kept))] for kept in self._kept.values()]
        return (each.item for each in merge(*map(reversed, news), key=lambda each: each.number))

    def of(self, source: str) -> Iterator[T]:
        """Those of one source."""
        return (each.item for each in tuple(self._kept.get(source, ())))

    def __iter__(self) -> Iterator[T]:
        return self.after(-1)

    def __len__(self) -> int:
        return self._count

    def _drop(self, greed: Mapping[str, int]) -> None:
        greediest = max(greed, key=greed.__getitem__)
        self._bytes[greediest] -= self._kept[greediest].popleft().size
        self._count -= 1
        self.dropped[greediest] += 1
