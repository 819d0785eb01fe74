"""What the projects of two portfolios state, side by side: who came, who went, whose dates, money and confidence changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import attrs

from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.rollup import RollUp, roll_up
from ipmo.analysis.money.work_tree import share_work, silent_in
from ipmo.errors import IpmoError
from ipmo.model.differing import same_but
from ipmo.model.governance import Confidence
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import RATINGS, RatingScale
from ipmo.model.references import reference
from ipmo.model.work import Project
from ipmo.notebooks import Shown
from ipmo.tables import Column, Table
from ipmo.units import Money, as_day, minutes

__all__ = ["Moved", "Stated", "confidence_by", "latest_confidence", "place_of", "stated", "variances"]

ORDER = ("start", "finish", "budget", "forecast", "state")
MEASURES = ("budget", "forecast")
ITEMS = frozenset({"source", "projects", "programmes", "links", "outcomes", "benefits", "contributions", "objectives"})
"""Fields of a portfolio that say nothing of how money of a project is counted."""


@attrs.frozen(kw_only=True)
class Moved(Shown):
    """One thing that changed.

    Args:
        item: full id of what it belongs to; the portfolio's id for the whole.
        kind: portfolio, programme, project, gate, deadline, benefit; hand-over, of a commitment.
        name: its title.
        what: start, finish, budget, forecast, state, `confidence (ASSESSOR)` as stated; as computed: commitment, date, float, critical path,
            total budget, total forecast, benefit value, status, exception.
        before: as it was.
        after: as it is.
        change: days for dates and floats, money in the portfolio's currency, steps of the scale for confidence and status (worse
            is positive); None where only the words differ.
        unit: of the change: `d`, `ed`, a currency, `steps`, or nothing.
        share: change by what it was, for money.
        note: the conversion of a scale that it took, why a date is gone, which items joined or left a path.
    """

    item: str
    kind: str = "project"
    name: str
    what: str
    before: str
    after: str
    change: float | None = None
    unit: str = ""
    share: float | None = None
    note: str = ""

    @property
    def project(self) -> str:
        """The project that the item belongs to, or the item itself."""
        return reference(self.item).top


@attrs.frozen(kw_only=True)
class Stated:
    """The answer of `stated`.

    Args:
        entrants: projects that only the later one has.
        leavers: projects that only the earlier one has.
        stayed: projects that both have.
        moved: what changed, in order of kind and size.
        unknown: by kind, how many of those that stayed could not be compared because one side is not known.
        notes: conversions between scales, with how many ratings lost something.
    """

    entrants: tuple[str, ...]
    leavers: tuple[str, ...]
    stayed: tuple[str, ...]
    moved: tuple[Moved, ...]
    unknown: Mapping[str, int]
    notes: tuple[str, ...] = ()


def stated(before: Portfolio, after: Portfolio) -> Stated:
    """What the projects state otherwise than before.

    Dates and money are those the projects state (roll-ups where their tasks say them). Confidence is compared per
    assessor on the shorter of two scales; a conversion is counted and said, because it loses.

    Args:
        before: the earlier one.
        after: the later one; money is in its currency.
    """
    old, new = ({p.id: p for p in pf.projects} for pf in (before, after))
    stayed = [p for p in new if p in old]
    unknown: Counter[str] = Counter()
    moved: list[Moved] = []
    alike = _counts_alike(before, after)
    rolls: dict[str, tuple[RollUp | None, RollUp | None]] = {}
    others = [(old[name], new[name]) for name in stayed if new[name] is not old[name]]
    if not alike or not all(same_but("state", now, was) for was, now in others):
        share_work(after, before)
        asked = [
            name for name in MEASURES if not (alike and silent_in(before, after, others, name))
        ]  # where nothing is stated nothing is other
        rolls = {name: (_rolled(before, name), _rolled(after, name)) for name in asked}
        alike = alike and all((was is None) == (now is None) for was, now in rolls.values())
    conversions: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for name in stayed:
        one, other = old[name], new[name]
        if alike and one is other:
            continue  # what it states is the same, and counts the same
        for what in ("start", "finish"):
            moved += _date(what, one, other, unknown)
        for what, (was, now) in rolls.items():
            moved += _money(what, other, _figure(was, name), _figure(now, name), unknown)
        if one.state != other.state:
            moved.append(Moved(item=name, name=other.name, what="state", before=one.state, after=other.state))
        moved += _confidence(one, other, unknown, conversions, lost)
    moved.sort(key=lambda m: (place_of(m.what), -abs(m.change or 0), m.item))
    notes = tuple(
        f"{count} ratings read on {target} from {source} ({RATINGS[source].edition} to {RATINGS[target].edition}); {lost[source, target]} of them lost something"
        for (source, target), count in sorted(conversions.items())
    )
    return Stated(
        entrants=tuple(p for p in new if p not in old),
        leavers=tuple(p for p in old if p not in new),
        stayed=tuple(stayed),
        moved=tuple(moved),
        unknown=dict(unknown),
        notes=notes,
    )


def place_of(what: str) -> tuple[int, str]:
    """Dates first, then money, state and confidence."""
    return (ORDER.index(what) if what in ORDER else len(ORDER), what)


def _date(what: str, one: Project, other: Project, unknown: Counter[str]) -> Iterable[Moved]:
    was, now = (getattr(p, f"actual_{what}") or getattr(p, what) for p in (one, other))
    if was is None and now is None:
        return
    if was is None or now is None:
        unknown[what] += 1
        return
    days = (minutes(now) - minutes(was)) / 1440
    if days:
        yield Moved(item=other.id, name=other.name, what=what, before=_iso(was), after=_iso(now), change=days, unit="ed")


def _iso(when: date | datetime) -> str:
    return when.isoformat(sep=" ", timespec="minutes") if isinstance(when, datetime) else when.isoformat()


def _counts_alike(before: Portfolio, after: Portfolio) -> bool:
    """Whether all but the items themselves is the same: currency, rates, dates, calendars, resources."""
    return all(
        was is now or was == now
        for name in attrs.fields_dict(Portfolio)
        if name not in ITEMS
        for was, now in ((getattr(before, name), getattr(after, name)),)
    )


def _rolled(pf: Portfolio, measure: str) -> RollUp | None:
    try:
        return roll_up(pf, measure, include=("proposed", "cancelled"))
    except IpmoError:
        return None


def _figure(roll: RollUp | None, project: str) -> Money | None:
    """What a project states in all, where all of it is known."""
    if roll is None:
        return None
    found, whole = roll.money(project)
    return found if whole else None


def _money(what: str, project: Project, was: Money | None, now: Money | None, unknown: Counter[str]) -> Iterable[Moved]:
    if was is None and now is None:
        return
    if was is None or now is None or was.currency != now.currency:
        unknown[what] += 1
        return
    change = now.amount - was.amount
    if change:
        share = float(change / was.amount) if was.amount else None
        yield Moved(
            item=project.id,
            name=project.name,
            what=what,
            before=f"{was:,}",
            after=f"{now:,}",
            change=float(change),
            unit=now.currency,
            share=share,
        )


def latest_confidence(project: Project, as_of: date | None = None) -> dict[str, Confidence]:
    """The latest assessment of each assessor."""
    found: dict[str, Confidence] = {}
    for one in sorted(project.confidence, key=lambda c: c.date):
        if as_of is None or one.date <= as_of:
            found[one.assessor] = one
    return found


def _confidence(
    one: Project, other: Project, unknown: Counter[str], conversions: Counter[tuple[str, str]], lost: Counter[tuple[str, str]]
) -> Iterable[Moved]:
    was, now = latest_confidence(one), latest_confidence(other)
    for assessor in dict.fromkeys([*was, *now]):
        what = f"confidence ({assessor})"
        if assessor not in was or assessor not in now:
            unknown[what] += 1
            continue
        a, b = was[assessor], now[assessor]
        scale = _shorter(RATINGS[a.scale], RATINGS[b.scale])
        note, ratings = [], []
        for rating in (a, b):
            read, loses = RATINGS[rating.scale].convert(rating.rating, scale)
            ratings.append(read)
            if rating.scale != scale.name:
                conversions[rating.scale, scale.name] += 1
                lost[rating.scale, scale.name] += loses
                note.append(f"{rating.rating} on {rating.scale} read as {read} on {scale.name}")
        steps = scale.ratings.index(ratings[1]) - scale.ratings.index(ratings[0])
        if steps:
            yield Moved(
                item=other.id,
                name=other.name,
                what=what,
                before=ratings[0],
                after=ratings[1],
                change=float(steps),
                unit="steps",
                note="; ".join(note),
            )


def _shorter(one: RatingScale, other: RatingScale) -> RatingScale:
    return min((one, other), key=lambda scale: (len(scale.ratings), scale.name))


def confidence_by(portfolio: Portfolio, by: str = "category") -> Table:
    """The latest confidence of each project, counted by a field or attribute: group, assessor, scale, rating, count.

    Projects without a rating of an assessor that rates others are counted as `(none)`.
    """
    counts: Counter[tuple[str, str, str, str]] = Counter()
    groups: Counter[str] = Counter()
    rated: Counter[tuple[str, str]] = Counter()
    for project in portfolio.projects:
        group = project.attributes.get(by, "") or (
            str(getattr(project, by, "") or "") if by in ("category", "owner", "state", "programme") else ""
        )
        group = group or "(none)"
        groups[group] += 1
        for assessor, one in latest_confidence(project).items():
            rated[group, assessor] += 1
            counts[group, assessor, one.scale, one.rating] += 1
    assessors = {name for _, name in rated}
    for group, size in groups.items():
        for assessor in assessors:
            if left := size - rated[group, assessor]:
                counts[group, assessor, "", "(none)"] = left
    scales = {name: scale.ratings for name, scale in RATINGS.items()}

    def place(key: tuple[str, str, str, str]) -> tuple[bool, str, str, str, int]:
        group, assessor, scale, rating = key
        return (group == "(none)", group, assessor, scale, scales[scale].index(rating) if scale in scales else 99)

    rows = sorted(counts, key=place)
    columns = [Column(n, "str", [row[i] for row in rows]) for i, n in enumerate(("group", "assessor", "scale", "rating"))]
    return Table([*columns, Column("count", "int", [counts[row] for row in rows])])


class _Variance(NamedTuple):
    """One stated variance beside the recomputed one."""

    project: Project
    period: tuple[date, date] | None
    budget: Fraction | None
    forecast: Fraction | None
    computed: float | None
    stated: float | None
    agrees: bool | None


def variances(portfolio: Portfolio, attribute: str = "stated_variance") -> Table:
    """Variances that projects state, recomputed from budget and forecast of the same period.

    Source: variance = (forecast - budget) / budget. A stated one agrees when it is the recomputed one rounded as it was
    written (whole percents, or as many decimals).

    Args:
        portfolio: the portfolio.
        attribute: the free attribute that holds the stated variance, for example `12%`.

    Returns:
        One row a project that states one: project, name, period, budget, forecast, computed, stated, agrees; `computed` and
        `agrees` are empty where a half is not known.
    """
    rows: list[_Variance] = []
    when = as_day(portfolio.status_date) if portfolio.status_date is not None else date.max
    for project in portfolio.projects:
        text = project.attributes.get(attribute, "").replace(" ", "")
        if not text:
            continue
        budget, forecast = (_dated(portfolio, project, name, when) for name in ("budget", "forecast"))
        shared = [period for period in budget if period in forecast]
        period = shared[0] if shared else None
        was, now = (found[period] if period is not None else None for found in (budget, forecast))
        computed = float((now - was) / was) if was and now is not None else None
        stated, digits = _percent(text)
        agrees = None if computed is None or stated is None else abs(round(computed * 100, digits) - stated) <= 0.5 * 10**-digits + 1e-9
        rows.append(_Variance(project, period, was, now, computed, None if stated is None else stated / 100, agrees))
    currency = portfolio.money.currency if portfolio.money is not None else ""
    return Table(
        [
            Column("project", "str", [r.project.id for r in rows]),
            Column("name", "str", [r.project.name for r in rows]),
            Column("period", "str", [None if r.period is None else " to ".join(map(str, r.period)) for r in rows]),
            Column("budget", "float", [None if r.budget is None else float(r.budget) for r in rows], currency),
            Column("forecast", "float", [None if r.forecast is None else float(r.forecast) for r in rows], currency),
            Column("computed", "float", [r.computed for r in rows]),
            Column("stated", "float", [r.stated for r in rows]),
            Column("agrees", "bool", [r.agrees for r in rows]),
        ]
    )


def _dated(pf: Portfolio, project: Project, name: str, when: date) -> dict[tuple[date, date], Fraction]:
    budget = getattr(project, name)
    if budget is None:
        return {}
    return {
        (as_day(a.line.since), as_day(a.line.until)): a.value
        for a in Amounts(pf, when, name).known_lines(project.id, budget)
        if a.line.since is not None and a.line.until is not None
    }


def _percent(text: str) -> tuple[float | None, int]:
    """(percent, decimals written)."""
    bare = text.removesuffix("%")
    try:
        found = Decimal(bare)
    except ArithmeticError:
        return None, 0
    exponent = found.as_tuple().exponent
    return float(found), max(-exponent, 0) if isinstance(exponent, int) else 0
