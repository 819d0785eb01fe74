"""Where items would be if what they follow, or what follows them, stood elsewhere: held against the schedule of the changed plan itself."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

import ipmo
from ipmo.model import After, Calendar, Portfolio, Project, Task
from ipmo.network.given import ENDS, NOBODY, Given, Placed, early_elsewhere, late_elsewhere
from ipmo.units import minutes, moment

OFFICE = Calendar(id="office", week="mon-fri", hours="08:00-12:00, 13:00-17:00")
SHIFT = Calendar(id="shift", week="mon-sat", hours="06:00-14:00")
KINDS = (("FS", "0 h"), ("FS", "0 h"), ("FS", "4 h"), ("SS", "1 d"), ("FF", "2 h"), ("SF", "3 d"), ("FS", "-2 h"))


def plan(seed: int, dialect: str, first: str = "1 d") -> Portfolio:
    """Twelve tasks on two calendars with links of all types; the third lasts as long as is said."""
    made = random.Random(seed)
    tasks = []
    for place in range(12):
        before = sorted(made.sample(range(place), min(place, made.randrange(3))))
        after = [After(source=f"t{u}", type=kind, lag=lag) for u in before for kind, lag in [made.choice(KINDS)]]
        length = first if place == 2 else f"{made.randrange(1, 30)} h"
        tasks.append(Task(id=f"t{place}", duration=length, after=after, calendar=made.choice(["office", "shift"])))
    projects = [Project(id="P", tasks=tasks)]
    return Portfolio(id="x", start="2026-01-05", calendars=[OFFICE, SHIFT], calendar="office", dialect=dialect, projects=projects)


def given(here: ipmo.Schedule, there: ipmo.Schedule, some: set[str], late: bool) -> dict[int, Given | None]:
    """By position the dates of another schedule, where they differ."""
    out: dict[int, Given | None] = {}
    for name in some:
        item, other = here[name], there[name]
        ours, theirs = ((i.late_start, i.late_finish) if late else (i.early_start, i.early_finish) for i in (item, other))
        place = int(here.passes.positions.pos[here.passes.nodes[name]])
        out[place] = None if ours == theirs else Given(*(None if one is None else minutes(one) for one in theirs))
    return out


def window(one: Placed) -> tuple[datetime, datetime]:
    return moment(one.start), moment(one.finish)


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
@pytest.mark.parametrize("seed", range(12))
def test_with_the_dates_of_another_schedule_given_each_is_where_that_has_it(seed: int, dialect: str) -> None:
    here, there = ipmo.schedule(plan(seed, dialect)), ipmo.schedule(plan(seed, dialect, "9 d"))
    names = [f"P/t{place}" for place in range(12)]
    for name in names:
        others = {*names} - {name}
        place = int(here.passes.positions.pos[here.passes.nodes[name]])
        early = early_elsewhere(here.passes, given(here, there, others, late=False))
        if name != "P/t2":
            assert window(early.placed[place]) == (there[name].early_start, there[name].early_finish), name
            assert (early.placed[place].because == NOBODY) == (
                window(early.placed[place]) == (here[name].early_start, here[name].early_finish)
            )
        whole = early_elsewhere(here.passes, given(here, there, {*names}, late=False))
        late = late_elsewhere(here.passes, whole, given(here, there, others, late=True))[place]
        if name != "P/t2":
            assert window(late) == (there[name].late_start, there[name].late_finish), name


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
def test_with_nothing_given_all_stand_where_they_do_and_nothing_moves_them(dialect: str) -> None:
    here = ipmo.schedule(plan(3, dialect))
    early = early_elsewhere(here.passes, {})
    late = late_elsewhere(here.passes, early, {})
    for name, node in here.passes.nodes.items():
        place, item = int(here.passes.positions.pos[node]), here[name]
        assert early.placed[place] == (minutes(item.early_start), minutes(item.early_finish), NOBODY)
        assert late[place] == (minutes(item.late_start), minutes(item.late_finish), NOBODY)


def test_what_moves_an_item_is_named_the_end_too() -> None:
    """b follows a; c follows nothing and has float to the end. a two days late moves b, b moves the end, and the end c."""
    tasks = [Task(id="a", duration="1 d"), Task(id="b", duration="1 d", after="a"), Task(id="c", duration="1 d")]
    here = ipmo.schedule(small(tasks))
    pos = {name: int(here.passes.positions.pos[node]) for name, node in here.passes.nodes.items()}
    a = Given(minutes(datetime(2026, 1, 7, 8)), minutes(datetime(2026, 1, 7, 17)))
    early = early_elsewhere(here.passes, {pos["P/a"]: a})
    assert window(early.placed[pos["P/b"]]) == (datetime(2026, 1, 8, 8), datetime(2026, 1, 8, 17))
    assert early.placed[pos["P/b"]].because == pos["P/a"]
    late = late_elsewhere(here.passes, early, {})
    assert window(late[pos["P/c"]]) == (datetime(2026, 1, 8, 8), datetime(2026, 1, 8, 17))
    assert late[pos["P/c"]].because == ENDS
    b = Given(minutes(datetime(2026, 1, 5, 8)), minutes(datetime(2026, 1, 5, 17)))
    late = late_elsewhere(here.passes, early_elsewhere(here.passes, {}), {pos["P/b"]: b})
    assert window(late[pos["P/a"]]) == (datetime(2026, 1, 2, 8), datetime(2026, 1, 2, 17))
    assert late[pos["P/a"]].because == pos["P/b"]
    assert late[pos["P/c"]].because == NOBODY


def small(tasks: list[Task]) -> Portfolio:
    return Portfolio(
        id="x", start="2026-01-05", calendars=[OFFICE], calendar="office", dialect="p6", projects=[Project(id="P", tasks=tasks)]
    )
