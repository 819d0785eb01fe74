"""Did past forecasts hold: the P50s, P80s and P90s of earlier months against what came.

Each snapshot is asked what it would have said then: its own simulation, the house's own reference class (how much longer work took than was
published, as far as that was known then), and the published date as it stood. What came is read off the later snapshots.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, get_args

import attrs

from ipmo.analysis.control.history import History, Month
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.risk.joint import simulate
from ipmo.analysis.risk.scoring import Brier, Distribution, brier, kaplan_meier, wilson
from ipmo.errors import IpmoError, ModelError, OptionError
from ipmo.findings import Severity
from ipmo.model.governance import Gate
from ipmo.model.hierarchy import summaries
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.notebooks import Shown
from ipmo.options import checked
from ipmo.progress import step, unwatched, watched
from ipmo.tables import Column, Rows, Table
from ipmo.words import counted

__all__ = ["Calibrated", "Calibration", "Forecast", "calibration"]

Way = Literal["simulation", "reference class", "published date"]
PERCENTS = (50, 80, 90)
LEAST = 5
"""Ratios that make a reference class, at least."""
HORIZONS = (("up to 90 days", 0, 90), ("up to a year", 91, 365), ("beyond a year", 366, math.inf))
EVERY = "all"
OVER = ("closed", "cancelled")
"""States of projects in which nothing is done any more."""


@attrs.frozen(kw_only=True)
class Forecast:
    """What one snapshot said of one item, and what came.

    Args:
        item: full id.
        month: the status date of the snapshot.
        way: simulation, reference class or published date.
        published: the day that the schedule of then said.
        distribution: of the day of its finish, as ordinals.
        came: the day on which it was done; None where it is not done yet.
        known: the last day on which anything is known of it.
        last: the last day of the history.
    """

    item: str
    month: date
    way: Way
    published: date
    distribution: Distribution = attrs.field(repr=False)
    came: date | None
    known: date
    last: date

    @property
    def days(self) -> int:
        """From the snapshot to the published day."""
        return (self.published - self.month).days

    def p(self, percent: float) -> date | None:
        """The day that it said would be kept with a probability, in per cent; None where that lay beyond all it knew."""
        found = self.distribution.p(percent / 100)
        return None if math.isinf(found) else date.fromordinal(int(found))

    def held(self, percent: float) -> bool | None:
        """Whether it was done by that day; None as long as the day has not passed."""
        day = self.p(percent)
        return None if day is None or day > self.known else self.came is not None and self.came <= day

    def lost(self, percent: float) -> bool:
        """Whether that day has passed, and it left the history before: nobody knows whether it was kept."""
        day = self.p(percent)
        return day is not None and self.known < day <= self.last

    @property
    def crps(self) -> float:
        """The continuous ranked probability score up to what is known, in days."""
        return self.distribution.crps(math.inf if self.came is None else self.came.toordinal(), self.known.toordinal())


@attrs.frozen(kw_only=True)
class Coverage:
    """How many of the days that were said with a probability were kept.

    Args:
        percent: the probability that was said.
        items: how many items such days have passed of.
        share: how many of them were kept; None of none. An item counts once, with the share of its forecasts that held.
        low, high: the 95 % interval of the share, as of so many items that do not depend on one another. Source: Wilson (1927).
        lost: how many items left the history before such a day of theirs: what became of them is not known.
        bounds: the lowest and the highest that the 95 % interval may reach, whatever became of what left; None of none.
    """

    percent: int
    items: int
    share: float | None
    low: float | None
    high: float | None
    lost: int = 0
    bounds: tuple[float, float] | None = None

    def __str__(self) -> str:
        if self.share is None or self.low is None or self.high is None or self.bounds is None:
            lost = f"; {counted(self.lost, 'item')} left before theirs" if self.lost else ""
            return f"no P{self.percent} of what is still known has passed{lost}"
        said, (low, high) = self.percent / 100, self.bounds
        verdict = "too sure" if high < said else "too careful" if low > said else "nothing says that it is off"
        left = f"; with {self.lost} that left before, {low:.0%} to {high:.0%} whatever became of them" if self.lost else ""
        return (
            f"of the P{self.percent} days that have passed {self.share:.0%} were kept "
            f"({counted(self.items, 'item')}, 95 % interval {self.low:.0%} to {self.high:.0%}{left}): {verdict}"
        )


@attrs.frozen(kw_only=True)
class Calibrated(Shown):
    """How one way of forecasting did at one horizon.

    Args:
        way: simulation, reference class or published date.
        horizon: all, or how far ahead the published days lay.
        items, forecasts: how many were forecast, and how often.
        done: how many of the items are done.
        coverage: of P50, P80 and P90.
        brier: of the probability of being done by the published day; None where no such day has passed.
        crps: the mean score in days, up to what is known; each item counts once.
        against_published: 1 less its score by that of the published date on the same forecasts; above 0 is better, None where that was never off.
        against_reference: alike by the reference class; None where there is none.
    """

    way: Way
    horizon: str
    items: int
    forecasts: int
    done: int
    coverage: tuple[Coverage, ...]
    brier: Brier | None
    crps: float
    against_published: float | None
    against_reference: float | None

    @property
    def id(self) -> str:
        """The way and the horizon."""
        return f"{self.way}, {self.horizon}"


class Calibration(Rows[str, Calibrated]):
    """The answer of `calibration`: one row a way of forecasting and horizon, by `way, horizon`.

    Args:
        rows: the rows.
        forecasts: each forecast that they rest on.
        unknown: items that left the history before they were done, or were stopped: what became of them is not known.
        refused: why snapshots have no simulation, by their dates.
    """

    def __init__(
        self, rows: Sequence[Calibrated], forecasts: Sequence[Forecast], unknown: Sequence[str], refused: Mapping[date, str]
    ) -> None:
        super().__init__({row.id: row for row in rows}, "this calibration")
        self.forecasts, self.unknown, self.refused = tuple(forecasts), tuple(unknown), dict(refused)

    def explain(self, row: str) -> str:
        """How a way of forecasting did, in sentences.

        Raises:
            UnknownItemError: there is no such row.
        """
        one = self[row]
        lines = [f"{counted(one.forecasts, 'forecast')} of {counted(one.items, 'item')}, {one.done} of them done"]
        lines += map(str, one.coverage)
        if one.brier is not None:
            lines.append(
                f"Brier score of keeping the published day {one.brier.score:.3f}: reliability {one.brier.reliability:.3f}, "
                f"resolution {one.brier.resolution:.3f}, uncertainty {one.brier.uncertainty:.3f}, within bins {one.brier.within:+.3f}"
            )
        lines.append(f"off by {one.crps:.1f} days on average (CRPS, up to what is known)")
        for name, skill in (("the published date", one.against_published), ("the own reference class", one.against_reference)):
            if skill is not None:
                lines.append(f"{abs(skill):.0%} {'better' if skill >= 0 else 'worse'} than {name} on the same forecasts")
        return f"{row}: " + "\n".join(lines)

    def table(self) -> Table:
        """One row a way and horizon: counts, coverage of P50, P80 and P90 with its interval, Brier score and parts, CRPS and skill."""
        rows = self.rows
        columns = [
            *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("way", "horizon")),
            *(Column(name, "int", [getattr(row, name) for row in rows]) for name in ("items", "forecasts", "done")),
        ]
        for place, percent in enumerate(PERCENTS):
            covered = [row.coverage[place] for row in rows]
            columns.append(Column(f"p{percent}_items", "int", [one.items for one in covered]))
            columns += [
                Column(f"p{percent}_{name}", "float", [getattr(one, at) for one in covered])
                for name, at in (("kept", "share"), ("low", "low"), ("high", "high"))
            ]
            columns.append(Column(f"p{percent}_lost", "int", [one.lost for one in covered]))
        columns += [
            Column("brier" if part == "score" else part, "float", [None if row.brier is None else getattr(row.brier, part) for row in rows])
            for part in Brier._fields
        ]
        columns.append(Column("crps", "float", [row.crps for row in rows], "days"))
        columns += [Column(name, "float", [getattr(row, name) for row in rows]) for name in ("against_published", "against_reference")]
        return Table(columns)

    def forecast_table(self) -> Table:
        """One row a forecast: item, month, way, published, p50, p80, p90, came (blank where it is not done), known, crps."""
        found = self.forecasts
        return Table(
            [
                Column("item", "str", [one.item for one in found]),
                Column("month", "date", [one.month for one in found]),
                Column("way", "str", [one.way for one in found]),
                Column("published", "date", [one.published for one in found]),
                *(Column(f"p{percent}", "date", [one.p(percent) for one in found]) for percent in PERCENTS),
                Column("came", "date", [one.came for one in found]),
                Column("known", "date", [one.known for one in found]),
                Column("crps", "float", [one.crps for one in found], "days"),
            ]
        )

    def __repr__(self) -> str:
        items = len({one.item for one in self.forecasts})
        return f"<Calibration: {counted(len(self.forecasts), 'forecast')} of {counted(items, 'item')}>"


class _Fate(NamedTuple):
    """What is known of an item: when it was done, and the last snapshot in which it was seen open or done."""

    came: date | None
    seen: date


@checked
def calibration(
    history: History,
    *,
    samples: int = 1000,
    seed: int = 1,
    progress: bool | Callable[[str, int, int], object] | None = None,
) -> Calibration:
    """How sure past forecasts were, against what came: coverage, Brier score, CRPS, and skill against simpler ways.

    Projects, gates, milestones and tasks are followed that were still open in a snapshot and had a date that rests on no unknown duration. A
    forecast counts once its day has passed, whether the item is done or not: waiting for the late ones would flatter. Items of one project
    depend on one another, so that intervals are too narrow rather than too wide.

    Args:
        history: the snapshots.
        samples: of the simulation of each snapshot, as for `simulate`.
        seed: of all of them.
        progress: True shows a bar, a function is told how far it has come.

    Raises:
        ModelError: the history has fewer than two snapshots.
        OptionError: samples are not what `simulate` takes.
    """
    if len(history) < 2:
        raise ModelError("calibration compares snapshots with later ones; this history has fewer than two")
    last = history.dates[-1]
    with watched(progress):
        fates: dict[str, _Fate] = {}
        for month in history:
            _follow(fates, month)
        then: dict[str, _Fate] = {}
        found: list[Forecast] = []
        refused: dict[date, str] = {}
        months = list(history)[:-1]
        for done, month in enumerate(months):
            step("calibrating", done, len(months))
            _follow(then, month)
            found += _forecasts(month, _simulated(month, samples, seed, refused), _ratios(history.before(month.date), then), fates, last)
        step("calibrating", len(months), len(months))
    unknown = sorted(name for name, fate in fates.items() if fate.came is None and fate.seen < last)
    rows = [row for way in get_args(Way) for row in _rows(way, found)]
    return Calibration(rows, found, unknown, refused)


# ------------------------------------------------------------------------------------------------- what came


def _followed(portfolio: Portfolio) -> Iterator[tuple[str, Project | Gate | Task]]:
    for project in portfolio.projects:
        yield project.id, project
        wholes = summaries(project)
        yield from ((f"{project.id}/{task.id}", task) for task in project.tasks if task.id not in wholes)
        yield from ((f"{project.id}/{gate.id}", gate) for gate in project.gates)
    yield from ((gate.id, gate) for gate in portfolio.gates)


def _done(noun: Project | Gate | Task) -> bool:
    if isinstance(noun, Task):
        return noun.finished
    if isinstance(noun, Gate):
        return noun.decision is not None and noun.decision.outcome in ("go", "conditional go")
    if noun.counted_as in OVER:
        return noun.counted_as == "closed"
    wholes = summaries(noun)
    parts: list[Gate | Task] = [*(task for task in noun.tasks if task.id not in wholes), *noun.gates]
    return bool(parts) and all(map(_done, parts))


def _dated(plan: Portfolio) -> Schedule:
    """The dates of a snapshot; loops are cut, as a simulation does, which is refused then and says so."""
    return schedule(plan, on_cycle="cut")


def _day(found: Schedule, name: str) -> date | None:
    """The day that a schedule says of an item; None where it says none, or only the earliest."""
    if name not in found:
        return None
    item = found[name]
    return None if item.lower_bound else item.finish_date


def _follow(fates: dict[str, _Fate], month: Month) -> None:
    """Takes in what a snapshot says of every item; of what is open in a project that was stopped or closed it says nothing more."""
    plan = month.portfolio
    dated = _dated(plan)
    for name, noun in _followed(plan):
        if _done(noun):
            day, before = _day(dated, name), fates.get(name)
            if day is None or day > month.date:  # nobody said when: at the latest when it was first seen done
                day = month.date if before is None or before.came is None else before.came
            fates[name] = _Fate(day, month.date)
            continue
        owner = plan.items[plan.project_of(name)]
        if not isinstance(owner, Project) or owner.counted_as not in OVER:
            fates[name] = _Fate(None, month.date)


# ------------------------------------------------------------------------------------------------- what was said


def _simulated(month: Month, samples: int, seed: int, refused: dict[date, str]) -> Mapping[str, Distribution]:
    """What a simulation of a snapshot says of the day on which each item finishes; nothing where it is refused."""
    try:
        with unwatched():
            q = simulate(month.portfolio, samples=samples, seed=seed)
    except OptionError:
        raise
    except IpmoError as error:
        refused[month.date] = str(error)
        return {}
    if q.grade == "refused":
        refused[month.date] = "; ".join(one.message for one in q.findings if one.severity is Severity.ERROR)
        return {}
    return {
        row.id: Distribution.of(row.dates.day(int(one)).toordinal() for one in row.dates.instants)
        for row in q
        if row.dates is not None and not row.dates.at_least
    }


def _published(month: Month) -> Iterator[tuple[str, date]]:
    """What was open in a snapshot, and the later day that its schedule said."""
    dated = _dated(month.portfolio)
    for name, noun in _followed(month.portfolio):
        day = None if _done(noun) else _day(dated, name)
        if day is not None and day > month.date:
            yield name, day


def _forecasts(
    month: Month, drawn: Mapping[str, Distribution], ratios: Distribution | None, fates: Mapping[str, _Fate], last: date
) -> Iterator[Forecast]:
    for name, published in _published(month):
        fate = fates[name]
        said: list[tuple[Way, Distribution]] = [("simulation", drawn[name])] if name in drawn else []
        if ratios is not None:
            days = (published - month.date).days
            later = tuple(month.date.toordinal() + round(days * one) for one in ratios.values)
            said.append(("reference class", Distribution(later, ratios.reached)))
        said.append(("published date", Distribution((published.toordinal(),), (1.0,))))
        known = fate.seen if fate.came is None else last
        for way, found in said:
            yield Forecast(
                item=name, month=month.date, way=way, published=published, distribution=found, came=fate.came, known=known, last=last
            )


def _ratios(earlier: Iterable[Month], then: Mapping[str, _Fate]) -> Distribution | None:
    """How much longer things took than was published, as far as that was known at a snapshot; None of too few that came.

    The time from an earlier snapshot to when it was done, by the time to what was published then; what is not done has lasted that long,
    and what left the history lasted until it was last seen.

    Args:
        earlier: the snapshots before it.
        then: what was known at it.
    """
    seen: list[tuple[float, bool]] = []
    for month in earlier:
        for name, published in _published(month):
            came, until = then[name]
            seen.append((max(((came or until) - month.date).days, 0) / (published - month.date).days, came is not None))
    return kaplan_meier(seen) if sum(came for _, came in seen) >= LEAST else None


# ------------------------------------------------------------------------------------------------- how it did


def _rows(way: Way, found: Sequence[Forecast]) -> Iterator[Calibrated]:
    for horizon, low, high in ((EVERY, 0, math.inf), *HORIZONS):
        inside = [one for one in found if low <= one.days <= high]
        own = [one for one in inside if one.way == way]
        if own:
            yield _row(way, horizon, own, inside)


def _row(way: Way, horizon: str, own: Sequence[Forecast], inside: Sequence[Forecast]) -> Calibrated:
    items = {one.item for one in own}
    by_day = [(one.distribution.by(one.published.toordinal()), one) for one in own if one.published <= one.known]
    often = _often([one for _, one in by_day])
    return Calibrated(
        way=way,
        horizon=horizon,
        items=len(items),
        forecasts=len(own),
        done=len({one.item for one in own if one.came is not None}),
        coverage=tuple(_covered(percent, own) for percent in PERCENTS),
        brier=brier([(share, one.came is not None and one.came <= one.published, 1 / often[one.item]) for share, one in by_day]),
        crps=_score(own),
        against_published=None if way == "published date" else _skill(own, inside, "published date"),
        against_reference=None if way == "reference class" else _skill(own, inside, "reference class"),
    )


def _often(found: Sequence[Forecast]) -> dict[str, int]:
    out: dict[str, int] = {}
    for one in found:
        out[one.item] = out.get(one.item, 0) + 1
    return out


def _covered(percent: int, own: Sequence[Forecast]) -> Coverage:
    """Each item counts once, with the share of its days that were kept; what left is taken for none and for all of the days after."""
    due: dict[str, list[bool | None]] = {}
    for one in own:
        held = one.held(percent)
        if held is not None or one.lost(percent):
            due.setdefault(one.item, []).append(held)
    lost = sum(None in days for days in due.values())
    known = [[held for held in days if held is not None] for days in due.values()]
    shares = [sum(days) / len(days) for days in known if days]
    if not shares:
        return Coverage(percent=percent, items=0, share=None, low=None, high=None, lost=lost)
    share = sum(shares) / len(shares)
    low, high = wilson(share, len(shares))
    least = sum(days.count(True) / len(days) for days in due.values()) / len(due)
    most = sum((len(days) - days.count(False)) / len(days) for days in due.values()) / len(due)
    bounds = wilson(least, len(due))[0], wilson(most, len(due))[1]
    return Coverage(percent=percent, items=len(shares), share=share, low=low, high=high, lost=lost, bounds=bounds)


def _score(found: Sequence[Forecast]) -> float:
    often = _often(found)
    return sum(one.crps / often[one.item] for one in found) / len(often)


def _skill(own: Sequence[Forecast], inside: Sequence[Forecast], other: Way) -> float | None:
    """1 less the score by that of another way, on the forecasts that both made; None where they share none, or the other was never off."""
    theirs = {(one.item, one.month): one for one in inside if one.way == other}
    both = [(one, theirs[one.item, one.month]) for one in own if (one.item, one.month) in theirs]
    if not both:
        return None
    base = _score([one for _, one in both])
    return 1 - _score([one for one, _ in both]) / base if base else None
