"""Random numbers that are looked up: the published known answers, numpy and compiled loops alike, streams apart."""

from __future__ import annotations

import numpy as np
import pytest

from ipmo.network.kernels.draws import fill_uniforms
from ipmo.network.streams import GROUP, Stream, philox, stream, uniforms

ONES = 0xFFFFFFFF
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
"""Counter, key and answer: the kat_vectors of Random123 for philox4x32 with 10 rounds; the last are digits of pi."""


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_the_published_known_answers(counter: tuple[int, ...], key: tuple[int, int], answer: tuple[int, ...]) -> None:
    c0, c1, c2, c3 = (np.uint64(word) for word in counter)
    words = philox(np.array([c0]), (c1, c2, c3), (np.uint64(key[0]), np.uint64(key[1])))
    assert tuple(int(word[0]) for word in words) == answer


ANY = [Stream(0, 0, 0, 0), Stream(ONES, ONES, ONES, ONES), Stream(0xA4093822, 0x299F31D0, 0x13198A2E, 0x03707344), stream(7, "a/b", "x")]


@pytest.mark.parametrize("block", [0, 1, 12_345])
def test_numpy_and_the_loops_draw_the_same_bit_for_bit(block: int) -> None:
    many = [*ANY, *(stream(3, str(n), "duration") for n in range(70))]
    drawn = uniforms(many, block)
    assert (drawn == uniforms(many, block, compiled=True)).all()
    for place in (0, 1, 2, 3, 63, 64, 73):
        looped = np.empty(GROUP)
        fill_uniforms(looped, np.empty(GROUP, np.int32), *many[place], block * GROUP // 4)
        assert (drawn[place] == looped).all()


def test_draws_lie_between_0_and_1_evenly_and_streams_are_apart() -> None:
    names = [stream(seed, name, role) for seed in (0, 1) for name in ("a", "a/b") for role in ("duration", "cost")]
    assert len(set(names)) == 8
    drawn = np.concatenate([uniforms(names, block) for block in range(40)], axis=1)
    assert drawn.min() > 0 and drawn.max() < 1
    assert abs(drawn.mean(axis=1) - 0.5).max() < 4 * (1 / 12) ** 0.5 / drawn.shape[1] ** 0.5
    corr = np.corrcoef(drawn) - np.eye(8)
    assert abs(corr).max() < 4.5 / drawn.shape[1] ** 0.5


def test_the_draws_of_a_seed_stay_what_they_are() -> None:
    assert uniforms([stream(1, "tram/track", "duration")], 0)[0, :3].tolist() == [0.8240300441393629, 0.955193352769129, 0.7658307737438008]
