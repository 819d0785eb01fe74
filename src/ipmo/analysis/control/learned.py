"""What an office learns from its own months, in one page: estimates, lessons, reports and data, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, get_args

import attrs

from ipmo.analysis.control.effect import effect_of
from ipmo.analysis.control.finished_work import reference_classes
from ipmo.analysis.control.history import History, reporting_compliance
from ipmo.analysis.control.movement import movement
from ipmo.errors import IpmoError, ModelError
from ipmo.model.governance import Lesson
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import as_day
from ipmo.words import agree, counted

__all__ = ["Learned", "Learning", "what_we_learn"]

Topic = Literal["estimates", "lessons", "reports", "data"]
HEADINGS: dict[Topic, str] = {
    "estimates": "What became of our estimates",
    "lessons": "What our lessons changed",
    "reports": "Who did not report",
    "data": "What nobody looks after",
}
SILENT: dict[Topic, str] = {
    "estimates": "Too little work is finished to say what becomes of estimates.",
    "lessons": "No lesson was noted.",
    "reports": "Everybody who should has reported.",
    "data": "Nothing stands still beyond chance.",
}
MOST = 10
"""Sentences under a heading; how many more there are is said."""
QUARTER = 3


@attrs.frozen(kw_only=True)
class Learning(Shown):
    """One thing that was learned.

    Args:
        topic: `estimates`, `lessons`, `reports` or `data`.
        about: the class, lesson, project or field.
        text: what was learned, in a sentence.
        notes: what is to be said with it.
    """

    topic: Topic
    about: str
    text: str
    notes: tuple[str, ...] = ()


class Learned(Rows[str, Learning]):
    """The answer of `what_we_learn`: what was learned, by `TOPIC: ABOUT`.

    Args:
        rows: in the order of the topics.
        name: of the portfolio.
        first, last: of the quarter that it closes.
        months: snapshots.
    """

    def __init__(self, rows: Sequence[Learning], name: str, first: date, last: date, months: int) -> None:
        super().__init__({f"{row.topic}: {row.about}": row for row in rows}, "what was learned")
        self.name, self.first_day, self.last_day, self.months = name, first, last, months

    def explain(self, id: str) -> str:
        """One thing with what is to be said with it.

        Raises:
            UnknownItemError: nothing was learned about that.
        """
        return "\n  ".join([f"{id}: {self[id].text}", *self[id].notes])

    def table(self) -> Table:
        """One row a thing: topic, about, text, notes."""
        rows = self.rows
        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("topic", "about", "text")),
                Column("notes", "str", ["; ".join(row.notes) for row in rows]),
            ]
        )

    def markdown(self) -> str:
        """The page, as Markdown: a heading for each topic, also where there is nothing to say."""
        lines = [
            f"# What we learn: {self.name}, {self.first_day} to {self.last_day}",
            "",
            f"From {counted(self.months, 'snapshot')}, by `ipmo what-we-learn`. Nobody drew lots: a difference is no proof of a cause.",
        ]
        for topic in get_args(Topic):
            rows = [row for row in self.rows if row.topic == topic]
            lines += ["", f"## {HEADINGS[topic]}", ""]
            for row in rows[:MOST]:
                lines += [f"* {row.text}", *(f"  * {note}" for note in row.notes)]
            if len(rows) > MOST:
                lines.append(f"* and {len(rows) - MOST} more")
            if not rows:
                lines.append(SILENT[topic])
        return "\n".join(lines) + "\n"

    def __repr__(self) -> str:
        counts = ", ".join(f"{sum(row.topic == topic for row in self.rows)} of {topic}" for topic in get_args(Topic))
        return f"<Learned from {counted(self.months, 'snapshot')}: {counts}>"


def what_we_learn(history: History) -> Learned:
    """What the months teach, for the quarter that ends with the last of them: one page for those who run the office.

    What became of estimates (own reference classes of duration and cost, with quantiles, number and tail), what each lesson that was applied
    changed, with its interval and what else may explain it, and which were noted in the quarter or never used; who has not reported; what stands
    still beyond chance. Whether forecasts held is `ipmo.calibration`, which simulates every month.

    Args:
        history: the snapshots, or their folder.

    Raises:
        ModelError: the history is empty.
    """
    if not len(history):
        raise ModelError("nothing is learned from a history without a snapshot")
    last = history.dates[-1]
    years, month = divmod(last.year * 12 + last.month - QUARTER, 12)
    first = date(max(years, 1), month + 1, 1)
    rows = [*_estimates(history), *_lessons(history, first), *_reports(history), *_data(history)]
    portfolio = history[-1].portfolio
    return Learned(rows, portfolio.name or portfolio.id, first, last, len(history))


def _estimates(history: History) -> Iterator[Learning]:
    for figure in ("duration", "cost"):
        found = reference_classes(history, figure=figure)
        for one in found:
            yield Learning(topic="estimates", about=one.id, text=found.explain(one.id))
        for name, count in found.few.items():
            few = f"{figure} of {name}: {counted(count, 'piece')} of finished work {agree(count, 'is', 'are')} too few for a class"
            yield Learning(topic="estimates", about=f"{name}, {figure}", text=few)


def _lessons(history: History, first: date) -> Iterator[Learning]:
    lessons = history[-1].portfolio.lessons
    for one in lessons:
        said = f"{one.id} ({one.text or one.advice})" if one.text or one.advice else one.id
        new = one.date is not None and as_day(one.date) >= first
        if not one.applied_in:
            yield Learning(topic="lessons", about=one.id, text=f"{said}: {'new this quarter, ' if new else ''}not used anywhere yet")
            continue
        text, notes = _effect(history, one)
        yield Learning(topic="lessons", about=one.id, text=f"{said}, used in {counted(len(one.applied_in), 'item')}: {text}", notes=notes)


def _effect(history: History, lesson: Lesson) -> tuple[str, tuple[str, ...]]:
    """What a lesson changed, and what is to be said with it."""
    try:
        found = effect_of(history, lesson.id)
    except IpmoError as error:
        return str(error), ()
    row = found["after"]
    return row.text, found.caveats if row.factor is not None else ()


def _reports(history: History) -> Iterator[Learning]:
    found = reporting_compliance(history)
    for row in found.late:
        yield Learning(topic="reports", about=row.project, text=found.explain(row.project))


def _data(history: History) -> Iterator[Learning]:
    for one in movement(history).stale:
        yield Learning(topic="data", about=f"{one.field} of {one.item}", text=one.text)
