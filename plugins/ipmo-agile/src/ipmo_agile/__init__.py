"""Agile delivery as an ipmo methodology: work is forecast from throughput, and enters the network as an estimate.

Points and velocity never leave this adapter: what the portfolio sees is a time with percentiles.
"""

from __future__ import annotations

import functools
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

import attrs

from ipmo import Check, CheckContext, EstimateKind, Extension, Finding, Methodology, Severity, Span, UnitError, hookimpl
from ipmo.model import Estimate, Task

__all__ = ["AGILE", "AgileForecast", "Team", "ipmo_methodologies"]

GUIDE = "Throughput forecasting by resampling whole periods; rules as in the ipmo domain reference, 3.2 and 3.4"
PERIODS = 8
"""How many recent periods a forecast should rest on (AGL-R02)."""
HORIZON = 5000
"""Periods after which work that hardly moves has no forecast any more."""


@functools.lru_cache(maxsize=512)
def _done_by(throughput: tuple[int, ...], items: int) -> tuple[float, ...]:
    """P(all items done within k periods) for k = 0, 1, ...: exact, by convolution of the observed periods."""
    chance = {finished: count / len(throughput) for finished, count in Counter(throughput).items()}
    if items <= 0:
        return (1.0,)
    open_items = [0.0] * items  # probability of each number of finished items, all done left out
    open_items[0] = 1.0
    done, out = 0.0, [0.0]
    while done < 1 - 1e-9 and len(out) < HORIZON:
        later = [0.0] * items
        for finished, share in enumerate(open_items):
            if share:
                for more, p in chance.items():
                    if finished + more >= items:
                        done += share * p
                    else:
                        later[finished + more] += share * p
        open_items = later
        out.append(done)
    return tuple(out)


def _integers(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class AgileForecast(Estimate):
    """The time until the remaining items are done, from the throughput of past periods, zeros included.

    Args:
        remaining_items: items left, at least 0.
        throughput: items finished in each recent period, oldest first.
        per: the length of a period.
        counted_on: when the items were counted.

    >>> AgileForecast(remaining_items=100, throughput=[1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2], per=Span(1, "w")).central()
    Span(amount=Decimal('26'), unit='w')
    """

    kind: ClassVar[str] = "agile"
    remaining_items: int
    throughput: tuple[int, ...] = attrs.field(converter=_integers)
    per: Span
    counted_on: date | None = None

    def __attrs_post_init__(self) -> None:
        if self.remaining_items < 0 or not self.throughput or min(self.throughput) < 0:
            raise UnitError("a throughput forecast needs at least one period and no negative numbers")

    @property
    def rule(self) -> str:
        """`p50`."""
        return "p50"

    def central(self) -> Span | None:
        """The number of periods in which the work is done with a chance of one half; None when nothing ever moves."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Span | None:
        """The least number of periods in which the work is done with that probability."""
        table = _done_by(self.throughput, self.remaining_items)
        for periods, done in enumerate(table):
            if done >= min(share, 1 - 1e-9):
                return Span(periods * self.per.amount, self.per.unit)
        return None

    def chance(self, periods: int) -> float:
        """P(all done within that many periods)."""
        table = _done_by(self.throughput, self.remaining_items)
        return table[min(max(periods, 0), len(table) - 1)]

    def plain(self) -> dict[str, Any]:
        """As files write it."""
        out: dict[str, Any] = {"remaining_items": self.remaining_items, "throughput": list(self.throughput), "per": str(self.per)}
        if self.counted_on is not None:
            out["counted_on"] = self.counted_on.isoformat()
        return out


def _parse(data: Any) -> AgileForecast:
    if not isinstance(data, Mapping):
        raise UnitError("an agile estimate needs remaining_items, throughput and per")
    known = {"remaining_items", "throughput", "per", "counted_on"}
    for key in data:
        if key not in known:
            raise UnitError(f"an agile estimate has no field {key!r}; it has {', '.join(sorted(known))}")
    for key in ("remaining_items", "throughput", "per"):
        if key not in data:
            raise UnitError(f"an agile estimate needs {key}")
    throughput = data["throughput"]
    if not isinstance(throughput, list | tuple):
        raise UnitError("throughput must be a list of whole numbers, one a period")
    counted = data.get("counted_on")
    return AgileForecast(
        remaining_items=_whole(data["remaining_items"]),
        throughput=[_whole(value) for value in throughput],
        per=_span(data["per"]),
        counted_on=None if counted is None else _date(counted),
    )


def _span(value: Any) -> Span:
    estimate = Task(id="x", duration=str(value)).duration
    central = estimate.central() if estimate is not None else None
    if not isinstance(central, Span) or central.amount <= 0:
        raise UnitError(f"{value!r} is not the length of a period; write for example 1 w")
    return central


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise UnitError(f"{value!r} is not a date; write YYYY-MM-DD") from None


def _whole(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise UnitError(f"{text[:40]!r} is not a whole number of items")
    return int(text)


@attrs.frozen(kw_only=True)
class Team:
    """What the adapter keeps about the team behind an item: it is never summed or compared across teams."""

    team: str = ""
    cadence: str = ""
    wip_limit: int | None = None


def _team(data: Any) -> Team:
    if not isinstance(data, Mapping) or set(data) - {"team", "cadence", "wip_limit"}:
        raise UnitError("the agile extension has the fields team, cadence, wip_limit")
    limit = data.get("wip_limit")
    return Team(team=str(data.get("team", "")), cadence=str(data.get("cadence", "")), wip_limit=None if limit is None else _whole(limit))


# ------------------------------------------------------------------------------------------------- checks


def _forecasts(context: CheckContext) -> Iterator[tuple[str, Task, AgileForecast]]:
    """Every item of the scope that is forecast from throughput, under this method or not."""
    for project in context.portfolio.projects:
        for task in project.tasks:
            for estimate in (task.remaining, task.duration):
                if isinstance(estimate, AgileForecast) and not task.finished:
                    yield f"{project.id}/{task.id}", task, estimate
                    break


def _evidence(context: CheckContext) -> Iterable[Finding]:
    """AGL-R02: enough recent periods, no break in the middle of them, nothing counted long ago."""
    for full_id, _, forecast in _forecasts(context):
        periods = forecast.throughput
        if len(periods) < PERIODS:
            yield Finding(
                code="agile/evidence",
                item=full_id,
                message=f"the forecast of {full_id!r} rests on {len(periods)} periods; it needs {PERIODS}",
                hint="add earlier periods, zeros included",
            )
        if _regime_change(periods):
            half = len(periods) // 2
            yield Finding(
                code="agile/evidence",
                item=full_id,
                message=f"throughput of {full_id!r} changed: {statistics.mean(periods[:half]):.1f} a period before,"
                f" {statistics.mean(periods[half:]):.1f} since",
                hint="forecast from the periods since the change",
            )
        status = context.portfolio.status_date
        today = status.date() if isinstance(status, datetime) else status
        if forecast.counted_on is not None and today is not None and (today - forecast.counted_on).days > 60:
            yield Finding(
                code="agile/evidence",
                item=full_id,
                message=f"the items of {full_id!r} were counted on {forecast.counted_on}, {(today - forecast.counted_on).days} days"
                " before the status date",
                hint="count again",
            )


def _regime_change(periods: tuple[int, ...]) -> bool:
    """The halves differ by more than three standard errors (Welch); never said of fewer than eight periods."""
    if len(periods) < PERIODS:
        return False
    half = len(periods) // 2
    before, since = periods[:half], periods[half:]
    error = (statistics.variance(before) / len(before) + statistics.variance(since) / len(since)) ** 0.5
    gap = abs(statistics.mean(before) - statistics.mean(since))
    return gap > 3 * error if error else gap > 0


def _percentile(context: CheckContext) -> Iterable[Finding]:
    """AGL-R10: a date promised from a forecast says its percentile, and that is not P50."""
    pf = context.portfolio
    agile = {full_id: forecast for full_id, _, forecast in _forecasts(context)}
    promises: list[tuple[str, str, str | None, str]] = [
        (full_id, f"the deadline {task.deadline}", task.attributes.get("percentile"), full_id)
        for full_id, task, _ in _forecasts(context)
        if task.deadline is not None
    ]
    for link in pf.links:
        source = pf.resolve(link.source) or ""
        if source in agile and link.promised is not None:
            name = link.id or f"{link.source} -> {link.target}"
            promises.append((source, f"the promise {link.promised} of link {name!r}", link.attributes.get("percentile"), link.id or source))
    for source, what, percentile, item in promises:
        if percentile is None:
            safe = agile[source].quantile(0.85)
            yield Finding(
                code="agile/percentile",
                item=item,
                message=f"{what} rests on the forecast of {source!r} and names no percentile",
                hint=f"write attributes: {{percentile: P85}}; at P85 the work takes {safe}",
            )
        elif percentile.strip().upper().removeprefix("P") in ("50", "50%"):
            yield Finding(
                code="agile/percentile",
                item=item,
                message=f"{what} is a P50 of {source!r}: as likely missed as kept",
                hint="promise P80 or later",
                severity=Severity.WARNING,
            )


def _commitment(context: CheckContext) -> Iterable[Finding]:
    """AGL-R07: a dependency of a team names who gives, who receives, and a date with its spread; a sprint's name is none."""
    pf = context.portfolio
    spread = {full_id: forecast for full_id, _, forecast in _forecasts(context)}
    for link in pf.links:
        ends = [pf.resolve(end) or end for end in (link.source, link.target)]
        sides = [pf.project_of(end) for end in ends]
        if sides[0] == sides[1] or link.kind != "schedule" or not any(side and context.covers(side) for side in sides):
            continue
        source = pf.items.get(ends[0].partition("@")[0])
        if getattr(source, "finished", False):
            continue
        lacks = [word for word, owner in (("a giver", link.giver_owner), ("a receiver", link.receiver_owner)) if owner is None]
        if link.promised is None and link.date is None:
            sprint = next((value for key, value in link.attributes.items() if key in ("sprint", "iteration", "pi")), "")
            lacks.append(f"a promised date (the sprint {sprint!r} is no date)" if sprint else "a promised date")
        duration = getattr(source, "remaining", None) or getattr(source, "duration", None)
        fixed = duration is None or duration.quantile(0.2) == duration.quantile(0.8)
        if ends[0] not in spread and fixed and sides[0] and context.covers(sides[0]):
            lacks.append("a spread of that date (a forecast or a range as the giver's duration)")
        if lacks:
            name = link.id or f"{link.source} -> {link.target}"
            yield Finding(
                code="agile/commitment",
                item=link.id or ends[1],
                message=f"the dependency {name!r} between teams lacks {', '.join(lacks)}",
                hint="write giver_owner:, receiver_owner:, promised: on the link and an estimate with a range on what is given",
                rule="AGL-R07",
            )


AGILE = Methodology(
    name="agile",
    title="Agile delivery",
    source=GUIDE,
    aliases=("flow", "scrum", "kanban"),
    applies_to=("programme", "project"),
    vocabulary={"project": "value stream", "task": "epic"},
    stages=("funnel", "reviewing", "analysing", "ready", "implementing", "done"),
    checks=(
        Check(
            code="agile/evidence",
            rule="AGL-R02",
            title="A forecast rests on enough recent periods, zeros included",
            source=GUIDE,
            run=_evidence,
        ),
        Check(
            code="agile/percentile",
            rule="AGL-R10",
            title="A promised date names its percentile, and it is not P50",
            source=GUIDE,
            run=_percentile,
        ),
        Check(
            code="agile/commitment",
            rule="AGL-R07",
            title="A dependency between teams has a giver, a receiver and a date with its spread",
            source="ipmo domain reference 3.4; SAFe 6.0, managing dependencies",
            run=_commitment,
        ),
    ),
    estimates=(EstimateKind(name="agile", title="Time from throughput history", source=GUIDE, parse=_parse),),
    extensions=(Extension(name="agile", title="The team behind an item", source=GUIDE, parse=_team),),
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """Agile delivery."""
    return [AGILE]
