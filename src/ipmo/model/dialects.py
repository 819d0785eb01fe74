"""Conventions on which scheduling tools differ, as named values: `ipmo`, `msproject`, `p6`, and any variant of them.

Each field is one question that Primavera P6 and Microsoft Project answer differently, or let their users choose.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ipmo.errors import ModelError, UnitError
from ipmo.model.fields import Short, doc, texts
from ipmo.model.reading import IN_PYTHON, Reading, named, reads, values_of
from ipmo.units import Span, as_span

__all__ = ["DIALECTS", "Dialect", "as_dialect"]

NAMES = ("ipmo", "msproject", "p6")
HARD = ("start_no_later", "finish_no_later", "must_start_on", "must_finish_on", "mandatory_start", "mandatory_finish")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Dialect(Short):
    """Conventions that tools differ on.

    In files a dialect is its name, or a mapping with the name and what differs from it:
    `dialect: {name: p6, progress: override}`.

    >>> as_dialect({"name": "p6", "progress": "override"}).progress
    'override'
    """

    name: str = attrs.field(default="ipmo", metadata=doc("the dialect that it is, or departs from", choices=NAMES))
    clip: bool = attrs.field(
        default=True, metadata=doc("nothing starts before the portfolio's start; else only what has no predecessor is held to it")
    )
    lag_calendar: str = attrs.field(
        default="predecessor",
        metadata=doc("whose calendar a working lag is counted on", choices=("predecessor", "successor", "project", "continuous")),
    )
    data_date: str = attrs.field(
        default="binds",
        metadata=doc("work that is not done lies after the status date, or stays where it was planned", choices=("binds", "reported")),
    )
    direction: str = attrs.field(
        default="forward", metadata=doc("from the start, or back from the projects' finishes", choices=("forward", "back"))
    )
    progress: str = attrs.field(
        default="retained",
        metadata=doc(
            "out-of-sequence work: its rest waits for its predecessors, goes on at once, or goes on with its actual start binding "
            "what it should have followed",
            choices=("retained", "override", "actual"),
        ),
    )
    finished: str = attrs.field(
        default="date",
        metadata=doc(
            "what finished work is to what follows it under retained logic: its date, or it passes on what its predecessors hold back",
            choices=("date", "passes on"),
        ),
    )
    data_date_first: bool = attrs.field(
        default=False,
        metadata=doc("mandatory dates before the data date, and actual finishes after it, count as the data date for early dates"),
    )
    start_lag: str = attrs.field(
        default="actual",
        metadata=doc("what the lag of an SS link runs from when its source is under way", choices=("actual", "early")),
    )
    milestones: str = attrs.field(
        default="wall clock",
        metadata=doc("what a milestone's date may be: any instant, or working time only", choices=("wall clock", "calendar")),
    )
    hard: tuple[str, ...] = attrs.field(
        default=("must_start_on", "must_finish_on", "mandatory_start", "mandatory_finish"),
        converter=texts,
        metadata=doc("constraints that override the logic", one_or_many=True),
    )
    as_late_as_possible: str = attrs.field(
        default="free float",
        metadata=doc("what such work uses up: its free float, or its total float", choices=("free float", "total float")),
    )
    deadlines_bound_total_float: bool = attrs.field(default=False, metadata=doc("a deadline lowers late dates, not only the target float"))
    commitments_bound_total_float: bool = attrs.field(
        default=False, metadata=doc("a project's stated finish is the late finish of its open ends (must finish by)")
    )
    float_to: str = attrs.field(
        default="network",
        metadata=doc("late dates of open ends are the end of the network, or of the own project", choices=("network", "project")),
    )
    total_float: str = attrs.field(
        default="smallest", metadata=doc("which difference of late and early dates it is", choices=("start", "finish", "smallest"))
    )
    critical: str = attrs.field(
        default="driving",
        metadata=doc("on a driving path to the end, or with no more float than the threshold", choices=("driving", "float")),
    )
    critical_float: Span = attrs.field(
        default=Span(0, "d"), converter=as_span, metadata=doc("the threshold of total float for `critical: float`", unit="time")
    )
    remaining_dates: bool = attrs.field(
        default=False, metadata=doc("early and late dates of work under way are those of its remaining work; else it starts when it did")
    )
    early_waits: bool = attrs.field(
        default=True, metadata=doc("a finish that a link moves into a break lies where the next shift begins; else at the end of the last")
    )
    exact_late: bool = attrs.field(
        default=True,
        metadata=doc("late dates undo early dates exactly, whatever the calendars; else they are rounded to shifts on the way"),
    )
    lead_waits: bool = attrs.field(
        default=False, metadata=doc("a lead between finishes leads to the beginning of a shift; else to the end of the one before")
    )
    expected_finish: bool = attrs.field(default=True, metadata=doc("an expected finish sets the remaining duration"))

    def __attrs_post_init__(self) -> None:
        for one in self.hard:
            if one not in HARD:
                raise ModelError.of("hard", f"{one!r} is not one of {', '.join(HARD)}")

    def to_plain(self) -> object:
        """Its name, or a mapping with the name and what differs."""
        base = DIALECTS[self.name]
        changed = {
            field.name: getattr(self, field.name)
            for field in attrs.fields(Dialect)
            if getattr(self, field.name) != getattr(base, field.name)
        }
        return {"name": self.name, **changed} if changed else self.name


DIALECTS: Mapping[str, Dialect] = {
    "ipmo": Dialect(),
    "msproject": Dialect(
        name="msproject",
        clip=False,
        early_waits=False,
        exact_late=False,
        lag_calendar="successor",
        milestones="calendar",
        hard=("start_no_later", "finish_no_later", "must_start_on", "must_finish_on"),
        as_late_as_possible="total float",
        deadlines_bound_total_float=True,
        float_to="project",
        critical="float",
    ),
    "p6": Dialect(
        name="p6",
        milestones="calendar",
        hard=("mandatory_start", "mandatory_finish"),
        commitments_bound_total_float=True,
        float_to="project",
        total_float="finish",
        critical="float",
        remaining_dates=True,
        exact_late=False,
        lead_waits=True,
        start_lag="early",
        finished="passes on",
        data_date_first=True,
    ),
}
"""The three dialects, by name."""


def as_dialect(value: object, reading: Reading = IN_PYTHON) -> Dialect:
    """A dialect from its name, or from a mapping of what differs from the one it names.

    Raises:
        UnitError: there is no such dialect.
        ModelError: there is no such convention, or no such answer to it.
    """
    if isinstance(value, Dialect):
        return value
    if isinstance(value, str):
        if value not in DIALECTS:
            raise UnitError(f"{value!r:.60} is not one of {', '.join(NAMES)}")
        return DIALECTS[value]
    if not isinstance(value, Mapping):
        raise UnitError(f"{value!r:.60} is not a dialect; write one of {', '.join(NAMES)}, or a mapping with a name and what differs")
    differs = values_of(Dialect, value, reading, whole=False)
    return attrs.evolve(DIALECTS[differs.get("name", "ipmo")], **differs)


reads(Dialect, lambda _: as_dialect, Dialect)
