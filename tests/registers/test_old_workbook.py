"""How far the sheets of a workbook of before 2007 reach: compound files made sector by sector."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.errors import FileError
from ipmo.registers.opening import extent
from ipmo.registers.opening.guard import inspected
from ipmo.registers.opening.old_workbook import reaches_in_old

END, FAT_SECTOR, NONE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def record(kind, *numbers):
    return struct.pack("<HH", kind, 2 * len(numbers)) + struct.pack(f"<{len(numbers)}H", *numbers)


def stream(*sheets):
    """The records of a workbook: what all sheets share, then each sheet; a cell is a number, a text, or several numbers side by side."""
    out = record(0x0809, 0x0600, 5) + record(0x00FC, 9, 9, 9) + record(0x000A)
    for cells in sheets:
        out += record(0x0809, 0x0600, 16)
        for row, column, kind in cells:
            if kind == "several":
                out += record(0x00BD, row, 0, *[0] * 3, column)
            else:
                out += record({"number": 0x0203, "text": 0x00FD, "formula": 0x0006, "blank": 0x0201}[kind], row, column, 0, 0)
        out += record(0x000A)
    return out


def sectors(raw, size):
    return [raw[begin : begin + size].ljust(size, b"\0") for begin in range(0, len(raw), size)]


def entry(name, kind, start, size):
    text = name.encode("utf-16-le") + b"\0\0"
    return text.ljust(64, b"\0") + struct.pack("<HB", len(text), kind).ljust(52, b"\0") + struct.pack("<IQ", start, size)


def compound(raw, name="Workbook", size=512, spread=1):
    """A compound file with one stream: in short sectors where it is short; `spread` puts its sectors in another order."""
    mini = len(raw) < 4096
    data = sectors(raw, 64) if mini else sectors(raw, size)
    parts, chain = [], {}

    def put(some, order=1):
        first = len(parts)
        places = [first + (n * order) % len(some) for n in range(len(some))]
        parts.extend([b""] * len(some))
        for place, one in zip(places, some, strict=True):
            parts[place] = one
        chain.update(zip(places, [*places[1:], END], strict=True))
        return places[0] if some else END

    if mini:
        start, minis = put(sectors(b"".join(data), size)), struct.pack(f"<{len(data)}I", *[*range(1, len(data)), END])
        table = put(sectors(minis.ljust(size, b"\xff"), size))
        entries = entry("Root Entry", 5, start, 64 * len(data)) + entry(name, 2, 0, len(raw))
    else:
        table, start = END, put(data, spread)
        entries = entry("Root Entry", 5, END, 0) + entry(name, 2, start, len(raw))
    directory = put(sectors(entries, size))
    fat = len(parts)
    chain[fat] = FAT_SECTOR
    parts.append(struct.pack(f"<{size // 4}I", *[chain.get(n, NONE) for n in range(size // 4)]))
    head = MAGIC + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, size.bit_length() - 1, 6)
    head = head.ljust(44, b"\0") + struct.pack("<7I", 1, directory, 0, 4096, table, int(mini), END) + b"\0\0\0\0"
    head += struct.pack("<109I", fat, *[NONE] * 108)
    return head.ljust(size, b"\0") + b"".join(parts)


CELLS = st.lists(
    st.tuples(st.integers(0, 65535), st.integers(0, 255), st.sampled_from(["number", "text", "formula", "several", "blank"])), max_size=300
)


@given(st.lists(CELLS, max_size=4), st.sampled_from([1, 3]))
def test_every_sheet_reaches_to_its_last_cell(sheets, spread):
    raw = stream(*sheets)
    spread = spread if len(sectors(raw, 512)) % 3 else 1  # another order must still be one of all sectors
    filled = [[(row + 1, column + 1) for row, column, kind in cells if kind != "blank"] for cells in sheets]
    expected = [(max(row for row, _ in one), max(column for _, column in one)) if one else (0, 0) for one in filled]
    assert reaches_in_old(compound(raw, spread=spread)) == [(0, 0), *expected]


def test_a_sheet_of_an_old_workbook_that_reaches_too_far_is_refused(monkeypatch):
    raw = compound(stream([(0, 0, "text"), (30, 9, "number")]), name="Book")
    assert [found.code for found in inspected(raw, "a.xls").notes] == ["ipmo/old-workbook"]
    monkeypatch.setattr(extent, "MOST_CELLS", 300)
    with pytest.raises(FileError, match="sheet 1 reaches to J31: 310 cells"):
        inspected(raw, "a.xls")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (compound(stream([]), name="Report"), "holds no workbook"),
        (compound(stream([(1, 1, "text")] * 900))[:-700], "a sector that it has not|cut or damaged"),
        (MAGIC + b"\0" * 20, "cut or damaged"),
    ],
)
def test_what_is_no_whole_compound_file_is_refused(raw, says):
    with pytest.raises(FileError, match=says):
        inspected(raw, "a.xls")


def test_sectors_that_go_round_in_a_circle_are_refused():
    raw = bytearray(compound(stream([(1, 1, "text")] * 900)))
    raw[-512:-508] = struct.pack("<I", 0)  # the first sector follows itself
    with pytest.raises(FileError, match="round in a circle"):
        inspected(bytes(raw), "a.xls")
