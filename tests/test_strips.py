"""What stands below a strip of how sure a finish or a cost is: never one text over another."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from ipmo.figures.ranges import LETTER, NARROW, Mark, Strip, strips

BELOW = ("2027-07-20", "half by 2027-07-25", "2027-08-03")


def texts(low: float, half: float, high: float, mark: float) -> list[tuple[float, float, str]]:
    """From where to where each text lies that stands below the strip."""
    strip = Strip(name="Finish", said="", bands=[(low, high)], half=half, mark=Mark(at=mark, label="committed", bad=True), below=BELOW)
    out = []
    for first in re.findall(r"<text[^>]*>[^<]*</text>", strips([strip], title="How sure").svg):
        kind = re.search(r'class="axis( end| mid)?"', first)
        if kind is None:
            continue
        place, said = float(re.search(r' x="([\d.-]+)"', first)[1]), re.sub(r"<[^>]+>", "", first)  # type: ignore[index]
        wide = LETTER * len(said)
        begin = place - wide if kind[1] == " end" else place - wide / 2 if kind[1] == " mid" else place
        out.append((begin, begin + wide, said))
    return sorted(out)


@given(st.floats(0, 100), st.floats(0, 20), st.floats(0, 20), st.floats(-300, 300))
def test_no_text_lies_over_another_or_outside(low: float, more: float, rest: float, mark: float) -> None:
    found = texts(low, low + more, low + more + rest, mark)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(found))
    assert found[0][0] >= 0
    assert found[-1][1] <= NARROW


def test_a_narrow_range_far_from_what_was_committed_says_both_its_ends() -> None:
    assert [said for *_, said in texts(100, 101, 104, 0)] == ["2027-07-20 to 2027-08-03"]
    assert [said for *_, said in texts(0, 50, 100, 0)] == list(BELOW)
