"""Sets of rows as whole numbers, one bit a row."""

from collections.abc import Iterable, Iterator
from itertools import compress

Bits = int

_STRETCH_BITS = 64
_SHORT = 1 << _STRETCH_BITS


def positions(bits: Bits) -> Iterator[int]:
    """The places of the bits that are set, the lowest first.

    A long number is cut into stretches of a machine word, of which most are empty and passed over at once.
    """
    if bits < _SHORT:
        stretches: Iterable[tuple[int, int]] = ((0, bits),)
    else:
        size = -(-bits.bit_length() // _STRETCH_BITS) * (_STRETCH_BITS // 8)
        words = memoryview(bits.to_bytes(size, "little")).cast("Q").tolist()
        stretches = compress(enumerate(words), words)
    for number, stretch in stretches:
        start, rest = number * _STRETCH_BITS - 1, stretch
        while rest:
            yield start + (rest & -rest).bit_length()
            rest &= rest - 1
