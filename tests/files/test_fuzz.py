"""Damaged files of other tools: a portfolio or an error of ipmo's own, never a hang, never a library's traceback.

A second each while developing; in CI half a minute each.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ipmo
from ipmo.errors import IpmoError

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_mspdi import link, mspdi, task
from test_xer import plan

SEEDS = 1000 if os.environ.get("IPMO_CI") == "1" else 40
BITS = (b"\t", b"\n", b"999999999999999", b"-1", b"\x00", b"%R", b"%T", b"<", b"&", b"(((", b"\xff", b"</Task>", b"PT", b"0")


def damaged(raw: bytes, r: random.Random) -> bytes:
    """Bytes flipped, cut, doubled, swapped and put in."""
    data = bytearray(raw)
    for _ in range(r.randint(1, 12)):
        place = r.randrange(len(data))
        kind = r.randrange(5)
        if kind == 0:
            data[place] = r.randrange(256)
        elif kind == 1:
            del data[place : place + r.randint(1, 80)]
        elif kind == 2:
            data[place:place] = data[place : place + r.randint(1, 200)]
        elif kind == 3:
            data[place:place] = r.choice(BITS)
        else:
            other = r.randrange(len(data))
            data[place], data[other] = data[other], data[place]
        if not data:
            data = bytearray(b"x")
    return bytes(data)


def everything(path: Path, format: str) -> None:
    """Every verb on a file that may be broken."""
    try:
        pf = ipmo.read(path, format=format)
        s = ipmo.schedule(pf, on_cycle="cut")
        list(s.rows)
        list(ipmo.check(pf))
        ipmo.to_dict(pf)
    except IpmoError:
        pass


SOURCES: list[tuple[str, Callable[[], bytes]]] = [
    ("xer", lambda: plan().encode("cp1252")),
    (
        "mspdi",
        lambda: mspdi(task(1, "a", extra="<Deadline>2026-03-02T17:00:00</Deadline>") + task(2, "b", extra=link(1, 3, 4800))).encode(),
    ),
]


@pytest.mark.fuzz
@pytest.mark.parametrize(("format", "source"), SOURCES, ids=["xer", "mspdi"])
def test_damage_never_hangs_and_never_shows_a_librarys_traceback(format: str, source: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / f"plan.{format}"
    raw = source()
    for seed in range(SEEDS):
        path.write_bytes(damaged(raw, random.Random(seed)))
        try:
            everything(path, format)
        except Exception as error:
            raise AssertionError(f"seed {seed} of {format}: {type(error).__name__}: {error}") from error
