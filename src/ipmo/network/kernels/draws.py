"""Random numbers as loops: Philox4x32-10, counter by counter. See `ipmo.network.streams`, which says the same in numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def fill_words(out: NDArray[np.int32], key0: int, key1: int, high0: int, high1: int, counter: int) -> None:
    """The words of successive counters, less 2^31, because 32 bits become a float faster than 64: each of the four fills a quarter of `out`.

    Args:
        out: its length a multiple of 4.
        key0, key1: the key.
        high0, high1: the last two words of all counters; the second is 0.
        counter: the first word of the first counter.
    """
    low = 0xFFFFFFFF
    quarter = len(out) // 4
    first = high0 & low  # the compiler sees that 32 bits are enough to multiply
    second = high1 & low
    key = key0 & low
    other = key1 & low
    for i in range(quarter):
        c0 = (counter + i) & low
        c1 = 0
        c2 = first
        c3 = second
        k0 = key
        k1 = other
        for _ in range(10):
            p0 = 0xD2511F53 * c0
            p1 = 0xCD9E8D57 * c2
            c0 = ((p1 >> 32) & low) ^ c1 ^ k0
            c1 = p1 & low
            c2 = ((p0 >> 32) & low) ^ c3 ^ k1
            c3 = p0 & low
            k0 = (k0 + 0x9E3779B9) & low
            k1 = (k1 + 0xBB67AE85) & low
        out[i] = c0 - 2147483648
        out[i + quarter] = c1 - 2147483648
        out[i + 2 * quarter] = c2 - 2147483648
        out[i + 3 * quarter] = c3 - 2147483648


def fill_uniforms(out: NDArray[np.float64], words: NDArray[np.int32], key0: int, key1: int, high0: int, high1: int, counter: int) -> None:
    """Numbers above 0 and below 1 from the words of successive counters.

    Args:
        out: float64, as long as `words`.
        words: room for the words.
        key0, key1, high0, high1, counter: see `fill_words`.
    """
    fill_words(words, key0, key1, high0, high1, counter)
    for s in range(len(out)):
        out[s] = (words[s] + 2147483648.5) * 2.0**-32
