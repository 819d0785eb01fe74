"""Several what-ifs side by side: each row says what that what-if alone says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.changes import AddLink, Delay, SetDate, Stop
from ipmo.cli import main

CITY = Path(__file__).resolve().parents[3] / "examples" / "city.yaml"


def test_each_row_says_what_the_what_if_says() -> None:
    pf = ipmo.read(CITY)
    tried = {"track": [Delay("tram/track", "90 d")], "depot": [Stop("depot")], "both": [Delay("tram/track", "90 d"), Stop("depot")]}
    found = ipmo.scenarios(pf, tried)
    assert found.ids == ("as planned", "track", "depot", "both")
    base = {row.name: row.standing for row in ipmo.schedule(pf).commitments}
    for name, changes in tried.items():
        alone = ipmo.what_if(pf, *changes)
        broken = [moved.item for moved in alone.commitments if moved.before == "kept"]
        assert list(found[name].breaks) == [one for one in base if one in broken]
        after = ipmo.schedule(alone.after)
        assert (found[name].finish, found[name].at_least) == ((None, after.finish) if after.doubt() else (after.finish, None))
        assert found[name].missed == len(after.commitments.broken)
        assert found[name].npv == ipmo.benefits(alone.after).npv
        assert found[name].budget == ipmo.roll_up(alone.after, "budget").total.value
    worth = [float(row.npv.amount) for row in found if row.npv is not None]  # as planned, track, depot, both
    assert worth[0] > worth[1] > worth[2] == worth[3]


def test_worked_by_hand() -> None:
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-05", "calendar": "continuous"},
            "projects": [
                {"id": "a", "tasks": [{"id": "x", "duration": "4 d"}]},
                {"id": "b", "tasks": [{"id": "y", "duration": "3 d", "deadline": "2026-01-12"}]},
            ],
            "links": [{"from": "a/x", "to": "b/y"}],
        }
    )
    found = ipmo.scenarios(
        pf, {"late": [Delay("a/x", "2 d")], "later due": [Delay("a/x", "2 d"), SetDate("b/y", "deadline", "2026-01-20")]}
    )
    assert [(row.id, str(row.finish_date), row.days, row.kept, row.missed, row.breaks) for row in found] == [
        ("as planned", "2026-01-11", 0.0, 1, 0, ()),
        ("late", "2026-01-13", 2.0, 0, 1, ("b/y",)),
        ("later due", "2026-01-13", 2.0, 1, 0, ()),
    ]
    assert str(found["late"]) == "late: ends 2026-01-13 (+2 d), breaks b/y, 1 commitment is missed"
    assert found.explain("late").splitlines()[1] == "  delay a/x by 2 d"
    mended = ipmo.scenarios(found_plan := ipmo.what_if(pf, Delay("a/x", "2 d")).after, {"due": [SetDate("b/y", "deadline", "2026-01-20")]})
    assert found_plan["a/x"].id == "x"
    assert mended["due"].mends == ("b/y",)


def test_what_cannot_be_tried_is_said_in_its_row_and_hides_no_other() -> None:
    pf = ipmo.read(CITY)
    found = ipmo.scenarios(pf, {"no such": [Stop("trm")], "loop": [AddLink("tram/open", "depot/supply")], "depot": [Stop("depot")]})
    assert found["no such"].refused.startswith("'trm' is not in portfolio 'city'; close: 'tram'")
    assert "form a cycle" in found["loop"].refused
    assert found["depot"].breaks == ("tram/open",)
    row = dict(
        zip(
            found.table().columns,
            next(iter(zip(*(found.table().where(scenario="loop")[c] for c in found.table().columns), strict=True))),
            strict=True,
        )
    )
    assert (row["kept"], row["finish"], row["budget"]) == (None, None, None)
    assert "2 cannot be tried" in repr(found)


def test_names_and_changes_are_looked_at() -> None:
    pf = ipmo.read(CITY)
    for tried in ({"": [Stop("depot")]}, {"as planned": [Stop("depot")]}, {"x": {"stop": "depot"}}):
        with pytest.raises(ipmo.OptionError, match="tried"):
            ipmo.scenarios(pf, tried)  # type: ignore[arg-type]
    with pytest.raises(ipmo.ModelError, match="not a change"):
        ipmo.scenarios(pf, {"x": [{"halt": "depot"}]})
    assert ipmo.scenarios(pf, {"x": [{"stop": "depot"}]})["x"].breaks == ("tram/open",)


def test_on_the_command_line(tmp_path: Path) -> None:
    ipmo.write_changes([Stop("depot")], tmp_path / "depot.yaml")
    out = CliRunner().invoke(main, ["scenarios", str(CITY), str(tmp_path / "depot.yaml"), "--delay", "tram/track", "90 d"])
    assert out.exit_code == 0, out.output
    rows = [line.split()[0] for line in out.output.splitlines()]
    assert rows[:4] == ["scenario", "as", "depot", "delay"]
    assert CliRunner().invoke(main, ["scenarios", str(CITY)]).exit_code == 2
