"""A row of an answer shows itself in a notebook, as nouns do; a table leaves out what stands beside it as a day."""

from __future__ import annotations

import html
import inspect
from datetime import datetime
from typing import Any, get_args, get_origin

import pytest

import ipmo
from ipmo.notebooks import Shown, grid
from ipmo.tables import Answer, Column, Rows, Table


def test_what_is_known_is_said_once_and_text_stays_text() -> None:
    item = ipmo.schedule(ipmo.examples.load("commitment"))["desk/G2"]
    shown = item._repr_html_()
    assert "<strong>ScheduledItem</strong>" in shown
    assert ">finish</th>" in shown
    assert f">{item.finish_date.isoformat()}<" in shown
    assert "00:00" not in shown
    assert "None" not in shown
    assert "<script>" not in ipmo.Finding(code="x/y", message="<script>")._repr_html_()


def test_every_row_of_every_answer_shows_itself() -> None:
    bare = []
    for name in ipmo.__all__:
        cls = getattr(ipmo, name)
        if not (inspect.isclass(cls) and issubclass(cls, Answer)):
            continue
        for base in getattr(cls, "__orig_bases__", ()):
            if get_origin(base) in (Answer, Rows) and len(get_args(base)) == 2:
                row = get_args(base)[1]
                if inspect.isclass(row) and not hasattr(row, "_repr_html_") and hasattr(row, "__attrs_attrs__"):
                    bare.append(f"{name}: {row.__name__}")
    assert bare == []
    assert issubclass(ipmo.ScheduledItem, Shown)


@pytest.mark.parametrize("name", ["library", "commitment", "handover", "extension"])
def test_rows_of_answers_on_the_examples(name: str) -> None:
    pf = ipmo.examples.load(name)
    answers: list[Any] = [
        ipmo.schedule(pf),
        ipmo.critical_links(pf),
        ipmo.status(pf),
        ipmo.check(pf),
        ipmo.gates(pf),
        ipmo.decisions_due(pf),
    ]
    for answer in answers:
        for row in list(answer)[:3]:
            shown = row._repr_html_()
            assert shown.count("<table>") == 1
            assert "object at 0x" not in shown


def test_a_day_stands_once_and_no_rows_are_said() -> None:
    when = datetime(2026, 3, 2)
    table = Table([Column("finish", "datetime", [when]), Column("finish_date", "date", [when.date()]), Column("seen", "datetime", [when])])
    assert table._repr_html_().count("<th ") == 2
    assert "00:00" in table._repr_html_()  # of an instant that has no day beside it
    assert table.head(0)._repr_html_() == "<p>no rows (finish, finish_date, seen)</p>"
    assert grid([("a<b", "left")], [["<i>"]]).count("<i>") == 0


def test_a_core_answer_says_its_sentence_then_its_rows_then_its_picture() -> None:
    city, library = (ipmo.read(path) for path in ("examples/city.yaml", "src/ipmo/examples/library.yaml"))
    drawn = [
        *(getattr(ipmo, name)(city) for name in ("schedule", "critical_links", "interfaces", "status", "benefits", "earned_value")),
        *(getattr(ipmo, name)(city) for name in ("time_phase", "risk_exposure", "line_of_sight", "simulate")),
        *(getattr(ipmo, name)(library) for name in ("capacity", "level")),
    ]
    for answer in drawn:
        shown, name = answer._repr_html_(), type(answer).__name__
        assert shown.startswith(f"<p>{html.escape(repr(answer)[1:-1])}</p><table>"), name
        assert shown.count("<svg") == 1, name
        assert shown.rstrip().endswith("</svg>"), name
        assert len(shown) < 100_000, name
    nothing = ipmo.Portfolio(id="empty", start="2026-01-05", status_date="2026-01-05")
    for name in ("schedule", "critical_links", "interfaces", "status", "benefits", "capacity", "risk_exposure", "line_of_sight"):
        assert getattr(ipmo, name)(nothing)._repr_html_().startswith("<p>"), name


def test_a_picture_can_be_read_whatever_theme_the_notebook_has() -> None:
    """It lies on paper of its own, and follows the notebook's theme rather than the system's where they differ."""
    figure = ipmo.schedule(ipmo.examples.load("handover")).plot()
    shown = figure._repr_html_()
    assert shown.startswith("<svg viewBox=")
    assert 'style="background:var(--paper)"' in shown.partition(">")[0]
    light, dark = shown.index("[data-jp-theme-light=true] svg"), shown.index("[data-jp-theme-light=false] svg")
    assert "--paper:#ffffff" in shown[light:dark]
    assert "--paper:#16191d" in shown[dark:]
    assert ".vscode-dark svg" in shown
    assert "data-jp" not in figure.to_svg()


def test_a_large_schedule_is_shown_without_going_through_all_of_it_backwards() -> None:
    tasks = [{"id": f"t{n}", "duration": "1 d", **({"after": f"t{n - 1}"} if n % 10 else {})} for n in range(100)]
    pf = ipmo.from_dict(
        {"ipmo": 1, "portfolio": {"id": "big", "start": "2026-01-05"}, "projects": [{"id": f"p{n}", "tasks": tasks} for n in range(110)]}
    )
    s = ipmo.schedule(pf)
    shown = s._repr_html_()
    assert "target_names" not in vars(s.passes)
    assert "11,110 rows in all" in shown or "11,000 rows in all" in shown
    assert s["p0/t0"].finish_date.isoformat() in shown
    for one in (pf, pf.projects, pf["p3"].tasks, s, ipmo.critical_links(pf), ipmo.interfaces(pf), ipmo.status(pf), ipmo.check(pf)):
        assert len(one._repr_html_()) < 100_000
        assert "<svg" not in one._repr_html_()  # it takes long
        assert len(repr(one)) < 10_000
    assert repr(pf.projects) == "<110 projects: p0, p1, p2, p3, p4, p5 and 104 more>"
