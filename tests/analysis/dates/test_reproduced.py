"""The schedule beside the dates that a file stores: what agrees is counted, what does not has a cause."""

from __future__ import annotations

from datetime import datetime

import attrs
import pytest

import ipmo
from ipmo.analysis.dates.reproduced import reproduced
from ipmo.findings import Finding
from ipmo.model import Calendar, Portfolio, Project, Task
from ipmo.model.contents import Source
from ipmo.model.governance import After
from ipmo.model.stored import StoredDates


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 1, day, hour)


A = StoredDates(early_start=at(5, 9), early_finish=at(6, 17), late_start=at(5, 9), late_finish=at(6, 17), total_float=0.0, free_float=0.0)
B = StoredDates(early_start=at(7, 9), early_finish=at(7, 17), late_start=at(7, 9), late_finish=at(7, 17), total_float=0.0, free_float=0.0)
C = StoredDates(early_start=at(5, 9), early_finish=at(5, 17), late_start=at(7, 9), late_finish=at(7, 17), total_float=16.0, free_float=16.0)


def plan(*findings: Finding, **stored: StoredDates) -> Portfolio:
    tasks = [Task(id="a", duration="2 d"), Task(id="b", duration="1 d", after="a"), Task(id="c", duration="1 d")]
    kept = {f"P/{name}": one for name, one in {"a": A, "b": B, "c": C, **stored}.items()}
    return Portfolio(
        id="x",
        start="2026-01-05",
        calendars=[Calendar(id="office", week="mon-fri", hours="09:00-17:00")],
        calendar="office",
        dialect="p6",
        projects=[Project(id="P", tasks=tasks)],
        source=Source(path="plan.xer", format="xer", findings=findings, stored=kept),
    )


def kinds(pf: Portfolio) -> dict[str, str]:
    return {one.item: one.kind for one in reproduced(pf, ipmo.schedule(pf)).differences}


def test_rows_that_agree_in_every_column_are_counted() -> None:
    pf = plan()
    found = reproduced(pf, ipmo.schedule(pf))
    assert (found.compared, found.exact, found.early, found.late, found.floats, found.finished) == (3, 3, 3, 3, 3, 0)
    assert str(found) == "dates reproduced: 3 of 3 (early dates 3, late dates 3, floats 3)"
    (line,) = [f for f in ipmo.check(pf) if f.code == "ipmo/dates-reproduced"]
    assert line.message == str(found)


def test_each_row_that_differs_has_a_cause_of_its_own_or_names_the_row_that_it_follows() -> None:
    later = StoredDates(early_start=at(6, 9), early_finish=at(7, 17))
    after = StoredDates(early_start=at(8, 9), early_finish=at(8, 17))
    pf = plan(a=later, b=after)
    found = reproduced(pf, ipmo.schedule(pf))
    assert kinds(pf) == {"P/a": "later in the file than anything asks for", "P/b": "follows a row that differs"}
    assert "it follows 'P/a', whose dates differ" in found.differences[1].message
    assert (found.exact, found.early) == (1, 1)
    said = [f for f in ipmo.check(pf) if f.code == "ipmo/date-differs"]
    assert {f.item for f in said} == {"P/a", "P/b"}
    assert "early start 2026-01-06 09:00 in the file, 2026-01-05 09:00 here" in next(f.message for f in said if f.item == "P/a")


def test_a_file_that_stores_finishes_only_is_told_the_right_way_round() -> None:
    assert kinds(plan(a=StoredDates(early_finish=at(7, 17)))) == {"P/a": "later in the file than anything asks for"}
    assert kinds(plan(a=StoredDates(early_finish=at(5, 17)))) == {"P/a": "earlier in the file than its logic allows"}


def test_dates_older_than_the_work_are_called_so() -> None:
    short = StoredDates(early_start=at(5, 9), early_finish=at(5, 17))
    assert kinds(plan(a=short)) == {"P/a": "changed after the file was scheduled"}


def test_what_reading_found_about_a_row_is_its_cause() -> None:
    early = StoredDates(early_start=at(6, 9), early_finish=at(7, 17))
    pf = plan(Finding(code="xer/no-calendar", item="P/a", message="its calendar is not in the file"), a=early)
    (one,) = reproduced(pf, ipmo.schedule(pf)).differences
    assert one.kind == "found on reading"
    assert "its calendar is not in the file [xer/no-calendar]" in one.message
    told = StoredDates(early_start=at(6, 9), early_finish=at(7, 17), cause="it was levelled")
    assert reproduced(told_pf := plan(a=told), ipmo.schedule(told_pf)).differences[0].message.endswith("it was levelled")


def test_late_dates_and_floats_have_causes_too() -> None:
    tight = StoredDates(
        early_start=at(7, 9), early_finish=at(7, 17), late_start=at(6, 9), late_finish=at(6, 17), total_float=-8.0, free_float=0.0
    )
    before = StoredDates(
        early_start=at(5, 9), early_finish=at(6, 17), late_start=at(2, 9), late_finish=at(5, 17), total_float=-8.0, free_float=0.0
    )
    assert kinds(plan(a=before, b=tight)) == {"P/a": "comes before a row that differs", "P/b": "late dates earlier in the file"}
    loose = StoredDates(early_start=at(5, 9), early_finish=at(5, 17), late_start=at(7, 9), late_finish=at(7, 17), total_float=15.0)
    assert kinds(plan(c=loose)) == {"P/c": "float differs, dates agree"}


def test_finished_rows_are_counted_apart_and_rows_without_dates_here_are_said() -> None:
    gone = {"gone": A, "done": StoredDates(early_start=at(5, 9), early_finish=at(5, 9), finished=True)}
    pf = plan(**gone)
    found = reproduced(pf, ipmo.schedule(pf))
    assert (found.compared, found.exact, found.finished) == (4, 3, 1)
    assert [(one.item, one.kind) for one in found.differences] == [("P/gone", "not scheduled")]
    assert str(found).endswith("1 finished row is not counted; not scheduled: 1")


def test_a_changed_copy_is_not_held_to_the_dates_of_the_file() -> None:
    for changed in (
        plan().evolve("P/a", duration="5 d"),
        plan().evolve(name="other"),
        ipmo.what_if(plan(), ipmo.changes.Delay("P/a", "2 d")).after,
    ):
        assert not changed.source.stored
        assert changed.source.path == "plan.xer"
        assert not [one.code for one in ipmo.check(changed) if one.code in ("ipmo/date-differs", "ipmo/dates-reproduced")]


def told(pf: Portfolio, item: str) -> str:
    """Why a row differs, in the words of the message."""
    found = {one.item: one for one in reproduced(pf, ipmo.schedule(pf)).differences}
    return found[item].message


def test_each_class_of_difference_says_why_in_words() -> None:
    early = {"early_start": at(5, 9), "early_finish": at(6, 17)}
    tight = StoredDates(early_start=at(5, 9), early_finish=at(5, 17), late_start=at(6, 9), late_finish=at(6, 17))
    assert told(plan(c=tight), "P/c") == (
        "'P/c': late start 2026-01-06 09:00 in the file, 2026-01-07 09:00 here:"
        " the file has its late finish earlier than what follows it and the finish to keep allow"
    )
    loose = StoredDates(early_start=at(5, 9), early_finish=at(5, 17), late_start=at(8, 9), late_finish=at(8, 17))
    assert told(plan(c=loose), "P/c") == (
        "'P/c': late start 2026-01-08 09:00 in the file, 2026-01-07 09:00 here:"
        " the file has its late finish later than what follows it and the finish to keep allow"
    )
    assert kinds(plan(c=loose)) == {"P/c": "late dates later in the file"}
    floating = StoredDates(early_start=at(5, 9), early_finish=at(5, 17), late_start=at(7, 9), late_finish=at(7, 17), free_float=8.0)
    assert told(plan(c=floating), "P/c") == (
        "'P/c': free float 8 h in the file, 16 h here: its dates agree, and its float is not the working time between them on its calendar"
    )
    later = StoredDates(early_start=at(6, 9), early_finish=at(7, 17))
    assert told(plan(a=later), "P/a") == (
        "'P/a': early start 2026-01-06 09:00 in the file, 2026-01-05 09:00 here:"
        " the file has it later than its links, its constraints and the data date ask for"
    )
    sooner = StoredDates(early_start=at(6, 9), early_finish=at(6, 17))
    assert told(plan(b=sooner), "P/b") == (
        "'P/b': early start 2026-01-06 09:00 in the file, 2026-01-07 09:00 here: the file has it earlier than 'P/a' (FS) let it start"
    )
    spanned = StoredDates(early_start=at(5, 9), early_finish=at(5, 13))
    assert told(plan(a=spanned), "P/a") == (
        "'P/a': early finish 2026-01-05 13:00 in the file, 2026-01-06 17:00 here: the file's early dates span 4 h of its calendar,"
        " 16 h of work are left: its work or its calendar was changed after the file was scheduled"
    )
    follows = plan(a=later, b=StoredDates(early_start=at(8, 9), early_finish=at(8, 17)))
    assert told(follows, "P/b").endswith("here: it follows 'P/a', whose dates differ")
    before = plan(a=StoredDates(**early, late_start=at(2, 9), late_finish=at(5, 17)), b=tight)
    assert told(before, "P/a").endswith("here: 'P/b' comes after it, whose dates differ")
    gone = reproduced(pf := plan(gone=A), ipmo.schedule(pf)).differences[0]
    assert (gone.columns, gone.message, gone.root) == (("early_start", "early_finish"), "'P/gone' has no dates here", True)


def test_a_float_agrees_to_the_minute_and_a_row_without_dates_is_not_compared() -> None:
    near = StoredDates(late_start=at(7, 9), late_finish=at(7, 17), total_float=16.0 + 1 / 61, free_float=16.0 - 1 / 61)
    assert kinds(plan(c=near)) == {}
    off = StoredDates(late_start=at(7, 9), late_finish=at(7, 17), total_float=16.0 + 1 / 59, free_float=16.0)
    assert kinds(plan(c=off)) == {"P/c": "float differs, dates agree"}
    pf = plan(c=StoredDates(total_float=99.0))
    found = reproduced(pf, ipmo.schedule(pf))
    assert (found.compared, found.exact) == (2, 2)
    nothing = plan(a=StoredDates(), b=StoredDates(), c=StoredDates(early_start=at(5, 9), finished=True))
    assert str(reproduced(nothing, ipmo.schedule(nothing))) == (
        "dates reproduced: the file stores none of unfinished work; 1 finished row is not counted"
    )


def test_of_several_rows_that_differ_the_one_that_drives_is_followed() -> None:
    """Wherever it stands: both `a` and `c` differ, and `d` waits for the end of `a`, the later of them."""
    differ = {
        "a": StoredDates(early_start=at(6, 9), early_finish=at(7, 17)),
        "c": StoredDates(early_start=at(6, 9), early_finish=at(6, 17)),
    }
    d = StoredDates(early_start=at(8, 9), early_finish=at(8, 17))
    for after in (["a", "c"], ["c", "a"]):
        pf = plan(**differ)
        (project,) = pf.projects
        source = attrs.evolve(pf.source, stored={**pf.source.stored, "P/d": d})
        tasks = (*project.tasks, Task(id="d", duration="1 d", after=after))
        assert told(attrs.evolve(pf, projects=[attrs.evolve(project, tasks=tasks)], source=source), "P/d").endswith(
            "it follows 'P/a', whose dates differ"
        ), after


def test_the_file_has_a_row_before_the_data_date_only_where_it_starts_before_that_instant() -> None:
    def kind(start: datetime) -> str:
        pf = plan(c=StoredDates(early_start=start, early_finish=at(6, 17)))
        return kinds(attrs.evolve(pf, status_date="2026-01-06"))["P/c"]

    assert kind(at(6, 0)) == "the same working time"
    assert kind(at(5, 23)) == "before the data date in the file"


def with_task(pf: Portfolio, task: Task, stored: StoredDates) -> Portfolio:
    """The plan with one more task, and the dates that the file stores of it."""
    (project,) = pf.projects
    source = attrs.evolve(pf.source, stored={**pf.source.stored, f"P/{task.id}": stored})
    return attrs.evolve(pf, projects=[attrs.evolve(project, tasks=(*project.tasks, task))], source=source)


def test_a_row_follows_only_what_would_put_it_where_the_file_has_it() -> None:
    """`d` waits for `b`, which agrees, until Thursday; `a`-like `x` is a day late in the file, which ends before that."""
    late = StoredDates(early_start=at(6, 9), early_finish=at(6, 17))
    pf = with_task(plan(), Task(id="x", duration="1 d"), late)
    there = StoredDates(early_start=at(12, 9), early_finish=at(12, 17))
    found = told(with_task(pf, Task(id="d", duration="1 d", after=["b", "x"]), there), "P/d")
    assert found.endswith("the file has it later than its links, its constraints and the data date ask for")
    moved = StoredDates(early_start=at(7, 9), early_finish=at(7, 17))
    one = with_task(pf, Task(id="d", duration="1 d", after=["x"]), moved)
    assert told(one, "P/d").endswith("it follows 'P/x', whose dates differ")
    more = with_task(pf, Task(id="d", duration="1 d", after=["x"]), there)
    assert told(more, "P/d").endswith(
        "the file has it later than its links, its constraints and the data date ask for, with 'P/x' where the file has it"
    )
    assert kinds(more)["P/d"] == "later in the file than anything asks for"


def test_a_row_whose_own_length_differs_has_its_own_cause_behind_one_that_differs() -> None:
    later = StoredDates(early_start=at(6, 9), early_finish=at(7, 17))
    short = StoredDates(early_start=at(8, 9), early_finish=at(8, 13))
    found = told(plan(a=later, b=short), "P/b")
    assert found.endswith("4 h of its calendar, 8 h of work are left: its work or its calendar was changed after the file was scheduled")


def test_late_dates_that_differ_because_the_end_does_say_so() -> None:
    """`b` ends two days later in the file, `c` has float to the end: its late dates differ by nothing of its own."""
    b = StoredDates(early_start=at(9, 9), early_finish=at(9, 17), late_start=at(9, 9), late_finish=at(9, 17))
    c = StoredDates(early_start=at(5, 9), early_finish=at(5, 17), late_start=at(9, 9), late_finish=at(9, 17))
    pf = plan(b=b, c=c)
    assert kinds(pf) == {"P/b": "later in the file than anything asks for", "P/c": "the end differs"}
    assert told(pf, "P/c").endswith("late dates are counted to the end of the project, where 'P/b' has other dates in the file")
    assert [one.root for one in reproduced(pf, ipmo.schedule(pf)).differences] == [True, False]
    own = attrs.evolve(c, late_start=at(8, 9), late_finish=at(8, 17))
    assert kinds(plan(b=b, c=own))["P/c"] == "late dates earlier in the file"


def test_only_what_moves_dates_is_a_cause_of_them() -> None:
    early = StoredDates(early_start=at(6, 9), early_finish=at(7, 17))
    for code in ("mspdi/credit", "xer/baseline-order", "mspdi/same-id", "mspdi/timephased", "mspdi/value"):
        pf = plan(Finding(code=code, item="P/a", message="its cost is -500"), a=early)
        assert kinds(pf) == {"P/a": "later in the file than anything asks for"}, code
    for code in ("mspdi/constraint", "xer/no-calendar", "xer/refused", "mspdi/no-duration"):
        assert kinds(plan(Finding(code=code, item="P/a", message="it is bad"), a=early)) == {"P/a": "found on reading"}, code


def test_what_stands_on_a_line_of_several_rows_is_the_cause_of_none() -> None:
    early = StoredDates(early_start=at(6, 9), early_finish=at(7, 17))
    pf = plan(Finding(code="mspdi/constraint", line=1, message="task 'c' has a constraint without a date"), a=early)
    alone = attrs.evolve(pf, source=attrs.evolve(pf.source, lines={"P/a": 1}))
    assert kinds(alone) == {"P/a": "found on reading"}
    shared = attrs.evolve(pf, source=attrs.evolve(pf.source, lines={"P/a": 1, "P/b": 1, "P/c": 1}))
    assert kinds(shared) == {"P/a": "later in the file than anything asks for"}


def test_work_under_way_is_held_against_what_is_done_and_left() -> None:
    """40 h from Monday 9 to Friday 17, 16 h done, 24 h left: an hour off at the start is the file's start, not its work."""

    def why(start: datetime, finish: datetime, **more: object) -> tuple[str, str]:
        task = Task(id="w", duration="5 d", remaining="3 d", actual_start=at(5, 9), **more)
        pf = with_task(plan(), task, StoredDates(start=start, finish=finish))
        pf = attrs.evolve(pf, dialect="msproject")
        (one,) = [one for one in reproduced(pf, ipmo.schedule(pf)).differences if one.item == "P/w"] or [None]
        return (one.kind, one.message.partition(" here: ")[2]) if one is not None else ("", "")

    assert why(at(5, 9), at(9, 17)) == ("", "")
    assert why(at(5, 10), at(9, 17)) == (
        "the file's start is not the actual start",
        "it starts at 2026-01-05 09:00 by its actual start, the file's start is 2026-01-05 10:00",
    )
    assert why(at(5, 9), at(12, 17)) == (
        "changed after the file was scheduled",
        "the file has 48 h of its calendar from its actual start to its finish, 16 h of work are done and 24 h left: "
        "its work or its calendar was changed after the file was scheduled",
    )
    assert why(at(5, 9), at(14, 17), resumes=at(12, 9)) == ("", "")
    assert why(at(5, 9), at(15, 17), resumes=at(12, 9)) == (
        "changed after the file was scheduled",
        "the file has 32 h of its calendar from when it goes on to its finish, 24 h of work are left: "
        "its work or its calendar was changed after the file was scheduled",
    )


def summed(group: StoredDates, **stored: StoredDates) -> Portfolio:
    """A summary `g` with `a` (2 d) and `b` (1 d) after it, and `z` after the summary."""
    tasks = [
        Task(id="g"),
        Task(id="a", parent="g", duration="2 d"),
        Task(id="b", parent="g", duration="1 d", after="a"),
        Task(id="z", duration="1 d", after="g"),
    ]
    z = StoredDates(start=at(8, 9), finish=at(8, 17))
    a, b = StoredDates(start=at(5, 9), finish=at(6, 17)), StoredDates(start=at(7, 9), finish=at(7, 17))
    kept = {f"P/{name}": one for name, one in {"g": group, "a": a, "b": b, "z": z, **stored}.items()}
    pf = plan()
    source = attrs.evolve(pf.source, stored=kept)
    return attrs.evolve(pf, dialect="msproject", projects=[Project(id="P", tasks=tasks)], source=source)


def test_summaries_are_held_against_the_file_apart_from_work() -> None:
    same = summed(StoredDates(start=at(5, 9), finish=at(7, 17), summary=True))
    found = reproduced(same, ipmo.schedule(same))
    assert str(found) == "dates reproduced: 3 of 3 (start and finish 3); summaries 1 of 1"
    assert (found.summaries, found.summaries_differing, found.differences) == (1, (), ())

    late = StoredDates(start=at(8, 9), finish=at(8, 17))
    spanning = summed(StoredDates(start=at(5, 9), finish=at(8, 17), summary=True), b=late, z=StoredDates(start=at(9, 9), finish=at(9, 17)))
    found = reproduced(spanning, ipmo.schedule(spanning))
    (one,) = found.summaries_differing
    assert (one.item, one.columns, one.kind, one.root) == ("P/g", ("finish",), "spans rows that differ", False)
    assert one.message == "summary 'P/g': finish 2026-01-08 17:00 in the file, 2026-01-07 17:00 here: it spans 'P/b', whose dates differ"
    assert told(spanning, "P/z").endswith("it follows 'P/b', whose dates differ")

    apart = summed(StoredDates(start=at(5, 9), finish=at(9, 17), summary=True), z=StoredDates(start=at(12, 9), finish=at(12, 17)))
    found = reproduced(apart, ipmo.schedule(apart))
    (one,) = found.summaries_differing
    assert (one.kind, one.root) == ("other dates in the file than what lies in it", True)
    assert one.message.endswith("what lies in it lasts from 2026-01-05 09:00 to 2026-01-07 17:00 in the file")
    assert told(apart, "P/z").endswith("it follows 'P/g', whose dates differ")
    assert {f.item for f in ipmo.check(apart) if f.code == "ipmo/date-differs"} == {"P/g", "P/z"}


def test_a_finished_summary_is_a_fact() -> None:
    pf = summed(StoredDates(start=at(1, 9), finish=at(2, 17), summary=True))
    (project,) = pf.projects
    done = [attrs.evolve(t, actual_start=at(5, 9), actual_finish=at(6, 17)) if t.parent else t for t in project.tasks]
    pf = attrs.evolve(pf, projects=[attrs.evolve(project, tasks=done)], source=pf.source)
    assert reproduced(pf, ipmo.schedule(pf)).summaries == 0


@pytest.mark.parametrize("lag", ["", "9 ed", "5 d"])
@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_what_drives_delayed_work_drives_it_by_the_link_that_people_drew(kind: str, lag: str) -> None:
    after = After(source="a", type=kind, lag=lag or None)
    tasks = [Task(id="a", duration="10 d"), Task(id="b", duration="3 d", after=(after,), delay="2 ed" if kind[1] == "S" else None)]
    pf = attrs.evolve(plan(), projects=[Project(id="P", tasks=tasks)], source=Source())
    drivers = ipmo.schedule(pf).driving("P/b")
    assert [(one.item, one.type) for one in drivers] == ([("P/a", kind)] if kind != "SF" or lag else [])


def test_a_delay_that_holds_work_is_named_with_what_drives_it() -> None:
    early = StoredDates(early_start=at(7, 9), early_finish=at(7, 17))
    changed = plan(b=early).evolve("P/b", delay="2 d")
    pf = attrs.evolve(changed, source=plan(b=early).source)
    (one,) = (one for one in reproduced(pf, ipmo.schedule(pf)).differences if one.item == "P/b")
    assert one.message.endswith("the file has it earlier than 'P/a' (FS) and its delay of 2 d let it start")
