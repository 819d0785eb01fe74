"""Streams of random numbers that are looked up, not run through: draw n of a stream is the same whoever asks for it, and when.

Philox4x32-10 keyed by a seed, the full id of an item and the role of the draw (its duration, whether a risk happens); the
counter is the number of the sample. Dialling one item leaves the draws of all others as they were, and blocks of samples can be
drawn in any order, on any thread. Source: Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
"""

from __future__ import annotations

import hashlib
import struct
from json.encoder import encode_basestring_ascii as _quoted
from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.compiled import available, kernel
from ipmo.network.kernels import draws as kernels

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Word = np.uint64 | Words

__all__ = ["GROUP", "TOGETHER", "Stream", "philox", "stream", "uniforms"]

GROUP = 512
"""Samples that are drawn together: block n is counters 128 n to 128 n + 127, and each of their four words fills a quarter."""
QUARTER = GROUP // 4
MULTIPLIERS, BUMPS, LOW = (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85), 0xFFFFFFFF
ROUNDS = 10
_WORDS = struct.Struct("<4I")
TOGETHER = 64
"""Streams that numpy draws at once: what it does with them stays in the cache."""


class Stream(NamedTuple):
    """What names a stream: two words of the key and two of the counter."""

    key0: int
    key1: int
    high0: int
    high1: int


def stream(seed: int, full_id: str, role: str) -> Stream:
    """The stream of one role of one item under a seed.

    >>> stream(1, "tram/track", "duration") == stream(1, "tram/track", "duration") != stream(2, "tram/track", "duration")
    True
    """
    named = f"[{seed}, {_quoted(full_id)}, {_quoted(role)}]"  # as json.dumps writes the three
    return Stream(*_WORDS.unpack(hashlib.blake2b(named.encode(), digest_size=16).digest()))


def philox(counter: Words, high: tuple[Word, Word, Word], key: tuple[Word, Word]) -> tuple[Words, Words, Words, Words]:
    """Philox4x32-10: the four words of each counter, as 64-bit numbers.

    Args:
        counter: the first words of the counters.
        high: the other three words: one for all, or one a row.
        key: two words, alike.
    """
    import numpy as np

    low, shift = np.uint64(LOW), np.uint64(32)
    first, second = (np.uint64(one) for one in MULTIPLIERS)
    c0, c1, c2, c3 = counter, *(np.zeros_like(counter) + word for word in high)
    k0, k1 = key
    for _ in range(ROUNDS):
        p0, p1 = first * c0, second * c2
        c0, c1, c2, c3 = (p1 >> shift) ^ c1 ^ k0, p1 & low, (p0 >> shift) ^ c3 ^ k1, p0 & low
        k0, k1 = (k0 + np.uint64(BUMPS[0])) & low, (k1 + np.uint64(BUMPS[1])) & low
    return c0, c1, c2, c3


def uniforms(streams: Sequence[Stream], block: int, *, compiled: bool = False) -> NDArray[np.float64]:
    """Block n of some streams: of each `GROUP` numbers above 0 and below 1, (w + 1/2) / 2^32 of its words w; float64.

    Args:
        streams: the streams.
        block: samples `GROUP * block` to `GROUP * block + GROUP - 1`.
        compiled: by the compiled loops, which say the same to the bit; where there is no numba, in numpy all the same.
    """
    import numpy as np

    out = np.empty((len(streams), GROUP))
    if compiled and available():
        fill, room = kernel(kernels.fill_uniforms), np.empty(GROUP, np.int32)
        for row, one in zip(out, streams, strict=True):
            fill(row, room, *one, block * QUARTER)
        return out
    tables: Words = np.empty((6, TOGETHER, QUARTER), np.uint64)
    for first in range(0, len(streams), TOGETHER):
        named: Words = np.array(streams[first : first + TOGETHER], np.uint64)
        for place, word in enumerate(_words_of(named, block, tables[:, : len(named)])):
            np.add(word, 0.5, out=out[first : first + len(named), place * QUARTER : (place + 1) * QUARTER])
    out *= 2.0**-32
    return out


def _words_of(named: Words, block: int, room: Words) -> tuple[Words, Words, Words, Words]:
    """What `philox` says of a block of some streams, a row each.

    The counters differ in one word, and the streams in the others: so one half of the first round, and of the second, is a number a
    row or a column.

    Args:
        named: the four words of each stream.
        block: the block.
        room: six tables that are written over; the words lie in four of them.
    """
    import numpy as np

    low, shift, first, second = (np.uint64(one) for one in (LOW, 32, *MULTIPLIERS))
    k0, k1, high0, high1 = (named[:, place : place + 1] for place in range(4))
    c0, c1, c2, c3, p0, p1 = room
    product = first * np.arange(block * QUARTER, (block + 1) * QUARTER, dtype=np.uint64)
    last: Words = product & low
    np.bitwise_xor(product >> shift, high1 ^ k1, out=c2)
    product = second * high0
    r0, r1 = (product >> shift) ^ k0, product & low
    for number in range(1, ROUNDS):
        k0, k1 = (k0 + np.uint64(BUMPS[0])) & low, (k1 + np.uint64(BUMPS[1])) & low
        np.multiply(c2, second, out=p1)
        if number == 1:
            product = first * r0
            np.bitwise_xor(last, (product >> shift) ^ k1, out=c2)
            last = product & low
            np.bitwise_xor(np.right_shift(p1, shift, out=c0), r1 ^ k0, out=c0)
        else:
            np.multiply(c0, first, out=p0)
            np.bitwise_xor(np.right_shift(p1, shift, out=c0), c1, out=c0)
            np.bitwise_xor(c0, k0, out=c0)
            np.bitwise_xor(np.right_shift(p0, shift, out=c2), last, out=c2)
            np.bitwise_xor(c2, k1, out=c2)
            last = np.bitwise_and(p0, low, out=c3)
        np.bitwise_and(p1, low, out=c1)
    return c0, c1, c2, c3
