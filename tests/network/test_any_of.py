"""Where one of several givers is enough: the lag of each counts, and the earliest with its lag starts what they enable."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest

import ipmo
from ipmo.model import Benefit, Enabler, Portfolio, Project, Task
from ipmo.network.compiled import available
from ipmo.network.network import Network


def enabled(first_lag: str, second_lag: str) -> ipmo.Schedule:
    """Work of 2 days (done Tuesday evening) and of 4 days (Thursday evening), either of which enables a benefit."""
    project = Project(id="P", tasks=[Task(id="a", duration="2 d"), Task(id="b", duration="4 d")])
    enablers = [Enabler(source="P/a", lag=first_lag), Enabler(source="P/b", lag=second_lag)]
    return ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[project], benefits=[Benefit(id="B", any_of=enablers)]))


@pytest.mark.parametrize(
    ("lags", "begins"),
    [
        (("0 d", "0 d"), datetime(2026, 1, 6, 17)),
        (("1 ed", "0 d"), datetime(2026, 1, 7, 17)),
        (("5 ed", "0 d"), datetime(2026, 1, 8, 17)),  # the later one has no lag and is first
        (("5 ed", "1 ed"), datetime(2026, 1, 9, 17)),
        (("1 d", "5 d"), datetime(2026, 1, 7, 17)),
    ],
)
def test_the_earliest_giver_with_its_lag_starts_the_benefit(lags: tuple[str, str], begins: datetime) -> None:
    assert enabled(*lags)["B"].early_start == begins


def test_a_giver_whose_lag_makes_it_the_later_one_has_float() -> None:
    assert enabled("0 d", "0 d")["P/a"].target_float == 0.0  # the benefit begins with its end
    late = enabled("3 d", "0 d")
    assert late["B"].early_start == datetime(2026, 1, 8, 17)
    assert late["P/a"].target_float == 2.0  # only the project's own finish on Thursday holds it


@pytest.mark.parametrize(("need_by", "floats"), [("2026-01-09", (8.0, 6.0)), ("2026-01-08", (8.0, 6.0)), ("2026-01-07", (1.0, 6.0))])
def test_of_two_givers_in_time_either_may_slip_and_the_only_one_may_not(need_by: str, floats: tuple[float, float]) -> None:
    """Done on Tuesday and on Thursday, the project on Friday a week later: only where Thursday is too late the benefit holds the first."""
    project = Project(id="P", tasks=[Task(id="a", duration="2 d"), Task(id="b", duration="4 d"), Task(id="z", duration="10 d")])
    benefit = Benefit(id="B", any_of=["P/a", "P/b"], need_by=need_by)
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[project], benefits=[benefit]))
    assert (s["P/a"].target_float, s["P/b"].target_float) == floats


def test_a_thousand_tasks_any_of_which_is_enough_take_no_thousand_passes() -> None:
    tasks = [Task(id="s"), *(Task(id=f"t{n}", parent="s", duration=f"{n % 9 + 1} d") for n in range(1600)), Task(id="last", duration="1 d")]
    times = {}
    for linked in (False, False, True):  # the first time loads what is needed
        after = [{"from": "s", "type": "SS"}] if linked else []
        last = Task(id="last", duration="1 d", after=after)
        pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[*tasks[:-1], last])])
        begun = time.perf_counter()
        found = ipmo.schedule(pf)
        assert found["P/t0"].total_float == 8  # it lasts a day beside one of nine
        assert found["P/last"].early_start == datetime(2026, 1, 5, 9)
        times[linked] = time.perf_counter() - begun
    assert times[True] < 10 * times[False] + 0.1


def test_tasks_that_wait_for_one_and_any_of_which_is_enough_bind_it_in_a_few_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [Task(id="m", duration="1 d"), Task(id="s")]
    tasks += [Task(id=f"t{n}", parent="s", duration=f"{n % 9 + 1} d", after=["m"]) for n in range(300)]
    tasks.append(Task(id="last", duration="20 d", after=[{"from": "s", "type": "SS"}]))
    asked: list[str] = []
    run = Network.run

    def counted(self: Network, function: Any, *arguments: Any, **named: Any) -> Any:
        asked.append(function.__name__)
        return run(self, function, *arguments, **named)

    monkeypatch.setattr(Network, "run", counted)
    found = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))
    assert found["P/m"].total_float == 0  # all of the tasks wait for it, and the last work for the first of them
    assert found["P/t0"].total_float == 19  # any other of them starts as early
    assert 8 <= asked.count("keep_later") <= 40  # one pass for each length of a task, not for each task


def waits_for_one(**more: Any) -> Portfolio:
    """m, then two tasks of a summary, and the last after the start of that, whichever task starts it; a long project beside."""
    tasks = [
        Task(id="m", duration="1 d"),
        Task(id="s"),
        Task(id="t0", parent="s", duration="2 d", after=["m"]),
        Task(id="t1", parent="s", duration="3 d", after=["m"]),
        Task(id="last", duration="20 d", after=[{"from": "s", "type": "SS"}]),
    ]
    beside = Project(id="Q", tasks=[Task(id="long", duration="90 d")])
    return Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks, **more), beside])


@pytest.mark.parametrize("small", [20_000, 0])  # as lists, and as columns with compiled kernels
@pytest.mark.parametrize(("finish", "commitment"), [(None, None), ("2026-03-31", 41.0)])
def test_what_all_of_several_alternatives_wait_for_has_no_float_to_the_finish_of_its_own_project(
    small: int, finish: str | None, commitment: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of t0 and t1 may slip 18 and 17 days while the other starts the summary; m moves them both, and the end with them."""
    monkeypatch.setattr("ipmo.network.network.SMALL", small)
    pf = waits_for_one(**({"finish": finish} if finish else {}))
    s = ipmo.schedule(pf)
    assert s.network.arrays is (small == 0 and available())
    assert [s[f"P/{name}"].project_float for name in ("m", "t0", "t1", "last")] == [0.0, 18.0, 17.0, 0.0]
    assert (s["P/m"].target, s["P/m"].commitment_float) == ("P@finish", commitment)
    assert ipmo.schedule(pf.evolve("P/m", duration="2 d"))["P"].finish > s["P"].finish
    for name, days in (("t0", 18), ("t1", 17)):
        held = pf.evolve(f"P/{name}", duration=f"{(2 if name == 't0' else 3) + days} d")
        assert ipmo.schedule(held)["P"].finish == s["P"].finish
