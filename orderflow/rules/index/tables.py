"""For one field: from what an order has there to the bits of the rows that are still possible."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import xor
from typing import Any, NamedTuple

from orderflow.rules.condition import Kind
from orderflow.rules.index.bits import Bits
from orderflow.rules.index.questions import Question, edges
from orderflow.rules.index.readers import ORDERED

# The bit of a row and all it asks of one field.
Asking = tuple[Bits, Sequence[Question]]


class WordTable(NamedTuple):
    """A field of words or flags; `other` are the rows for every word no rule names."""

    masks: Mapping[Any, Bits]
    other: Bits

    def average(self) -> float:
        """How many rows are possible on average over the values rules name."""
        return _average((self.other, *self.masks.values()))

    def possible(self, word: Any) -> Bits:
        """The rows still possible for an order that has this word there."""
        return self.masks.get(word, self.other)

    def cut(self, rows: Bits) -> "WordTable":
        """The same table of some of the rows."""
        return WordTable({word: mask & rows for word, mask in self.masks.items()}, self.other & rows)


class PlaceTable(NamedTuple):
    """A field whose values are places on a line, cut at the edges of what rules allow: one more mask than edges."""

    edges: Sequence[int]
    masks: Sequence[Bits]

    def average(self) -> float:
        """How many rows are possible on average over the stretches between edges."""
        return _average(self.masks)

    def possible(self, place: int) -> Bits:
        """The rows still possible for an order that has this place there."""
        return self.masks[bisect_right(self.edges, place)]

    def cut(self, rows: Bits) -> "PlaceTable":
        """The same table of some of the rows, without the edges at which nothing changes for them."""
        masks = [mask & rows for mask in self.masks]
        kept = [number for number in range(1, len(masks)) if masks[number] != masks[number - 1]]
        return PlaceTable([self.edges[number - 1] for number in kept], (masks[0], *(masks[n] for n in kept)))


class ListTable(NamedTuple):
    """A field of several words: the rows each word makes true, the rows each word makes false, and all other rows."""

    welcome: Mapping[str, Bits]
    refused: Mapping[str, Bits]
    others: Bits

    def average(self) -> float:
        """How many rows are possible on average over the words rules name."""
        return _average((self.others, *(self.possible([word]) for word in self.welcome.keys() | self.refused.keys())))

    def possible(self, members: Iterable[str] | None) -> Bits:
        """The rows still possible for an order that has these words there."""
        possible, impossible = self.others, 0
        for member in members or ():
            possible |= self.welcome.get(member, 0)
            impossible |= self.refused.get(member, 0)
        return possible & ~impossible

    def cut(self, rows: Bits) -> "ListTable":
        """The same table of some of the rows."""
        welcome = {word: mask & rows for word, mask in self.welcome.items()}
        return ListTable(welcome, {word: mask & rows for word, mask in self.refused.items()}, self.others & rows)


Table = WordTable | PlaceTable | ListTable


def table_of(kind: Kind | None, askers: Sequence[Asking], everything: Bits) -> Table:
    """The table of a field of that kind."""
    if kind is Kind.TEXTS:
        return list_table(askers, everything)
    return place_table(askers, everything) if kind in ORDERED else word_table(askers, everything)


def word_table(askers: Sequence[Asking], everything: Bits) -> WordTable:
    """The table of a text or flag field. Only the words a row names are asked of it."""
    asking = sum(bit for bit, _ in askers)
    other = everything ^ asking | sum(bit for bit, questions in askers if not any(one.wanted for one in questions))
    masks: dict[Any, Bits] = {None: other}
    for bit, questions in askers:
        for word in {word for one in questions for word in one.allowed}:
            if _answer(questions, word) is not bool(other & bit):
                masks[word] = masks.get(word, other) ^ bit
    return WordTable(masks, other)


def place_table(askers: Sequence[Asking], everything: Bits) -> PlaceTable:
    """The table of a field of places. A row's answer is asked only at its own edges."""
    own = [(bit, questions, _edges(questions)) for bit, questions in askers]
    lines = sorted({edge for _, _, row_edges in own for edge in row_edges})
    changes = [everything] + [0] * len(lines)
    region = {edge: index for index, edge in enumerate(lines, start=1)}
    for bit, questions, row_edges in own:
        before = _answer(questions, row_edges[0] - 1)
        changes[0] ^= 0 if before else bit
        for edge in row_edges:
            after = _answer(questions, edge)
            changes[region[edge]] ^= bit if after is not before else 0
            before = after
    return PlaceTable(lines, tuple(accumulate(changes, xor)))


def list_table(askers: Sequence[Asking], everything: Bits) -> ListTable:
    """The table of a field of several words. A row may welcome only one set of words, and refuse many."""
    welcome: dict[str, Bits] = {}
    refused: dict[str, Bits] = {}
    others = everything
    for bit, questions in askers:
        for one in questions:
            others &= ~bit if one.wanted else everything
            for word in one.allowed.words:
                masks = welcome if one.wanted else refused
                masks[word] = masks.get(word, 0) | bit
    return ListTable(welcome, refused, others)


def _average(masks: Sequence[Bits]) -> float:
    return sum(mask.bit_count() for mask in masks) / len(masks)


def _answer(questions: Iterable[Question], value: Any) -> bool:
    return all((value in one.allowed) is one.wanted for one in questions)


def _edges(questions: Iterable[Question]) -> list[int]:
    return sorted({edge for one in questions for edge in edges(one.allowed)})
