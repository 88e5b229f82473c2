"""Sets of rows as whole numbers, one bit a row."""

from itertools import compress

Bits = int

# Up to so many bits it is faster to take the lowest bit off the whole number, again and again.
_SHORT_BITS = 1024
_WORD_BITS = 64


def positions(bits: Bits) -> list[int]:
    """The places of the bits that are set, the lowest first.

    A long number is cut into machine words, of which most are empty and passed over at once.
    """
    places: list[int] = []
    if bits.bit_length() <= _SHORT_BITS:
        _append_places(bits, -1, places)
        return places
    size = -(-bits.bit_length() // _WORD_BITS) * (_WORD_BITS // 8)
    words = memoryview(bits.to_bytes(size, "little")).cast("Q").tolist()
    for number, word in compress(enumerate(words), words):
        _append_places(word, number * _WORD_BITS - 1, places)
    return places


def _append_places(bits: Bits, start: int, places: list[int]) -> None:
    while bits:
        places.append(start + (bits & -bits).bit_length())
        bits &= bits - 1
