"""Past forecasts against what came: worked by hand, by an oracle for the scores, and on histories whose truth is known."""

from __future__ import annotations

import json
import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scoringrules
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.control.history import History
from ipmo.analysis.risk.scoring import Distribution, brier, kaplan_meier, wilson
from ipmo.cli import main
from ipmo.model import Portfolio

# ------------------------------------------------------------------------------------------------- scores

days = st.integers(0, 60).map(float)


@given(st.lists(days, min_size=1, max_size=12), days, st.floats(1, 60).map(round))
def test_the_score_up_to_a_day_is_that_of_scoringrules(samples: list[float], came: float, until: int) -> None:
    """Held against scoringrules 0.10: what lies beyond the day counts as on it, for samples and for what came."""
    known = np.minimum(np.array(samples), until)
    expected = float(scoringrules.crps_ensemble(min(came, until), known))
    assert Distribution.of(samples).crps(came, until) == pytest.approx(expected, abs=1e-9)


@given(st.lists(days, min_size=1, max_size=12), days)
def test_of_a_forecast_whose_day_lies_beyond_all_it_is_the_plain_score(samples: list[float], came: float) -> None:
    assert Distribution.of(samples).crps(came, 100) == pytest.approx(float(scoringrules.crps_ensemble(came, np.array(samples))), abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.sampled_from([1.0, 0.5, 0.25])), min_size=1, max_size=30))
def test_the_parts_of_the_brier_score_add_up(forecasts: list[tuple[float, bool, float]]) -> None:
    found = brier(forecasts)
    assert found is not None
    weights = [w for *_, w in forecasts]
    score = float(np.average([(p - y) ** 2 for p, y, _ in forecasts], weights=weights))
    assert found.score == pytest.approx(score)
    assert found.reliability - found.resolution + found.uncertainty + found.within == pytest.approx(score)
    assert min(found.reliability, found.resolution, found.uncertainty) >= -1e-12


def test_where_all_of_a_bin_said_the_same_nothing_is_left_within() -> None:
    """Murphy (1973): 0.8 said five times and right four, 0.3 said five times and right twice."""
    found = brier([(0.8, n < 4, 1) for n in range(5)] + [(0.3, n < 2, 1) for n in range(5)])
    assert found is not None
    assert found.score == pytest.approx((4 * 0.04 + 0.64 + 2 * 0.49 + 3 * 0.09) / 10)
    assert found.reliability == pytest.approx(0.5 * 0.0 + 0.5 * 0.01)
    assert found.resolution == pytest.approx(0.5 * 0.2**2 + 0.5 * 0.2**2)
    assert found.uncertainty == pytest.approx(0.24)
    assert found.within == pytest.approx(0)


def test_what_has_not_come_yet_counts_for_as_long_as_it_was_seen() -> None:
    """Kaplan and Meier by hand: 6, 6, 6, 6+, 7, 9+, 10 of seven patients gives 4/7 after 6, 8/21 after 7 and 0 after 10."""
    seen = [(6.0, True)] * 3 + [(6.0, False), (7.0, True), (9.0, False), (10.0, True)]
    found = kaplan_meier(seen)
    assert found.values == (6, 7, 10)
    assert found.reached == pytest.approx((3 / 7, 1 - 4 / 7 * 2 / 3, 1.0))
    assert kaplan_meier([(3, True), (5, False)]).p(0.9) == math.inf


def test_an_interval_is_that_of_wilson() -> None:
    """Newcombe (1998): 81 of 263 is 0.2553 to 0.3662."""
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


# ------------------------------------------------------------------------------------------------- by hand


def month(day: str, *tasks: dict[str, Any], project: str = "P") -> Portfolio:
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "status_date": day, "calendar": "always"},
            "calendars": [{"id": "always", "week": "mon-sun", "hours": "00:00-24:00"}],
            "projects": [{"id": project, "tasks": list(tasks)}],
        }
    )


def two_months() -> History:
    """Forecast on 11 January: `a` takes 10 or 20 days more, `b` 5 days, `c` 30 or 40. Seen again on 1 February: `a` came on 26 January."""
    a = {"id": "a", "actual_start": "2026-01-05", "remaining": {"values": ["10 d", "20 d"], "weights": [0.6, 0.4]}, "duration": "20 d"}
    b = {"id": "b", "actual_start": "2026-01-05", "remaining": "5 d", "duration": "11 d"}
    c = {"id": "c", "actual_start": "2026-01-05", "remaining": {"values": ["30 d", "40 d"], "weights": [0.5, 0.5]}, "duration": "40 d"}
    done = {"id": "a", "actual_start": "2026-01-05", "actual_finish": "2026-01-26", "duration": "20 d"}
    return History.of(month("2026-01-11", a, b, c), month("2026-02-01", done, {**b, "remaining": "2 d"}, c))


def test_a_forecast_counts_once_its_day_has_passed_whether_it_is_done_or_not() -> None:
    """`a`: P50 on 20 January, missed; P80 on the 30th, kept. `b`: P50 and P80 on the 15th, not done yet: missed. `c` is not due.

    The project ends with `c`, and is not due either.
    """
    found = ipmo.calibration(two_months(), samples=2000)
    row = found["simulation, all"]
    assert (row.items, row.forecasts, row.done) == (4, 4, 1)
    p50, p80, _ = row.coverage
    assert (p50.items, p50.share) == (2, 0.0)
    assert (p80.items, p80.share) == (2, 0.5)
    assert (p80.low, p80.high) == pytest.approx(wilson(0.5, 2))
    published = found["published date, all"]
    assert published.coverage[0].share == 0.0
    assert published.against_published is None
    assert "reference class, all" not in found, "nothing was done before"


def test_scores_go_up_to_the_day_on_which_it_was_last_seen() -> None:
    """`a` came on 26 January, six in ten said for the 20th and four for the 30th: 0.36 x 6 + 0.16 x 4 = 2.8 days.

    `b` was to come on 15 January and has not by 1 February: 17. `c` and the project were to come later than that: 0 up to now.
    """
    forecasts = {one.item: one for one in ipmo.calibration(two_months(), samples=4000).forecasts if one.way == "simulation"}
    assert forecasts["P/a"].crps == pytest.approx(2.8, abs=0.1)
    assert forecasts["P/b"].crps == pytest.approx(17)
    assert forecasts["P/c"].crps == forecasts["P"].crps == 0
    assert forecasts["P/a"].came == date(2026, 1, 26)
    assert forecasts["P/c"].known == date(2026, 2, 1)


def test_of_what_left_or_was_stopped_nobody_knows_what_became() -> None:
    a, b = ({"id": name, "duration": "10 d"} for name in "ab")
    found = ipmo.calibration(History.of(month("2026-01-11", a, b), month("2026-02-01", a)), samples=20)
    assert found.unknown == ("P/b",)
    (of_b,) = (one for one in found.forecasts if one.item == "P/b" and one.way == "published date")
    assert of_b.came is None
    assert of_b.known == date(2026, 1, 11)
    assert of_b.held(50) is None
    (p50, *_) = found["published date, all"].coverage
    assert (p50.items, p50.share, p50.lost) == (2, 0.0, 1)  # `a` and the project are late, `b` left
    assert p50.bounds == (wilson(0, 3)[0], wilson(1 / 3, 3)[1])
    assert "with 1 that left before" in found.explain("published date, all")


def test_no_verdict_that_what_left_could_turn() -> None:
    """Twelve late and none kept is too sure; with twelve that left before their day it may be half, and nothing says that it is off."""
    late = [{"id": f"t{n}", "duration": "10 d"} for n in range(12)]
    left = [{"id": f"l{n}", "duration": "10 d"} for n in range(12)]
    found = ipmo.calibration(History.of(month("2026-01-11", *late), month("2026-02-01", *late)), samples=20)
    assert "too sure" in str(found["published date, all"].coverage[0])
    found = ipmo.calibration(History.of(month("2026-01-11", *late, *left), month("2026-02-01", *late)), samples=20)
    (p50, *_) = found["published date, all"].coverage
    assert p50.high is not None
    assert p50.high < 0.5
    assert str(p50).endswith("nothing says that it is off")


def projects(day: str, *found: dict[str, Any]) -> Portfolio:
    whole = ipmo.to_dict(month(day))
    whole["projects"] = list(found)
    return ipmo.from_dict(whole)


def published(found: ipmo.Calibration) -> dict[tuple[str, date], tuple[date | None, date]]:
    return {(one.item, one.month): (one.came, one.known) for one in found.forecasts if one.way == "published date"}


@pytest.mark.parametrize("closed", [{}, {"start": "2026-01-05", "finish": "2026-06-25"}])
def test_what_closed_without_a_day_came_when_it_was_first_seen_closed(closed: dict[str, str]) -> None:
    """However many snapshots follow, and whatever finish is still planned; what its tasks left open is not done any more."""
    task = {"id": "a", "duration": "20 d"}
    first = projects("2026-01-11", {"id": "P", "start": "2026-01-05", "finish": "2026-01-25"}, {"id": "Q", "tasks": [task]})
    over = [{"id": "P", "state": "closed", **closed}, {"id": "Q", "state": "closed", "tasks": [task]}]
    found = ipmo.calibration(History.of(first, projects("2026-02-01", *over), projects("2026-03-01", *over)), samples=20)
    assert published(found) == {
        ("P", date(2026, 1, 11)): (date(2026, 2, 1), date(2026, 3, 1)),
        ("Q", date(2026, 1, 11)): (date(2026, 2, 1), date(2026, 3, 1)),
        ("Q/a", date(2026, 1, 11)): (None, date(2026, 1, 11)),
    }
    assert found.unknown == ("Q/a",)


def test_what_was_done_before_its_project_was_stopped_is_known() -> None:
    """`c` is done in the snapshot that says that its project is stopped; another project was stopped all along, and nothing was forecast of it."""
    a, b, c = ({"id": name, "duration": "20 d"} for name in "abc")
    done = [{**task, "actual_start": "2026-01-05", "actual_finish": "2026-01-20"} for task in (a, c)]
    gone = {"id": "Q", "state": "cancelled", "tasks": [a]}
    found = ipmo.calibration(
        History.of(
            projects("2026-01-11", {"id": "P", "tasks": [a, b, c]}, gone),
            projects("2026-02-01", {"id": "P", "tasks": [done[0], b, c]}, gone),
            projects("2026-03-01", {"id": "P", "state": "cancelled", "tasks": [done[0], b, done[1]]}, gone),
        ),
        samples=20,
    )
    assert found.unknown == ("P", "P/b")
    assert {item: came for (item, day), (came, _) in published(found).items() if day == date(2026, 1, 11)} == {
        "P": None,
        "P/a": date(2026, 1, 20),
        "P/b": None,
        "P/c": date(2026, 1, 20),
    }


def test_what_was_open_again_came_when_it_was_done_at_last() -> None:
    a = {"id": "a", "duration": "20 d", "actual_start": "2026-01-05"}
    early, late = ({**a, "actual_finish": day} for day in ("2026-01-20", "2026-02-20"))
    again = {**a, "remaining": "5 d"}
    found = ipmo.calibration(
        History.of(
            *(month(day, task) for day, task in [("2026-01-11", a), ("2026-02-01", early), ("2026-02-10", again), ("2026-03-01", late)])
        ),
        samples=20,
    )
    assert published(found)["P/a", date(2026, 1, 11)] == published(found)["P/a", date(2026, 2, 10)] == (date(2026, 2, 20), date(2026, 3, 1))
    assert not found.unknown


def test_a_day_after_it_left_may_turn_the_share_of_an_item_that_has_others() -> None:
    """Twelve that were late once, were forecast once more, and left before that day: of each none or half was kept, and nothing says that it is off."""
    tasks = [{"id": f"t{n}", "duration": "10 d"} for n in range(12)]
    found = ipmo.calibration(History.of(month("2026-01-11", *tasks), month("2026-02-01", *tasks), month("2026-03-01")), samples=20)
    (p50, *_) = found["published date, all"].coverage
    assert (p50.items, p50.share, p50.lost) == (13, 0.0, 12)  # the project is there still, and late
    assert p50.bounds == (wilson(0, 13)[0], wilson(6 / 13, 13)[1])
    assert str(p50).endswith("nothing says that it is off")


def test_the_reference_class_knows_what_was_done_and_left() -> None:
    """Five projects of 10 days took 20, 20, 20, 30 and 30, and left when they were done; a sixth left open when it had lasted 20: of it no more is known.

    Kaplan and Meier: half have ended at twice the time (three of six), all at three times. What is seen on the last day says nothing then.
    """
    open_ones = [{"id": f"p{n}", "start": "2026-01-05", "finish": "2026-01-21"} for n in range(6)]
    ends = ["2026-01-31"] * 3 + ["2026-02-10"] * 2
    done = [{"id": f"p{n}", "state": "closed", "actual_start": "2026-01-05", "actual_finish": end} for n, end in enumerate(ends)]
    other = {"id": "other", "start": "2026-02-20", "finish": "2026-03-21"}
    found = ipmo.calibration(
        History.of(
            projects("2026-01-11", *open_ones),
            projects("2026-01-31", *done[:3], *open_ones[3:]),
            projects("2026-02-10", *done[3:], other),
            projects("2026-03-01", other),
            projects("2026-03-02", other),
        ),
        samples=20,
    )
    (one,) = (one for one in found.forecasts if one.item == "other" and one.month == date(2026, 3, 1) and one.way == "reference class")
    assert [value - date(2026, 3, 1).toordinal() for value in one.distribution.values] == [40, 60]
    assert one.distribution.reached == pytest.approx((0.5, 1.0))
    assert not [one for one in found.forecasts if one.month < date(2026, 2, 10) and one.way == "reference class"], (
        "nothing of what came later"
    )


def test_a_loop_in_an_old_snapshot_keeps_no_other_from_its_answer() -> None:
    a, b = {"id": "a", "duration": "10 d"}, {"id": "b", "duration": "10 d"}
    found = ipmo.calibration(
        History.of(month("2026-01-11", {**a, "after": "b"}, {**b, "after": "a"}), month("2026-02-01", a, b)), samples=20
    )
    assert "loop" in found.refused[date(2026, 1, 11)]
    with pytest.raises(ipmo.OptionError, match="samples"):
        ipmo.calibration(two_months(), samples=1)


def test_where_nothing_was_uncertain_there_is_no_simulation_and_it_is_said_why() -> None:
    found = ipmo.calibration(
        History.of(month("2026-01-11", {"id": "a", "duration": "10 d"}), month("2026-02-01", {"id": "a", "duration": "10 d"}))
    )
    assert {row.way for row in found} == {"published date"}
    assert "uncertain" in found.refused[date(2026, 1, 11)]


def test_a_history_of_one_month_is_refused() -> None:
    with pytest.raises(ipmo.ModelError, match="fewer than two"):
        ipmo.calibration(History.of(month("2026-01-11", {"id": "a", "duration": "10 d"})))


# ------------------------------------------------------------------------------------------------- known truth


def drawn_history(spread: float, *, tasks: int = 120) -> History:
    """Three months of independent work; true lengths are lognormal around the published ones, estimates say `spread` of that deviation."""
    rng = random.Random(7)
    start = date(2026, 1, 5)
    lengths = {f"t{n}": rng.randint(20, 120) for n in range(tasks)}
    true = {name: length * math.exp(rng.gauss(0, 0.3)) for name, length in lengths.items()}
    p = 1.2815515655446004 * 0.3 * spread

    def seen(day: date) -> Portfolio:
        rows = []
        for name, length in lengths.items():
            end = start + timedelta(days=max(round(true[name]), 1) - 1)
            row: dict[str, Any] = {
                "id": name,
                "duration": {"p10": f"{length * math.exp(-p):.3f} d", "p90": f"{length * math.exp(p):.3f} d", "shape": "lognormal"},
            }
            if day > start:
                row["actual_start"] = str(start)
                row["duration"] = f"{length} d"
                row |= {"actual_finish": str(end)} if end <= day else {"remaining": f"{max(length - (day - start).days, 1)} d"}
            rows.append(row)
        return month(str(day), *rows)

    return History.of(seen(start), seen(start + timedelta(days=70)), seen(start + timedelta(days=400)))


@pytest.mark.parametrize(("spread", "verdict"), [(1.0, "nothing says that it is off"), (0.2, "too sure"), (4.0, "too careful")])
def test_on_a_history_whose_truth_is_known_it_says_what_was_wrong_with_the_estimates(spread: float, verdict: str) -> None:
    found = ipmo.calibration(drawn_history(spread), samples=400)
    (first,) = (month for month in {one.month for one in found.forecasts} if month == date(2026, 1, 5))
    p90 = [
        held
        for one in found.forecasts
        if one.month == first and one.way == "simulation" and "/" in one.item and (held := one.held(90)) is not None
    ]
    low, high = wilson(sum(p90) / len(p90), len(p90))
    assert verdict == ("too sure" if high < 0.9 else "too careful" if low > 0.9 else "nothing says that it is off")
    assert verdict in found.explain("simulation, all").splitlines()[3]


def test_estimates_that_are_true_beat_the_published_date_and_the_reference_class_is_no_worse_than_half() -> None:
    found = ipmo.calibration(drawn_history(1.0), samples=400)
    row = found["simulation, all"]
    assert row.against_published is not None
    assert row.against_published > 0.1
    reference = found["reference class, all"]
    assert reference.against_published is not None


def test_without_what_is_late_yet_it_would_look_better_than_it_was() -> None:
    """Seen early, the late half is not done: those that are done kept their days by far more than all did in the end."""
    months = drawn_history(1.0)
    early = ipmo.calibration(History.of(*months.portfolios[:2]), samples=400)
    due = [one for one in early.forecasts if one.way == "simulation" and one.held(50) is not None]
    done = [one for one in due if one.came is not None]
    assert len(done) < len(due)
    kept = sum(bool(one.held(50)) for one in due)
    assert kept / len(done) > kept / len(due) + 0.05
    assert early["simulation, all"].coverage[0].share == pytest.approx(kept / len(due), abs=0.02)
    assert kept / len(due) == pytest.approx(0.5, abs=0.12)


# ------------------------------------------------------------------------------------------------- the door


def test_the_command_line_says_it_of_a_folder(tmp_path: Path) -> None:
    for plan in two_months().portfolios:
        ipmo.write(plan, tmp_path / "portfolio.yaml")
        ipmo.snapshot(ipmo.read(tmp_path / "portfolio.yaml"))
    folder = str(tmp_path / "history")
    found = CliRunner().invoke(main, ["calibration", folder, "--samples", "200"])
    assert found.exit_code == 0, found.output
    assert "simulation" in found.output
    rows = json.loads(CliRunner().invoke(main, ["calibration", folder, "--samples", "200", "--json"]).output)["rows"]
    assert rows[0]["p80_kept"] == 0.5
    told = CliRunner().invoke(main, ["calibration", folder, "--samples", "200", "--explain", "simulation, all"])
    assert "of the P80 days that have passed 50% were kept (2 items" in told.output
    each = CliRunner().invoke(main, ["calibration", folder, "--samples", "200", "--forecasts"])
    assert "P/a" in each.output
