"""References are one value: parsed once, written back as they were, looked up inside their project first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.model.references import Reference, item_of, reference

NAMES = st.text("abc-1 ", min_size=1, max_size=5).map(str.strip).filter(bool)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("t", ("t", "", "t", "", False)),
        ("P/t", ("P/t", "P", "t", "", False)),
        ("P@start", ("P", "", "P", "start", False)),
        ("P/t@finish", ("P/t", "P", "t", "finish", False)),
        ("external:supplier", ("external:supplier", "", "supplier", "", True)),
        ("P@middle", ("P@middle", "", "P@middle", "", False)),
    ],
)
def test_a_reference_is_its_parts(written: str, parts: tuple[str, str, str, str, bool]) -> None:
    found = reference(written)
    assert (found.item, found.project, found.name, found.end, found.external) == parts
    assert str(found) == written


@given(project=st.none() | NAMES, name=NAMES, end=st.sampled_from(["", "start", "finish"]))
def test_a_reference_reads_back_as_it_was_written(project: str | None, name: str, end: str) -> None:
    written = (f"{project}/" if project else "") + name + (f"@{end}" if end else "")
    found = reference(written)
    assert str(found) == written
    assert found.top == (project or name)
    assert found.inner == (name if project else "")
    assert found.end == end


def test_a_portfolio_looks_a_name_up_in_its_project_first() -> None:
    pf = ipmo.Portfolio(
        id="x",
        projects=[ipmo.Project(id="P", tasks=[ipmo.Task(id="a"), ipmo.Task(id="Q")]), ipmo.Project(id="Q")],
        outcomes=[ipmo.model.Outcome(id="o")],
    )
    assert pf.reference("Q", "P") == reference("P/Q") == Reference("P/Q", "P", "Q")
    assert pf.reference("Q") == Reference("Q", "", "Q")
    assert pf.resolve("Q@finish", "P") == "P/Q@finish"
    assert pf.resolve("o", "P") == "o"
    assert pf.resolve("o@finish") is None
    assert pf.resolve("a") is None
    assert pf.resolve("P@middle") is None
    assert pf.resolve("external:supplier", "P") == "external:supplier"
    assert [pf.project_of(name) for name in ("P/a@start", "P@finish", "o", "nothing")] == ["P", "P", "", ""]


@pytest.mark.parametrize(
    "written", ["t", "u", "P", "Q", "P/t", "Q/t", "t@finish", "P@start", "P@middle", "external:t", "P/t@x", "/t", "t/", ""]
)
@pytest.mark.parametrize("within", ["", "P", "Q"])
def test_short_ways_say_what_the_parts_of_a_reference_say(written: str, within: str) -> None:
    tasks = [ipmo.Task(id="t", duration="1 d"), ipmo.Task(id="P", duration="1 d")]
    pf = ipmo.Portfolio(id="x", start="2026-01-05", projects=[ipmo.Project(id="P", tasks=tasks), ipmo.Project(id="Q")])
    meant = pf.reference(written, within)
    assert pf.resolve(written, within) == (None if meant is None else str(meant))
    assert item_of(written) == reference(written).item
    parts = reference(written)
    assert pf.project_of(written) == (parts.project or (parts.item if parts.item in ("P", "Q") else ""))
