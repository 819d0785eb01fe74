"""A day that a frame or NumPy can only say as a midnight is a day: a deadline of it is its end."""

from datetime import date, datetime

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import ipmo
from ipmo.errors import UnitError
from ipmo.model import Project, Task
from ipmo.units import as_date, as_when

DAY, TIME = datetime(2026, 1, 9), datetime(2026, 1, 9, 12, 30)
ROWS = {"project": ["p", "p"], "id": ["a", "b"], "duration": ["5 d", "5 d"], "deadline": [DAY, TIME]}


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_midnight_in_a_frame_is_a_day(frame):
    pf = ipmo.from_tables(
        {"portfolio": frame({"id": ["x"], "start": [datetime(2026, 1, 5)]}), "projects": frame({"id": ["p"]}), "tasks": frame(ROWS)}
    )
    first, second = pf.projects[0].tasks
    assert (first.deadline, second.deadline) == (date(2026, 1, 9), TIME)
    assert not isinstance(first.deadline, datetime)
    late = [finding.item for finding in ipmo.check(pf) if finding.code == "ipmo/commitment-missed"]
    assert late == ["p/b"]  # five days from Monday the 5th end with Friday the 9th: too late for its noon only


def test_a_timestamp_at_midnight_is_a_day_in_python_too():
    for value in (pd.Timestamp("2026-01-09"), np.datetime64("2026-01-09"), np.datetime64("2026-01-09T00:00:00.000000000")):
        assert type(as_when(value)) is date
        assert as_when(value) == date(2026, 1, 9) == as_date(value)
        assert Task(id="a", deadline=value).deadline == date(2026, 1, 9)
        assert Project(id="p", finish=value).finish == date(2026, 1, 9)
    assert as_when(pd.Timestamp("2026-01-09 12:30:29")) == TIME
    assert type(as_when(pd.Timestamp("2026-01-09 12:30"))) is datetime
    assert as_when(np.datetime64("2026-01-09T12:30")) == TIME
    assert as_when(DAY) == DAY  # Python has a type for days: this is the instant
    for nothing in (pd.NaT, np.datetime64("NaT", "D"), np.float64(3), pd.Timedelta(days=1)):
        with pytest.raises(UnitError, match="not a date"):
            as_when(nothing)


def test_a_midnight_of_a_row_that_is_missed_by_its_own_day_is_said_to_be_an_instant(tmp_path):
    def missed(deadline, folder=None):
        pf = ipmo.Portfolio(id="x", start="2026-01-05", projects=[Project(id="p", tasks=[Task(id="a", duration="5 d", deadline=deadline)])])
        if folder is not None:
            ipmo.write(pf, folder / "x.yaml")
            pf = ipmo.read(folder / "x.yaml")
        return [one.hint for one in ipmo.check(pf) if one.code == "ipmo/commitment-missed"]

    (row,) = pl.DataFrame({"deadline": [DAY]}).to_dicts()
    (said,) = missed(row["deadline"])
    assert said == "2026-01-09 00:00 is the instant with which that day begins: give a day, `.date()`, if its end is meant"
    assert missed(row["deadline"].date()) == []
    assert missed(datetime(2026, 1, 8)) == missed(TIME) == missed(date(2026, 1, 8)) == [""], (
        "the end of the day is missed too, or a time is stated"
    )
    assert missed(DAY, tmp_path) == [""], "a file says the time itself"


def test_a_midnight_of_python_is_the_instant_and_stays_it_through_copies_and_files(tmp_path):
    """Copies make every field anew, and what ends at midnight, of a schedule or a file of Primavera, is given back so: a day would be a day late."""
    task = Task(id="a", duration="1 d", calendar="continuous", deadline=DAY)
    assert task.deadline == DAY == attrs.evolve(task, name="x").deadline
    pf = ipmo.Portfolio(id="x", start="2026-01-05", projects=[Project(id="p", tasks=[task])])
    ends = ipmo.schedule(pf)["p/a"].finish
    assert (ends, attrs.evolve(task, actual_start="2026-01-05", actual_finish=ends).actual_finish) == (
        datetime(2026, 1, 6),
        datetime(2026, 1, 6),
    )
    ipmo.write(pf, tmp_path / "x.yaml")
    assert ipmo.read(tmp_path / "x.yaml") == pf
