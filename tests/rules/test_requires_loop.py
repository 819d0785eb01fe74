"""A project does not require itself, and projects do not require each other in a circle."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo


def requiring(**requires: str | list[str]) -> ipmo.Portfolio:
    projects = [{"id": name, "requires": asked, "tasks": [{"id": "t", "duration": "1 d"}]} for name, asked in requires.items()]
    return ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": projects})


def circles(pf: ipmo.Portfolio) -> list[tuple[str, str]]:
    return [(one.item, one.message) for one in ipmo.check(pf) if one.code == "ipmo/requires-loop"]


def test_itself_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("ipmo: 1\nportfolio: {id: x}\nprojects:\n  - id: a\n  - id: b\n    requires: [a, b]\n")
    with pytest.raises(ipmo.FileError, match=r"6:.*project 'b' requires itself"):
        ipmo.read(file)
    with pytest.raises(ipmo.ModelError, match="project 'a' requires itself"):
        requiring(a="a")


def test_a_circle_is_one_finding_that_names_its_way() -> None:
    ((item, message),) = circles(requiring(c="a", b="c", a="b", d=["a"]))
    assert (item, message) == ("a", "'a' requires 'b' requires 'c' requires 'a': none of them comes without the others")


def test_each_circle_is_named_and_what_leads_back_nowhere_is_none() -> None:
    assert [item for item, _ in circles(requiring(a="b", b="a", c="d", d=["c", "a"], e=["a", "d"]))] == ["a", "c"]
    assert not circles(requiring(a=[], b="a", c=["a", "b"], d=["b", "c"]))


def test_what_was_cancelled_asks_for_nothing() -> None:
    data = ipmo.to_dict(requiring(a="b", b="a"))
    data["projects"][0]["state"] = "cancelled"  # type: ignore[index]
    assert not circles(ipmo.from_dict(data))
