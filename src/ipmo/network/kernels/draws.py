"""Random numbers as loops: Philox4x32-10, counter by counter. See `ipmo.network.streams`, which says the same in numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def fill_uniforms(out: NDArray[np.float64], words: NDArray[np.int32], key0: int, key1: int, high0: int, high1: int, counter: int) -> None:
    """Numbers above 0 and below 1 from the words of successive counters: each of the four words fills a quarter of `out`.

    Args:
        out: float64, its length a multiple of 4.
        words: room for as many words less 2^31: 32 bits become a float faster than 64.
        key0, key1: the key.
        high0, high1: the last two words of all counters; the second is 0.
        counter: the first word of the first counter.
    """
    low = 0xFFFFFFFF
    quarter = len(out) // 4
    for i in range(quarter):
        c0 = counter + i
        c1 = 0
        c2 = high0
        c3 = high1
        k0 = key0
        k1 = key1
        for _ in range(10):
            p0 = 0xD2511F53 * c0
            p1 = 0xCD9E8D57 * c2
            c0 = ((p1 >> 32) & low) ^ c1 ^ k0
            c1 = p1 & low
            c2 = ((p0 >> 32) & low) ^ c3 ^ k1
            c3 = p0 & low
            k0 = (k0 + 0x9E3779B9) & low
            k1 = (k1 + 0xBB67AE85) & low
        words[i] = c0 - 2147483648
        words[i + quarter] = c1 - 2147483648
        words[i + 2 * quarter] = c2 - 2147483648
        words[i + 3 * quarter] = c3 - 2147483648
    for s in range(len(out)):
        out[s] = (words[s] + 2147483648.5) * 2.0**-32
