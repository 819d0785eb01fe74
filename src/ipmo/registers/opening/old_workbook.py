"""Workbooks of before 2007 (.xls), as far as it takes to see how far their sheets reach: a compound file with one stream of records."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from ipmo.registers.opening.extent import Reach

__all__ = ["reaches_in_old"]

FREE: Final = 0xFFFF_FFFA
"""From here on a number of a sector says that there is none; [MS-CFB] 2.1."""
STREAMS: Final = ("Workbook", "Book")
ENTRY: Final = 128
MINI: Final = 64
BEGINS, SEVERAL = 0x0809, 0x00BD
CELLS: Final = frozenset((0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, SEVERAL))
"""Records of cells that hold something; [MS-XLS] 2.3.2. `SEVERAL` are numbers side by side, whose last column ends the record."""


def reaches_in_old(raw: bytes) -> list[Reach]:
    """The reach of each sheet of a workbook of before 2007.

    Args:
        raw: the whole file.

    Raises:
        ValueError: it is no compound file, or holds no workbook.
    """
    try:
        return list(_sheets(_stream(raw)))
    except (struct.error, IndexError) as error:
        raise ValueError(f"the compound file is cut or damaged ({error})") from None


def _sheets(stream: bytes) -> Iterator[Reach]:
    rows = columns = place = 0
    begun = False
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        body = place + 4
        if kind == BEGINS:
            if begun:
                yield rows, columns
            rows, columns, begun = 0, 0, True
        elif kind in CELLS and size >= 4:
            row, column = struct.unpack_from("<HH", stream, body)
            if kind == SEVERAL:
                (column,) = struct.unpack_from("<H", stream, body + size - 2)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        place = body + size
    if begun:
        yield rows, columns


def _stream(raw: bytes) -> bytes:
    """The stream of records, put together from its sectors; [MS-CFB] 2.2 to 2.6."""
    size = 1 << min(int.from_bytes(raw[30:32], "little"), 20)
    first_entry, _, _, short, first_mini = struct.unpack_from("<5I", raw, 48)

    def sector(number: int) -> bytes:
        begin = (number + 1) * size
        if begin >= len(raw):
            raise ValueError("the compound file names a sector that it has not")
        return raw[begin : begin + size]

    listed = list(struct.unpack_from("<109I", raw, 76))
    (more,) = struct.unpack_from("<I", raw, 68)
    while more < FREE and len(listed) * 4 < len(raw):
        *found, more = struct.unpack(f"<{size // 4}I", sector(more).ljust(size, b"\xff"))
        listed += found
    table = b"".join(sector(number).ljust(size, b"\xff") for number in listed if number < FREE)
    following = struct.unpack(f"<{len(table) // 4}I", table)

    def whole(start: int, following: tuple[int, ...] = following) -> Iterator[int]:
        seen = 0
        while start < FREE:
            seen += 1
            if seen > len(following):
                raise ValueError("the sectors of the compound file go round in a circle")
            yield start
            start = following[start]

    entries = b"".join(map(sector, whole(first_entry)))
    root = b""
    for begin in range(0, len(entries) - ENTRY + 1, ENTRY):
        entry = entries[begin : begin + ENTRY]
        name = entry[: max(int.from_bytes(entry[64:66], "little") - 2, 0)].decode("utf-16-le", "replace")
        start, length = struct.unpack_from("<IQ", entry, 116)
        length &= 0xFFFF_FFFF  # of files with short sectors the rest may hold anything
        if entry[66] == 5:
            root = b"".join(map(sector, whole(start)))
        elif name in STREAMS and length >= short:
            return b"".join(map(sector, whole(start)))[:length]
        elif name in STREAMS:
            minis = b"".join(map(sector, whole(first_mini)))
            order = struct.unpack(f"<{len(minis) // 4}I", minis[: len(minis) // 4 * 4])
            return b"".join(root[number * MINI : (number + 1) * MINI] for number in whole(start, order))[:length]
    raise ValueError("the compound file holds no workbook")
