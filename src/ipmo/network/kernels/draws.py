"""Random numbers as loops: Philox4x32-10, counter by counter, and the lengths that they draw. See `ipmo.network.streams`, which says the same in numpy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints32 = NDArray[np.int32]
    Ints64 = NDArray[np.int64]
    Floats = NDArray[np.float64]

PIECES = 512
"""Pieces of the shares from 0 to 1 in a table of a distribution."""
TAIL = 1 / 128
"""The share of each tail that is looked up in pieces of its own."""
LOW_TAIL, HIGH_TAIL = -2113929216, 2113929216
"""Words below the one, or from the other on, draw from a tail: 2^31 - 2^25 without and with its sign."""
LEVELS, ZOOM, STEPS = 5, 64, 256
"""How many magnifications each tail has, how strong each is on top of the one before, and its pieces."""


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


def draw_lengths(estimates: Floats, streams: Ints64, r: int, counter: int, words: Ints32, out: Ints32) -> None:
    """Lengths of one triangular or uniform estimate for successive samples, in whole minutes rounded half to even.

    Args:
        estimates, streams: see `samples.SampledWork`.
        r: which of them.
        counter: of the first sample.
        words: room for the random words.
        out: takes the lengths.
    """
    fill_words(words, streams[r, 0], streams[r, 1], streams[r, 2], streams[r, 3], counter)
    low = estimates[r, 0]
    likely = estimates[r, 1]
    high = estimates[r, 2]
    unit = estimates[r, 4]
    left = estimates[r, 5]
    width = high - low
    first = likely - low
    second = high - likely
    if estimates[r, 3] == 1.0:
        for s in range(len(words)):
            u = (words[s] + 2147483648.5) * 2.0**-32
            whole = ((low + u * width) * unit + 6755399441055744.0) - 6755399441055744.0  # adding 1.5 * 2^52 rounds half to even
            out[s] = (whole * left + 6755399441055744.0) - 6755399441055744.0
    else:
        for s in range(len(words)):
            u = (words[s] + 2147483648.5) * 2.0**-32
            part = u * width
            # negative above the likely value: one root a draw, where two branches compile to two
            square = part * first if part <= first else -((1.0 - u) * width * second)
            root = math.sqrt(abs(square))
            value = low + root if square > 0.0 else high - root
            whole = (value * unit + 6755399441055744.0) - 6755399441055744.0
            out[s] = (whole * left + 6755399441055744.0) - 6755399441055744.0


def tail_of(tables: Floats, k: int, u: float) -> float:
    """The value of a share below 1 / 128, or above 127 / 128, in a table."""
    row = PIECES
    if u > 0.5:
        row = PIECES + LEVELS * STEPS
        u = 1.0 - u
    u = u * 128.0
    last = row + (LEVELS - 1) * STEPS
    while u < 0.015625 and row < last:
        u = u * ZOOM
        row += STEPS
    part = u * STEPS
    piece = int(part)
    part = part - piece
    row += piece
    value: float = (tables[k, row, 2] * part + tables[k, row, 1]) * part + tables[k, row, 0]
    return value


def draw_beta(
    estimates: Floats, streams: Ints64, tables: Floats, k: int, r: int, counter: int, words: Ints32, values: Floats, out: Ints32
) -> None:
    """Lengths of one estimate, r of them, whose distribution is table k, for successive samples; see `draw_lengths`.

    The first bits of a word name the piece of the shares and the others the part of it, at which its parabola says the value. Three loops
    take half as long as one: only the first two look something up.
    """
    fill_words(words, streams[r, 0], streams[r, 1], streams[r, 2], streams[r, 3], counter)
    low = estimates[r, 0]
    width = estimates[r, 2] - low
    unit = estimates[r, 4]
    left = estimates[r, 5]
    for s in range(len(words)):
        word = (int(words[s]) + 2147483648) & 0xFFFFFFFF  # the compiler sees that it is not below 0
        piece = word >> 23
        part = ((word & 0x7FFFFF) + 0.5) * 2.0**-23
        values[s] = (tables[k, piece, 2] * part + tables[k, piece, 1]) * part + tables[k, piece, 0]
    for s in range(len(words)):
        if words[s] < LOW_TAIL or words[s] >= HIGH_TAIL:
            values[s] = tail_of(tables, k, (words[s] + 2147483648.5) * 2.0**-32)
    for s in range(len(words)):
        whole = ((low + width * values[s]) * unit + 6755399441055744.0) - 6755399441055744.0
        out[s] = (whole * left + 6755399441055744.0) - 6755399441055744.0
