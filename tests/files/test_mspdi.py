"""Microsoft Project XML: what is understood, what is written, and what hostile files do."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings

import ipmo
from ipmo.errors import FileError, FormatWarning
from ipmo.model import After, Calendar, CalendarException, Link, Portfolio, Project, Task
from ipmo.testing.strategies import portfolios
from ipmo.units import Span

DAY = "<DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime><WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime></WorkingTimes>"


def week(days: range = range(2, 7)) -> str:
    return (
        "<WeekDays>"
        + "".join(f"<WeekDay><DayType>{d}</DayType>{DAY if d in days else '<DayWorking>0</DayWorking>'}</WeekDay>" for d in range(1, 8))
        + "</WeekDays>"
    )


def task(uid: int, name: str = "", level: int = 1, hours: float = 8, extra: str = "") -> str:
    minutes = round(hours * 60)
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{name}</Name><OutlineLevel>{level}</OutlineLevel>"
        f"<Duration>PT{minutes // 60}H{minutes % 60}M0S</Duration><DurationFormat>7</DurationFormat>{extra}</Task>\n"
    )


def link(uid: int, kind: int = 1, lag: int = 0, format: int = 7) -> str:
    return f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type><LinkLag>{lag}</LinkLag><LagFormat>{format}</LagFormat></PredecessorLink>"


def mspdi(tasks: str, calendars: str = "", head: str = "", tail: str = "") -> str:
    calendars = (
        calendars
        or f"<Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>{week()}</Calendar>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Project xmlns="http://schemas.microsoft.com/project"><Title>Tram</Title>'
        f"<StartDate>2026-01-05T08:00:00</StartDate><CalendarUID>1</CalendarUID><MinutesPerDay>480</MinutesPerDay><MinutesPerWeek>2400</MinutesPerWeek>{head}"
        f"<Calendars>{calendars}</Calendars>\n<Tasks>\n{tasks}</Tasks>{tail}</Project>"
    )


Reader = Callable[..., Portfolio]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def reading(text: str | bytes, name: str = "plan.xml", **options: object) -> Portfolio:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return ipmo.read(path, **options)  # type: ignore[arg-type]

    return reading


def codes(pf: Portfolio) -> list[str]:
    return [f.code for f in pf.source.findings]


def test_tasks_links_lags_and_the_outline_are_read(read: Reader) -> None:
    tasks = (
        task(1, "Phase", 1, 0, "<Summary>1</Summary>")
        + task(2, "Dig", 2, 16)
        + task(3, "Lay", 2, 8, link(2, 3, 4800) + link(4, 0, -4800))
        + task(4, "Pour", 2, 8, link(2, 1, 14400, 8))
        + task(5, "Open", 1, 0, link(3) + link(1))
        + task(6, "Half", 1, 8, link(2, 1, 50, 19))
    )
    pf = read(mspdi(tasks))
    project = pf.projects[0]
    assert (pf.id, project.id, pf.dialect.name) == ("Tram", "Tram", "msproject")
    assert [(t.id, t.name, t.parent, t.milestone) for t in project.tasks] == [
        ("1", "Phase", None, False),
        ("2", "Dig", "1", False),
        ("3", "Lay", "1", False),
        ("4", "Pour", "1", False),
        ("5", "Open", None, True),
        ("6", "Half", None, False),
    ]
    assert [(a.source, a.type, str(a.lag)) for a in pf["Tram/3"].after] == [("2", "SS", "1 d"), ("4", "FF", "-1 d")]
    assert pf["Tram/4"].after[0].lag == Span(1, "ed")
    assert pf["Tram/6"].after[0].lag == Span(480, "min")
    assert pf["Tram/2"].duration.central() == Span(2, "d")
    assert pf.source.refused == 0
    assert ipmo.schedule(pf)["Tram/4"].early_start == datetime(2026, 1, 8, 8)


def test_lags_are_tenths_of_minutes(read: Reader) -> None:
    """9600 is 16 h, which a peer reads as 160."""
    pf = read(mspdi(task(1, "a") + task(2, "b", extra=link(1, 1, 9600, 5))))
    assert pf["Tram/2"].after[0].lag == Span(16, "h")


def test_calendars_derive_and_have_exceptions_of_every_kind(read: Reader) -> None:
    period = lambda a, b: f"<TimePeriod><FromDate>{a}T00:00:00</FromDate><ToDate>{b}T23:59:00</ToDate></TimePeriod>"  # noqa: E731
    off = "<DayWorking>0</DayWorking>"
    exceptions = [
        f"<Exception>{period('2026-02-02', '2026-02-04')}<Type>1</Type>{off}</Exception>",
        f"<Exception>{period('2026-01-01', '2028-12-31')}<Type>2</Type><Month>11</Month><MonthDay>25</MonthDay>{off}</Exception>",
        f"<Exception>{period('2026-03-01', '2026-03-31')}<Type>6</Type><Period>2</Period><DaysOfWeek>2</DaysOfWeek>{off}</Exception>",
        f"<Exception>{period('2026-04-01', '2026-05-31')}<Type>5</Type><Period>1</Period><MonthItem>4</MonthItem><MonthPosition>4</MonthPosition>{off}</Exception>",
        f"<Exception>{period('2026-06-01', '2026-06-30')}<Type>4</Type><Period>1</Period><MonthDay>15</MonthDay>{off}</Exception>",
        f"<Exception>{period('2026-01-01', '2027-12-31')}<Type>3</Type><Month>6</Month><MonthItem>3</MonthItem><MonthPosition>0</MonthPosition>{off}</Exception>",
    ]
    base = f"<Calendar><UID>1</UID><Name>Base</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>{week()}<Exceptions>{''.join(exceptions)}</Exceptions></Calendar>"
    derived = "<Calendar><UID>2</UID><Name>Ann</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID><WeekDays>" + (
        f"<WeekDay><DayType>7</DayType>{DAY}</WeekDay>"
        f"<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking>{period('2026-08-03', '2026-08-07')}</WeekDay></WeekDays></Calendar>"
    )
    same = "<Calendar><UID>3</UID><Name>Bob</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID></Calendar>"
    people = (
        "<Resources><Resource><UID>9</UID><Name>Ann</Name><Type>1</Type><CalendarUID>2</CalendarUID></Resource></Resources>"
        "<Assignments><Assignment><TaskUID>1</TaskUID><ResourceUID>9</ResourceUID><Units>0.5</Units><Work>PT8H0M0S</Work></Assignment></Assignments>"
    )
    pf = read(mspdi(task(1, "a"), base + derived + same, tail=people))
    calendars = {c.id: c for c in pf.calendars}
    assert sorted(calendars) == ["Ann calendar", "Base"]
    off_days = {day for e in calendars["Base"].exceptions for day in e.days() if e.hours == "none"}
    assert {date(2026, 2, 2), date(2026, 2, 4), date(2026, 12, 25), date(2027, 12, 25), date(2026, 6, 15)} <= off_days
    assert {d for d in off_days if d.month == 3} == {date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 30)}
    assert {d for d in off_days if d.month in (4, 5)} == {date(2026, 4, 27), date(2026, 5, 25)}
    assert {d for d in off_days if d.month == 7} == {date(2026, 7, 5), date(2027, 7, 4)}
    assert calendars["Ann calendar"].week_shifts()[5]
    assert date(2026, 8, 5) in {day for e in calendars["Ann calendar"].exceptions for day in e.days()}
    assert (pf["Tram/1"].calendar, pf["Tram/1"].resource_calendar) == (None, "Ann calendar")
    assert (pf["Tram/1"].assignments[0].units, str(pf["Tram/1"].assignments[0].effort)) == (0.5, "8 ph")


def test_status_constraints_deadlines_and_baselines_are_read(read: Reader) -> None:
    def tied(kind: int) -> str:
        return f"<ConstraintType>{kind}</ConstraintType><ConstraintDate>2026-02-02T08:00:00</ConstraintDate>"

    begun = (
        "<PercentComplete>50</PercentComplete><ActualStart>2026-01-05T08:00:00</ActualStart><RemainingDuration>PT4H0M0S</RemainingDuration>"
    )
    tasks = "".join(task(10 + k, str(k), extra=tied(k)) for k in range(8)) + (
        task(1, "half", extra=begun + "<Stop>2026-01-05T12:00:00</Stop><Resume>2026-01-09T08:00:00</Resume>")
        + task(
            2,
            "done",
            extra="<PercentComplete>100</PercentComplete><ActualStart>2026-01-05T08:00:00</ActualStart><ActualFinish>2026-01-06T17:00:00</ActualFinish>",
        )
        + task(
            3,
            "said",
            extra="<PercentComplete>0</PercentComplete><ActualStart>2000-01-01T00:00:00</ActualStart><ActualFinish>2000-01-01T00:00:00</ActualFinish>",
        )
        + task(4, "hand", extra="<Manual>1</Manual><Start>2026-01-20T08:00:00</Start>")
        + task(5, "off", extra="<Active>0</Active>")
        + task(
            6,
            "plan",
            extra="<Deadline>2026-03-02T17:00:00</Deadline><Baseline><Number>0</Number><Start>2026-01-05T08:00:00</Start><Finish>2026-01-05T17:00:00</Finish></Baseline>",
        )
        + "<Task><UID>7</UID><IsNull>1</IsNull></Task>"
    )
    pf = read(mspdi(tasks))
    when = datetime(2026, 2, 2, 8)
    assert [pf[f"Tram/1{k}"].constraints for k in (0, 4, 6)] == [None, None, None]
    assert pf["Tram/11"].constraints.as_late_as_possible
    assert [
        getattr(pf[f"Tram/1{k}"].constraints, n)
        for k, n in ((2, "must_start_on"), (3, "must_finish_on"), (5, "start_no_later"), (7, "finish_no_later"))
    ] == [when] * 4
    assert (pf["Tram/14"].not_before, pf["Tram/16"].finish_not_before) == (when, when)
    assert (pf["Tram/1"].progress, pf["Tram/1"].resumes) == (0.5, datetime(2026, 1, 9, 8))
    assert ipmo.schedule(pf)["Tram/1"].early_finish == datetime(2026, 1, 9, 12)
    assert pf["Tram/2"].finished
    assert (pf["Tram/3"].started, "mspdi/not-finished" in codes(pf)) == (False, True)
    assert ipmo.schedule(pf)["Tram/4"].early_start == datetime(2026, 1, 20, 8)
    assert pf["Tram/6"].baseline_finish == datetime(2026, 1, 5, 17)
    assert "Tram/5" not in pf.items
    assert {"mspdi/inactive", "mspdi/manual"} <= set(codes(pf))


def test_splits_and_external_tasks_are_findings_and_external_dependencies(read: Reader) -> None:
    part = lambda start, value: f"<TimephasedData><Type>1</Type><Start>{start}T08:00:00</Start><Value>{value}</Value></TimephasedData>"  # noqa: E731
    tail = (
        "<Resources><Resource><UID>9</UID><Name>Ann</Name></Resource></Resources><Assignments><Assignment><TaskUID>1</TaskUID><ResourceUID>9</ResourceUID>"
        f"{part('2026-01-05', 'PT8H0M0S')}{part('2026-01-06', 'PT0H0M0S')}{part('2026-01-07', 'PT8H0M0S')}</Assignment></Assignments>"
    )
    ghost = task(5, "ghost", extra="<ExternalTask>1</ExternalTask><Start>2026-01-20T08:00:00</Start><Finish>2026-01-21T17:00:00</Finish>")
    far = "<PredecessorLink><PredecessorUID>77</PredecessorUID><Type>1</Type><CrossProject>1</CrossProject><CrossProjectName>other.mpp\\3</CrossProjectName></PredecessorLink>"
    stored = "<Start>2026-01-05T08:00:00</Start><Finish>2026-01-07T17:00:00</Finish>"
    pf = read(mspdi(task(1, "a", hours=16, extra=stored) + task(2, "b", extra=link(5)) + task(3, "c", extra=far) + ghost, tail=tail))
    assert "mspdi/split" in codes(pf)
    assert ipmo.schedule(pf)["Tram/1"].early_finish == datetime(2026, 1, 7, 17)
    assert [(x.source, x.date) for x in pf.links] == [("external:ghost", datetime(2026, 1, 21, 17)), ("external:other.mpp\\3", None)]
    assert ipmo.schedule(pf)["Tram/2"].early_start == datetime(2026, 1, 22, 8)


def test_scheduling_back_from_the_finish_of_the_file(read: Reader) -> None:
    pf = read(mspdi(task(1, "a", hours=16), head="<ScheduleFromStart>0</ScheduleFromStart><FinishDate>2026-01-30T17:00:00</FinishDate>"))
    assert ipmo.schedule(pf)["Tram/1"].start == datetime(2026, 1, 29, 8)


BAD: list[tuple[str, str | bytes, str, int]] = [
    (
        "a DOCTYPE",
        '<?xml version="1.0"?>\n<!DOCTYPE Project [<!ENTITY a "b">]>\n<Project xmlns="http://schemas.microsoft.com/project">&a;</Project>',
        "DOCTYPE",
        2,
    ),
    (
        "an entity bomb",
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<Project xmlns="http://schemas.microsoft.com/project">&b;</Project>',
        "DOCTYPE",
        1,
    ),
    ("cut off", mspdi(task(1, "a"))[:-30], "no well-formed XML", 4),
    ("another root", '<Portfolio xmlns="http://schemas.microsoft.com/project"/>', "its root is 'Portfolio'", 1),
    (
        "another encoding",
        b'<?xml version="1.0" encoding="klingon"?>\n<Project xmlns="http://schemas.microsoft.com/project"/>',
        "encoding",
        0,
    ),
    ("too deep", '<Project xmlns="http://schemas.microsoft.com/project">' + "<a>" * 5000 + "</a>" * 5000 + "</Project>", "deep", 1),
]


@pytest.mark.parametrize(("what", "text", "message", "line"), BAD, ids=[w for w, *_ in BAD])
def test_what_is_no_project_file_is_a_located_error(what: str, text: str | bytes, message: str, line: int, read: Reader) -> None:
    with pytest.raises(FileError, match=message) as caught:
        read(text, format="mspdi")
    if line:
        assert caught.value.problems[0].line == line


ROWS: list[tuple[str, str, str]] = [
    ("a link to nowhere", task(1, "a", extra=link(99)), "predecessor 99 is not in the file"),
    ("a link to itself", task(1, "a", extra=link(1)), "to itself"),
    ("a link twice", task(1, "a") + task(2, "b", extra=link(1) + link(1)), "twice"),
    ("a bad type", task(1, "a") + task(2, "b", extra=link(1, 7)), "its type 7"),
    ("a lag of a million days", task(1, "a") + task(2, "b", extra=link(1, 1, 14_400_000_000)), "thousand years"),
    ("a duration that is none", task(1, "a").replace("PT8H0M0S", "eight"), "is not a duration"),
    ("a negative duration", task(1, "a").replace("PT8H0M0S", "-PT8H0M0S"), "negative"),
    ("a UID twice", task(1, "a") + task(1, "b"), "UID 1"),
    ("no UID", task(1, "a").replace("<UID>1</UID>", ""), "no UID"),
    ("a date that is none", task(1, "a", extra="<ActualStart>2026-02-30T08:00:00</ActualStart>"), "is not a date"),
]


@pytest.mark.parametrize(("what", "tasks", "message"), ROWS, ids=[w for w, *_ in ROWS])
def test_broken_rows_are_refused_with_their_line(what: str, tasks: str, message: str, read: Reader) -> None:
    pf = read(mspdi(tasks))
    assert pf.source.refused == 1
    (found,) = [f for f in pf.source.findings if f.code == "mspdi/refused"]
    assert message in found.message
    assert found.line in (4, 5)
    list(ipmo.check(pf))


def test_missing_hours_and_calendars_without_work_are_findings(read: Reader) -> None:
    pf = read(mspdi(task(1, "a")).replace("<MinutesPerDay>480</MinutesPerDay>", ""))
    assert "mspdi/hours-per-day" in codes(pf)
    idle = f"<Calendar><UID>1</UID><Name>Idle</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>{week(range(0))}</Calendar>"
    pf = read(mspdi(task(1, "a"), idle))
    assert pf.source.refused == 1
    assert "no working time" in pf.source.findings[0].message
    list(ipmo.check(pf))


def normal(pf: Portfolio, folder: Path) -> Portfolio:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FormatWarning)
        ipmo.write(pf, folder / "once.xml")
    return ipmo.read(folder / "once.xml")


@settings(max_examples=25, deadline=None)
@given(portfolios(tied=True))
def test_what_was_written_once_is_written_and_read_again_the_same(pf: Portfolio) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        once = normal(pf, Path(name))
        assert normal(once, Path(name)) == once
        assert {p.id for p in once.projects} == {p.id for p in pf.projects} or not pf.projects


def test_what_remains_is_told_in_the_unit_of_the_duration(tmp_path: Path) -> None:
    task = Task(
        id="t", duration={"p10": "1 w", "p90": "6 w", "shape": "lognormal"}, actual_start="2026-01-05", progress=0.5
    )  # 5,879 minutes are no neat weeks
    once = normal(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[task])]), tmp_path)
    assert normal(once, tmp_path) == once


def test_dates_survive_the_way_through_microsoft_project(tmp_path: Path) -> None:
    calendars = [
        Calendar(id="site", week="mon-sat", hours="07:00-12:00, 13:00-16:00", day="8 h", holidays=["2026-01-06"]),
        Calendar(id="night", week="mon-fri", hours="22:00-06:00", exceptions=[CalendarException(first="2026-01-14", last="2026-01-16")]),
    ]
    tasks: list[Task] = [
        Task(id="a", name="Dig <deep> & wide", duration="3 d"),
        Task(id="b", duration="20 h", calendar="night", after=[After(source="a", type="SS", lag="1 d")]),
        Task(id="c", duration="4 ed", after=[After(source="b", lag="-2 h"), After(source="a", type="FF", lag="1 ed")]),
        Task(id="s"),
        Task(id="d", parent="s", duration="1 w", not_before="2026-01-20", deadline="2026-02-20"),
        Task(id="m", parent="s", milestone=True, after="d"),
    ]
    pf = Portfolio(
        id="x",
        start="2026-01-05T07:00",
        calendar="site",
        dialect="msproject",
        calendars=calendars,
        projects=[Project(id="P", tasks=tasks), Project(id="Q", tasks=[Task(id="z", duration="2 d")])],
        links=[Link(source="P/m", target="Q/z", lag="1 d")],
    )
    with pytest.warns(
        FormatWarning,
        match=r"no room for 5 tasks with late dates by conventions that it does not have \(float_to\): 'P/a', 'P/b', 'P/c', 'P/s', 'P/m'$",
    ):
        ipmo.write(pf, tmp_path / "x.xml")  # a file has one finish there: the float of P's tasks is counted to the end of Q
    again = ipmo.read(tmp_path / "x.xml")
    one, two = ipmo.schedule(pf), ipmo.schedule(again, dialect="msproject")
    dates = lambda s: {i.id: (i.early_start, i.early_finish, i.late_start, i.late_finish) for i in s.rows}  # noqa: E731
    assert dates(one) == dates(two)


def test_what_the_format_has_no_room_for_is_named(tmp_path: Path) -> None:
    pf = ipmo.examples.load("commitment")
    with pytest.warns(FormatWarning, match="benefits"):
        ipmo.write(pf, tmp_path / "x.xml")


def test_a_calendar_derived_through_many_others_is_refused_and_the_rest_is_read(read: Reader) -> None:
    def derived(uid: int) -> str:
        about = f"<UID>{uid}</UID><Name>c{uid}</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>{uid - 1 or -1}</BaseCalendarUID>"
        return f"<Calendar>{about}{week()}</Calendar>"

    portfolio = read(mspdi(task(1, "a"), "".join(map(derived, range(1, 2000)))))
    assert {one.id for one in portfolio.calendars} == {f"c{uid}" for uid in range(1, 32)}
    assert portfolio.source.refused == 1999 - 31
    assert "it is derived through more than 30 others" in next(f.message for f in portfolio.source.findings if "'c32'" in f.message)


def plan(pf: Portfolio, *ids: str) -> list[tuple[datetime | None, datetime | None, float | None]]:
    s = ipmo.schedule(pf)
    return [(s[f"Tram/{id}"].early_start, s[f"Tram/{id}"].early_finish, s[f"Tram/{id}"].total_float) for id in ids]


def dated(start: str, finish: str, more: str = "") -> str:
    return f"<Start>2026-01-{start}:00</Start><Finish>2026-01-{finish}:00</Finish>{more}"


MANUAL = "<Manual>1</Manual>"


@pytest.mark.parametrize("honour", [0, 1])
def test_a_manual_task_keeps_its_dates_and_has_float_like_any_other(honour: int, read: Reader) -> None:
    tasks = (
        task(1, "first", extra=MANUAL + dated("05T08:00", "05T17:00"))
        + task(2, "long", hours=80, extra=MANUAL + dated("05T08:00", "16T17:00"))
        + task(3, "Sunday", extra=MANUAL + dated("11T09:00", "11T18:00") + link(2))
        + task(4, "next", extra=link(3))
        + task(5, "short of its duration", hours=40, extra=MANUAL + dated("07T10:00", "07T12:00"))
        + task(6, "before the start", extra=MANUAL + "<Start>2025-12-29T08:00:00</Start><Finish>2025-12-29T17:00:00</Finish>")
        + task(7, "a point at noon", hours=0, extra=MANUAL + dated("10T12:30", "10T12:30"))
    )
    pf = read(mspdi(tasks, head=f"<HonorConstraints>{honour}</HonorConstraints>"))
    found = plan(pf, "1", "2", "3", "4", "5", "6", "7")
    assert found[0] == (datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 17), 9.0)
    assert found[1][2] is not None and found[1][2] < 0  # its successor stands on the 11th
    assert found[2][:2] == (datetime(2026, 1, 11, 9), datetime(2026, 1, 11, 18))
    assert found[3][:2] == (datetime(2026, 1, 12, 8), datetime(2026, 1, 12, 17))
    assert found[4][:2] == (datetime(2026, 1, 7, 10), datetime(2026, 1, 7, 12))
    assert found[5][:2] == (datetime(2025, 12, 29, 8), datetime(2025, 12, 29, 17))
    assert found[6][:2] == (datetime(2026, 1, 10, 12, 30),) * 2
    assert not ipmo.schedule(pf)["Tram/1"].critical


def test_a_manual_task_whose_dates_stand_in_its_manual_fields_alone_is_fixed_too(read: Reader) -> None:
    """8 h from the 7th; 8 h to the evening of the 9th; from the 7th to noon of the 8th; 16 h from the 7th by its manual duration; and one without any date."""
    tasks = (
        task(1, "starts", extra=MANUAL + "<ManualStart>2026-01-07T08:00:00</ManualStart>")
        + task(2, "ends", extra=MANUAL + "<ManualFinish>2026-01-09T17:00:00</ManualFinish>")
        + task(3, "both", extra=MANUAL + "<ManualStart>2026-01-07T08:00:00</ManualStart><ManualFinish>2026-01-08T12:00:00</ManualFinish>")
        + task(
            4, "lasts", extra=MANUAL + "<ManualStart>2026-01-07T08:00:00</ManualStart><ManualDuration>PT16H0M0S</ManualDuration>"
        ).replace("<Duration>PT8H0M0S</Duration>", "")
        + task(5, "undated", extra=MANUAL)
    )
    pf = read(mspdi(tasks))
    found = [one[:2] for one in plan(pf, "1", "2", "3", "4", "5")]
    assert found == [
        (datetime(2026, 1, 7, 8), datetime(2026, 1, 7, 17)),
        (datetime(2026, 1, 9, 8), datetime(2026, 1, 9, 17)),
        (datetime(2026, 1, 7, 8), datetime(2026, 1, 8, 12)),
        (datetime(2026, 1, 7, 8), datetime(2026, 1, 8, 17)),
        (datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 17)),
    ]
    notes = {one.code: one.message for one in pf.source.findings}
    assert notes["mspdi/manual"].startswith("4 tasks are scheduled by hand")
    assert notes["mspdi/manual-dates"] == "task 'undated' is scheduled by hand and has no dates: it is scheduled as others are"


def test_a_manual_summary_holds_its_automatic_children(read: Reader) -> None:
    tasks = (
        task(1, "by hand", extra="<Summary>1</Summary>" + MANUAL + dated("19T08:00", "20T17:00"))
        + task(2, "a", 2)
        + task(3, "b", 2, extra=link(2))
        + task(4, "c", 2, extra=MANUAL + dated("06T08:00", "06T17:00"))
    )
    starts = [start for start, _, _ in plan(read(mspdi(tasks)), "2", "3", "4")]
    assert starts == [datetime(2026, 1, 19, 8), datetime(2026, 1, 20, 8), datetime(2026, 1, 6, 8)]


def test_no_earlier_than_before_the_start_of_the_project_is_honoured(read: Reader) -> None:
    def tied(kind: int, when: str) -> str:
        return f"<ConstraintType>{kind}</ConstraintType><ConstraintDate>2025-12-{when}:00</ConstraintDate>"

    tasks = (
        task(1, "starts", hours=24, extra=tied(4, "15T08:00"))
        + task(2, "next", extra=link(1))
        + task(3, "finishes", hours=24, extra=tied(6, "17T17:00"))
        + task(4, "plain")
        + task(5, "a point", hours=0, extra=tied(4, "15T08:00"))
    )
    starts = [start for start, _, _ in plan(read(mspdi(tasks)), "1", "2", "3", "4", "5")]
    assert starts[:4] == [datetime(2025, 12, 15, 8), datetime(2025, 12, 18, 8), datetime(2025, 12, 15, 8), datetime(2026, 1, 5, 8)]
    assert starts[4] == datetime(2025, 12, 15, 8)


def test_a_lead_takes_work_before_the_start_of_the_project(read: Reader) -> None:
    pf = read(mspdi(task(1, "a") + task(2, "b", hours=24, extra=link(1, 1, -9600))))
    assert plan(pf, "2")[0][0] == datetime(2026, 1, 2, 8)  # Friday before the Monday on which all starts


def test_a_levelling_delay_is_elapsed_time_after_what_comes_before(read: Reader) -> None:
    delay = "<LevelingDelay>{}</LevelingDelay><LevelingDelayFormat>{}</LevelingDelayFormat>"
    tasks = (
        task(1, "a")
        + task(2, "b", extra=delay.format(14400, 8))
        + task(3, "c", extra=delay.format(28800, 8))
        + task(4, "after a weekend", extra=link(2) + delay.format(57600, 8))
        + task(5, "in working days, which are elapsed ones all the same", extra=delay.format(4800, 7))
        + task(6, "begun", extra=delay.format(57600, 8) + "<ActualStart>2026-01-05T08:00:00</ActualStart>")
        + task(7, "next", extra=link(5))
    )
    pf = read(mspdi(tasks))
    assert [start and start.day for start, _, _ in plan(pf, "1", "2", "3", "4", "5", "6", "7")] == [5, 6, 7, 12, 6, 5, 7]
    assert str(pf["Tram/5"].delay) == "1 ed"


PERIOD = "<TimePeriod><FromDate>{}T00:00:00</FromDate><ToDate>{}T23:59:00</ToDate></TimePeriod>"
OFF = "<DayWorking>0</DayWorking>"


def test_of_several_exceptions_on_a_day_the_most_special_holds(read: Reader) -> None:
    """A single date before yearly before monthly before weekly, in whatever order they stand; and before a work week."""
    kinds = [
        f"<Exception>{PERIOD.format('2026-01-06', '2026-01-06')}<Type>1</Type>{DAY}</Exception>",
        f"<Exception>{PERIOD.format('2026-01-01', '2027-12-31')}<Type>2</Type><Month>0</Month><MonthDay>6</MonthDay>{OFF}</Exception>",
        f"<Exception>{PERIOD.format('2026-01-01', '2027-12-31')}<Type>2</Type><Month>0</Month><MonthDay>8</MonthDay>{DAY}</Exception>",
        f"<Exception>{PERIOD.format('2026-01-01', '2026-12-31')}<Type>4</Type><Period>1</Period><MonthDay>8</MonthDay>{OFF}</Exception>",
        f"<Exception>{PERIOD.format('2026-01-01', '2026-12-31')}<Type>4</Type><Period>1</Period><MonthDay>9</MonthDay>{DAY}</Exception>",
        f"<Exception>{PERIOD.format('2026-01-05', '2026-01-30')}<Type>6</Type><Period>1</Period><DaysOfWeek>62</DaysOfWeek>{OFF}</Exception>",
    ]
    weeks = f"<WorkWeeks><WorkWeek>{PERIOD.format('2026-01-01', '2026-01-31')}<WeekDays><WeekDay><DayType>3</DayType>{OFF}</WeekDay></WeekDays></WorkWeek></WorkWeeks>"
    for several in (kinds, kinds[::-1]):
        base = f"<Calendar><UID>1</UID><Name>Base</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>{week()}{weeks}<Exceptions>{''.join(several)}</Exceptions></Calendar>"
        pf = read(mspdi(task(1, "a") + task(2, "b", extra=link(1)) + task(3, "c", extra=link(2)) + task(4, "d", extra=link(3)), base))
        assert [start and start.isoformat()[5:10] for start, _, _ in plan(pf, "1", "2", "3", "4")] == ["01-06", "01-08", "01-09", "02-02"]


def test_one_bad_exception_costs_that_exception(read: Reader) -> None:
    bad = f"<Exception>{PERIOD.format('2026-01-07', '2026-01-05')}<Type>1</Type>{OFF}</Exception>"
    good = f"<Exception>{PERIOD.format('2026-01-05', '2026-01-05')}<Type>1</Type>{OFF}</Exception>"
    base = f"<Calendar><UID>1</UID><Name>Base</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>{week()}<Exceptions>{bad}{good}</Exceptions></Calendar>"
    pf = read(mspdi(task(1, "a"), base))
    assert pf.source.refused == 1
    assert plan(pf, "1")[0][0] == datetime(2026, 1, 6, 8)


def times(*shifts: tuple[str, str]) -> str:
    return (
        "<DayWorking>1</DayWorking><WorkingTimes>"
        + "".join(f"<WorkingTime><FromTime>{a}:00</FromTime><ToTime>{b}:00</ToTime></WorkingTime>" for a, b in shifts)
        + "</WorkingTimes>"
    )


def calendar(uid: int, name: str, hours: str, base: bool = True) -> str:
    days = "".join(f"<WeekDay><DayType>{d}</DayType>{hours if d in range(2, 7) else OFF}</WeekDay>" for d in range(1, 8))
    return f"<Calendar><UID>{uid}</UID><Name>{name}</Name><IsBaseCalendar>{int(base)}</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID><WeekDays>{days}</WeekDays></Calendar>"


def people(*calendars: int) -> str:
    return (
        "<Resources>"
        + "".join(f"<Resource><UID>{u}</UID><Name>r{u}</Name><Type>1</Type><CalendarUID>{u}</CalendarUID></Resource>" for u in calendars)
        + "</Resources>"
    )


def works(task: int, resource: int, hours: int = 8, finish: str = "") -> str:
    ends = f"<Finish>2026-01-{finish}:00</Finish>" if finish else ""
    return f"<Assignment><TaskUID>{task}</TaskUID><ResourceUID>{resource}</ResourceUID><Units>1</Units><Work>PT{hours}H0M0S</Work>{ends}</Assignment>"


def test_a_tasks_calendar_and_its_resources_hold_together_unless_the_file_says_otherwise(read: Reader) -> None:
    calendars = (
        calendar(1, "Standard", times(("08:00", "12:00"), ("13:00", "17:00")))
        + calendar(2, "Late", times(("10:00", "18:00")))
        + calendar(3, "Morning", times(("06:00", "12:00")), base=False)
        + calendar(4, "Night", times(("20:00", "00:00")), base=False)
    )
    own = "<CalendarUID>2</CalendarUID>"
    tasks = (
        task(1, "both", hours=4, extra=own)
        + task(2, "its own alone", hours=4, extra=own + "<IgnoreResourceCalendar>1</IgnoreResourceCalendar>")
        + task(3, "nothing in common", hours=4, extra=own)
        + task(4, "the resource's", hours=4)
        + task(5, "several", hours=12, extra=dated("05T06:00", "06T12:00"))
    )
    who = works(1, 3, 4) + works(2, 3, 4) + works(3, 4, 4) + works(4, 3, 4) + works(5, 3, 12, "06T12:00") + works(5, 1, 8, "05T17:00")
    pf = read(mspdi(tasks, calendars, tail=people(3, 4, 1) + f"<Assignments>{who}</Assignments>"))
    ends = [finish for _, finish, _ in plan(pf, "1", "2", "3", "4", "5")]
    assert ends == [
        datetime(2026, 1, 6, 12),  # 10 to 12 on each day
        datetime(2026, 1, 5, 14),
        datetime(2026, 1, 5, 14),
        datetime(2026, 1, 5, 12),
        datetime(2026, 1, 7, 8),  # 12 h of mornings from 08:00 on
    ]
    assert {"mspdi/no-common-time", "mspdi/resource-calendars"} <= set(codes(pf))


def test_a_split_is_more_work_between_the_stored_dates_than_the_duration(read: Reader) -> None:
    tasks = (
        task(1, "split", hours=16, extra=dated("05T08:00", "08T17:00"))
        + task(2, "over a weekend", hours=16, extra=dated("09T08:00", "12T17:00") + link(1))
        + task(3, "begun", hours=24, extra=dated("05T08:00", "14T17:00", "<PercentComplete>33</PercentComplete><ActualStart>2026-01-05T08:00:00</ActualStart><Stop>2026-01-05T17:00:00</Stop><Resume>2026-01-08T08:00:00</Resume><RemainingDuration>PT16H0M0S</RemainingDuration>"))
    )  # fmt: skip
    pf = read(mspdi(tasks))
    assert [finish and finish.day for _, finish, _ in plan(pf, "1", "2", "3")] == [8, 12, 14]
    assert [f.message for f in pf.source.findings if f.code == "mspdi/split"] == [
        "2 tasks are split: they are read as one stretch each, from the first to the last working minute"
    ]


def test_what_comes_before_work_in_progress_is_late_where_the_rest_of_that_begins(read: Reader) -> None:
    """As Project stored it (aspose_ResourceAssignmentVariance): not where the rest could begin at the latest."""
    begun = (
        "<PercentComplete>50</PercentComplete><ActualStart>2026-01-07T08:00:00</ActualStart><RemainingDuration>PT8H0M0S</RemainingDuration>"
    )
    tasks = task(1, "a") + task(2, "b", hours=16, extra=link(1) + begun) + task(3, "long", hours=80)
    found = ipmo.schedule(read(mspdi(tasks)))
    assert (found["Tram/1"].late_finish, found["Tram/1"].total_float) == (datetime(2026, 1, 7, 17), 2.0)
    assert (found["Tram/2"].late_finish, found["Tram/2"].total_float) == (datetime(2026, 1, 16, 17), 6.0)


def test_the_cost_of_the_baseline_is_the_budget_and_the_current_one_the_forecast(read: Reader) -> None:
    part = "<TimephasedData><Type>10</Type><Start>2026-01-{}T08:00:00</Start><Finish>2026-01-{}T17:00:00</Finish><Value>{}</Value></TimephasedData>"
    phased = part.format("05", "05", 25) + part.format("06", "06", 75)
    base = "<Baseline><Number>0</Number><Cost>1000000</Cost>{}</Baseline>"
    tasks = (
        task(1, "over", extra="<Cost>1500000</Cost><ActualCost>1500000</ActualCost>" + base.format(""))
        + task(2, "by day", hours=16, extra="<Cost>1500000</Cost>" + base.format(phased))
        + task(3, "without", extra="<Cost>700000</Cost>")
    )
    pf = read(mspdi(tasks, head="<CurrencyCode>EUR</CurrencyCode>"))
    money = lambda budget: [str(line.amount.central()) for line in budget.lines]  # noqa: E731
    over, phased_task, without = (pf[f"Tram/{id}"] for id in "123")
    assert (money(over.budget), money(over.actual), money(over.forecast)) == (["10 k EUR"], ["15 k EUR"], ["15 k EUR"])
    assert money(phased_task.budget) == ["2.5 k EUR", "7.5 k EUR"]
    assert (money(without.budget), without.forecast) == (["7 k EUR"], None)
    who = "".join(
        f"<Assignment><TaskUID>2</TaskUID><ResourceUID>{u}</ResourceUID><Baseline><Number>0</Number>{phased.replace('<Type>10<', '<Type>5<')}</Baseline></Assignment>"
        for u in (8, 9)
    )
    tail = f"<Resources><Resource><UID>8</UID><Name>a</Name></Resource><Resource><UID>9</UID><Name>b</Name></Resource></Resources><Assignments>{who}</Assignments>"
    assigned = read(mspdi(tasks.replace(phased, ""), head="<CurrencyCode>EUR</CurrencyCode>", tail=tail))
    assert money(assigned["Tram/2"].budget) == ["2.5 k EUR", "7.5 k EUR"]
    unnamed = read(mspdi(tasks))
    assert ("mspdi/no-currency" in codes(unnamed), unnamed["Tram/1"].budget) == (True, None)


def test_a_link_from_an_inactive_task_is_no_broken_row(read: Reader) -> None:
    pf = read(mspdi(task(1, "off", extra="<Active>0</Active>") + task(2, "a", extra=link(1))))
    assert pf.source.refused == 0
    assert [f.message for f in pf.source.findings] == [
        "1 inactive task is left out: it moves nothing",
        "1 link from an inactive task is left out: it moves nothing",
    ]


def stored(early: str, late: str, slack_hours: float) -> str:
    ends = "".join(
        f"<{name}>2026-01-{day}:00</{name}>"
        for name, day in zip(("EarlyStart", "EarlyFinish", "LateStart", "LateFinish"), (*early.split(), *late.split()), strict=True)
    )
    return f"{ends}<TotalSlack>{round(slack_hours * 600)}</TotalSlack>"


def test_the_dates_that_project_stored_are_held_against_the_schedule(read: Reader) -> None:
    far = "<PredecessorLink><PredecessorUID>77</PredecessorUID><Type>1</Type><CrossProject>1</CrossProject><CrossProjectName>other.mpp\\3</CrossProjectName></PredecessorLink>"
    tasks = (
        task(1, "a", extra=stored("05T08:00 05T17:00", "06T08:00 06T17:00", 8))
        + task(2, "moved", extra=stored("06T08:00 06T17:00", "06T08:00 06T17:00", 0))
        + task(3, "waits for another file", extra=far + stored("06T08:00 06T17:00", "06T08:00 06T17:00", 0))
        + task(4, "done", extra="<PercentComplete>100</PercentComplete><ActualStart>2026-01-05T08:00:00</ActualStart><ActualFinish>2026-01-06T17:00:00</ActualFinish>" + stored("05T08:00 06T17:00", "05T08:00 06T17:00", 0))
        + task(5, "long", hours=16, extra=stored("05T08:00 06T17:00", "05T08:00 06T17:00", 0))
    )  # fmt: skip
    pf = read(mspdi(tasks))
    found = [f.message for f in ipmo.check(pf) if f.code in ("ipmo/dates-reproduced", "ipmo/date-differs")]
    assert any(
        text.startswith("dates reproduced: 2 of 4 (early dates 2, late dates 4, floats 2); 1 finished row is not counted") for text in found
    )
    assert any("'Tram/3'" in text and "lies in another file and has no date in this one" in text for text in found)
    placed = read(mspdi(tasks.replace("<Name>waits for another file</Name>", "<Name>w</Name><Start>2026-01-06T08:00:00</Start>")))
    assert ipmo.schedule(placed)["Tram/3"].early_start == datetime(2026, 1, 6, 8)
    assert "mspdi/external-date" in codes(placed)


def test_days_without_a_time_are_written_where_their_last_shift_ends(tmp_path: Path) -> None:
    """Other tools read 00:00 of the next day as the next day."""
    tasks = [
        Task(id="a", duration="1 d", deadline="2024-01-19", constraints={"must_finish_on": "2024-01-17"}),
        Task(id="b", duration="2 d", actual_start="2024-01-15", actual_finish="2024-01-16", baseline_start="2024-01-15", baseline_finish="2024-01-20"),
        Task(id="c", duration="2 d", calendar="continuous", deadline="2024-01-18"),
    ]  # fmt: skip
    ipmo.write(Portfolio(id="x", start="2024-01-15", projects=[Project(id="P", finish="2024-01-31", tasks=tasks)]), tmp_path / "x.xml")
    text = (tmp_path / "x.xml").read_text()
    found = re.findall(r"<(Deadline|ConstraintDate|ActualStart|ActualFinish|FinishDate|RemainingDuration|ActualDuration)>([^<]*)", text)
    assert found == [
        ("FinishDate", "2024-01-17T17:00:00"),
        ("Deadline", "2024-01-31T17:00:00"),
        ("ActualDuration", "PT0H0M0S"),
        ("RemainingDuration", "PT8H0M0S"),
        ("ConstraintDate", "2024-01-17T17:00:00"),
        ("Deadline", "2024-01-19T17:00:00"),
        ("ActualStart", "2024-01-15T09:00:00"),
        ("ActualFinish", "2024-01-16T17:00:00"),
        ("ActualDuration", "PT16H0M0S"),
        ("RemainingDuration", "PT0H0M0S"),
        ("ActualDuration", "PT0H0M0S"),
        ("RemainingDuration", "PT48H0M0S"),
        ("Deadline", "2024-01-18T23:59:00"),
    ]
    baseline = re.search(r"<Baseline><Number>0</Number><Start>([^<]*)</Start><Finish>([^<]*)", text)
    assert baseline is not None
    assert baseline.groups() == ("2024-01-15T09:00:00", "2024-01-20T17:00:00")  # a Saturday: where a shift of another day would end
    assert re.findall(r"<Start>([^<]*)</Start>\s*<Finish>([^<]*)", text)[1] == ("2024-01-17T09:00:00", "2024-01-17T17:00:00")


def test_what_project_keeps_is_read_back_as_it_was(tmp_path: Path) -> None:
    """Work by hand, delays, budgets by period, forecasts, dated work of other files, calendars that the plan does not go by."""
    money = [
        {"from": "2026-01-05T08:00", "until": "2026-01-05T17:00", "amount": "10 EUR"},
        {"from": "2026-01-06T08:00", "until": "2026-01-07T17:00", "amount": "30 EUR"},
    ]
    tasks = [
        Task(id="hand", duration="1 d", constraints={"by_hand_start": "2026-01-11T09:00", "by_hand_finish": "2026-01-11T18:00"}),
        Task(id="late", duration="1 d", delay="2 ed", after="hand"),
        Task(id="paid", duration="2 d", budget=money, forecast="55 EUR", actual="5 EUR"),
        Task(id="even", duration="2 d", budget="40 EUR"),
        Task(id="ann", duration="2 d", assignments=[{"resource": "Ann"}]),
    ]  # fmt: skip
    pf = Portfolio(
        id="x",
        start="2026-01-05T08:00",
        calendar="office",
        dialect={"name": "msproject", "data_date": "reported"},
        money={"currency": "EUR"},
        calendars=[
            Calendar(id="office", hours={"mon-fri": "08:00-12:00, 13:00-17:00"}, day="8 h", days_per_week=5),
            Calendar(id="early", hours={"mon-fri": "06:00-12:00"}, day="8 h", days_per_week=5),
        ],
        resources=[{"id": "Ann", "unit": "person", "calendar": "early"}],
        projects=[Project(id="P", tasks=tasks)],
        links=[Link(source="external:supplier", target="P/even", date="2026-01-08T17:00")],
    )
    ipmo.write(pf, tmp_path / "x.xml")
    again = ipmo.read(tmp_path / "x.xml")
    for task in tasks:
        ours, theirs = pf[f"P/{task.id}"], again[f"P/{task.id}"]
        for name in ("constraints", "delay", "budget", "forecast", "actual", "duration", "calendar", "resource_calendar", "after"):
            assert getattr(theirs, name) == getattr(ours, name), (task.id, name)
    assert again.links == pf.links
    one, two = ipmo.schedule(pf), ipmo.schedule(again)
    assert {i.id: (i.early_start, i.early_finish) for i in one.rows} == {i.id: (i.early_start, i.early_finish) for i in two.rows}


def test_exceptions_of_night_shifts_are_written_with_what_reaches_into_the_next_day(tmp_path: Path) -> None:
    night = Calendar(
        id="night",
        week="mon-fri",
        hours="22:00-06:00",
        day="8 h",
        exceptions=[CalendarException(first="2026-01-06", hours="20:00-04:00"), CalendarException(first="2026-01-13", last="2026-01-14")],
    )
    tasks = [Task(id=f"t{n}", duration="8 h", after=[f"t{n - 1}"] if n else []) for n in range(12)]
    pf = Portfolio(
        id="x", start="2026-01-05", calendar="night", calendars=[night], dialect="msproject", projects=[Project(id="P", tasks=tasks)]
    )
    ipmo.write(pf, tmp_path / "x.xml")
    dates = lambda s: [(i.early_start, i.early_finish) for i in s.rows]  # noqa: E731
    assert dates(ipmo.schedule(pf)) == dates(ipmo.schedule(ipmo.read(tmp_path / "x.xml"), dialect="msproject"))


def test_without_a_duration_the_work_between_start_and_finish_is_taken(read: Reader) -> None:
    row = "<Task><UID>1</UID><Name>a</Name><OutlineLevel>1</OutlineLevel>" + dated("05T08:00", "07T17:00") + "</Task>"
    pf = read(mspdi(row + row.replace(">1<", ">2<", 1).replace("<Start>2026-01-05T08:00:00</Start>", "")))
    assert plan(pf, "1")[0][:2] == (datetime(2026, 1, 5, 8), datetime(2026, 1, 7, 17))
    assert (pf["Tram/2"].duration, codes(pf)) == (None, ["mspdi/no-duration"])


def test_all_of_the_work_may_be_left_of_a_task_that_says_a_percentage(read: Reader, tmp_path: Path) -> None:
    half = "<PercentComplete>70</PercentComplete><ActualStart>2026-01-05T08:00:00</ActualStart><RemainingDuration>PT24H0M0S</RemainingDuration>"
    pf = read(mspdi(task(1, "a", hours=24, extra=half), head="<StatusDate>2026-01-05T08:00:00</StatusDate>"))
    (work,) = [t for t in pf.projects[0].tasks if t.name == "a"]
    assert (work.progress, str(work.remaining.central())) == (0.7, str(work.duration.central()))
    ipmo.write(pf, tmp_path / "b.xml")
    again = ipmo.read(tmp_path / "b.xml")
    assert [t.remaining for t in again.projects[0].tasks] == [t.remaining for t in pf.projects[0].tasks]


def _dated(text: str) -> str:
    """Two tasks with dates, one of them a summary's."""
    tasks = (
        task(1, "Civil", extra="<OutlineNumber>1</OutlineNumber><Summary>1</Summary><Start>2026-01-05T08:00:00</Start>" + text)
        + task(2, "Dig", 2, 12, "<OutlineNumber>1.1</OutlineNumber><Start>2026-01-05T08:00:00</Start>" + text)
        + task(3, "Lay", 2, 8, "<OutlineNumber>1.2</OutlineNumber><Start>2026-01-06T13:00:00</Start>" + link(2) + text)
    )
    return mspdi(tasks)


FORMS: dict[str, Callable[[str], str]] = {
    "durations in parts of hours": lambda t: t.replace("PT12H0M0S", "PT12.0H").replace("PT8H0M0S", "PT8.00H0.0M0S"),
    "durations in days": lambda t: t.replace("PT12H0M0S", "P0Y0M0DT12H0M0S"),
    "no date in words": lambda t: t.replace("</Task>", "<Deadline>NA</Deadline><ConstraintDate>N/A</ConstraintDate></Task>"),
    "no levels but numbers": lambda t: re.sub("<OutlineLevel>.</OutlineLevel>", "", t),
    "zones": lambda t: re.sub(r"(T\d\d:\d\d:\d\d)<", r"\1+02:00<", t),
    "parts of seconds": lambda t: re.sub(r"(-\d\dT\d\d:\d\d:\d\d)<", r"\1.000<", t),
    "a prefix": lambda t: re.sub(r"<(/?)([A-Za-z])", r"<\1p:\2", t).replace("xmlns=", "xmlns:p="),
    "a namespace of a version": lambda t: t.replace("microsoft.com/project", "microsoft.com/project/2007"),
    "words for truth": lambda t: t.replace("<Summary>1<", "<Summary>true<"),
}
"""The same file as other tools and versions write it."""


@pytest.mark.parametrize("form", FORMS)
def test_the_same_file_in_other_forms_is_the_same_portfolio(form: str, read: Reader) -> None:
    given = FORMS[form](_dated(""))
    assert given != _dated("")
    pf = read(given)
    assert pf == read(_dated(""))
    assert pf.source.refused == 0


NOTHING = "2000-01-01T00:00:00"


def test_a_date_before_all_work_that_stands_in_every_task_is_no_date(read: Reader) -> None:
    """Libraries that write Project's format put the first date that they know where Project writes none."""
    fields = ("ActualStart", "ActualFinish", "Stop", "Resume", "Deadline")
    pf = read(_dated("<PercentComplete>0</PercentComplete>" + "".join(f"<{name}>{NOTHING}</{name}>" for name in fields)))
    assert pf == read(_dated("<PercentComplete>0</PercentComplete>"))
    assert codes(pf) == ["mspdi/placeholder"]
    assert NOTHING in pf.source.findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "<Deadline>2026-03-31T00:00:00</Deadline>",
        "<Deadline>2025-12-31T17:00:00</Deadline>",
        f"<ActualStart>{NOTHING}</ActualStart><PercentComplete>50</PercentComplete>",
    ],
)
def test_a_date_that_may_be_meant_is_kept(text: str, read: Reader) -> None:
    pf = read(_dated(text))
    assert "mspdi/placeholder" not in codes(pf)
    assert pf["Tram/2"].deadline is not None or pf["Tram/2"].actual_start is not None


def test_of_one_task_alone_a_date_is_kept(read: Reader) -> None:
    one = mspdi(task(1, "Dig", extra=f"<Start>2026-01-05T08:00:00</Start><Deadline>{NOTHING}</Deadline>"))
    assert read(one)["Tram/1"].deadline is not None


@pytest.mark.parametrize(("day", "week_"), [(450, 2400), (420, 2250), (480, 2400), (470, 2000)])
def test_a_week_that_is_no_whole_number_of_days_costs_no_calendar(read: Reader, day: int, week_: int) -> None:
    head = f"<MinutesPerDay>{day}</MinutesPerDay><MinutesPerWeek>{week_}</MinutesPerWeek>"
    pf = read(mspdi(task(1)).replace("<MinutesPerDay>480</MinutesPerDay><MinutesPerWeek>2400</MinutesPerWeek>", head))
    assert (pf.source.refused, pf.calendars[0].day_minutes, pf.calendars[0].week_minutes) == (0, day, week_)


def test_other_baselines_and_inserted_projects_are_said(read: Reader) -> None:
    def baseline(number: int, first: int, last: int) -> str:
        return f"<Baseline><Number>{number}</Number><Start>2026-01-{first:02}T08:00:00</Start><Finish>2026-01-{last:02}T17:00:00</Finish></Baseline>"

    pf = read(mspdi(task(1, "a", extra=baseline(10, 9, 9) + baseline(0, 5, 5) + baseline(2, 7, 7)) + task(2, "b", extra=baseline(0, 8, 6))))
    assert (pf["Tram/1"].baseline_start, pf["Tram/2"].baseline_start) == (datetime(2026, 1, 5, 8), None)
    said = {f.code: f.message for f in pf.source.findings}
    assert said["mspdi/baselines"].startswith("baselines '2', '10' are left out: the one that Project compares with is read")
    assert said["mspdi/baseline-order"] == "the baseline of task 'b' ends before it begins; its dates are left out"
    alone = read(mspdi(task(1, "a", extra=baseline(1, 5, 5))))
    assert alone["Tram/1"].baseline_start is None
    assert any("there is none that Project compares with" in f.message for f in alone.source.findings)
    inserted = read(mspdi(task(1, "a", extra="<IsSubproject>1</IsSubproject><SubprojectName>C:/x/sub.mpp</SubprojectName>")))
    assert codes(inserted) == ["mspdi/inserted-project"]
    assert "'C:/x/sub.mpp'" in inserted.source.findings[0].message
    assert not codes(read(mspdi(task(1, "a", extra=baseline(0, 5, 5)))))


@pytest.mark.parametrize(
    ("start", "finish"), [("09T20:00", "10T05:00"), ("10T09:00", "10T18:00"), ("09T13:00", "11T12:00"), ("12T06:00", "12T07:00")]
)
def test_manual_work_that_ends_in_a_break_is_written_and_read_with_that_end(tmp_path: Path, start: str, finish: str) -> None:
    """Its finish is no instant that lies where a shift ends: it became the end of the shift before, or its own start."""
    put = {"by_hand_start": f"2026-01-{start}", "by_hand_finish": f"2026-01-{finish}"}
    tasks = [Task(id="a", duration="1 d", constraints=put), Task(id="b", duration="1 d", after="a")]
    pf = Portfolio(id="x", start="2026-01-05T09:00", dialect="msproject", projects=[Project(id="P", tasks=tasks)])
    ipmo.write(pf, tmp_path / "x.xml")
    text = (tmp_path / "x.xml").read_text()
    assert f"<Finish>2026-01-{finish}:00</Finish>" in text
    assert f"<ManualFinish>2026-01-{finish}:00</ManualFinish>" in text
    again = ipmo.read(tmp_path / "x.xml")
    assert again["P/a"].constraints == tasks[0].constraints
    one, two = ipmo.schedule(pf), ipmo.schedule(again)
    for name in ("P/a", "P/b"):
        assert (one[name].start, one[name].finish, one[name].late_start) == (two[name].start, two[name].finish, two[name].late_start)
