"""The office as it is, in figures: what `assess` measures and what `compare_offices` sets side by side."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from datetime import date

import attrs

from ipmo.model import Portfolio
from ipmo.plugin import Shown
from ipmo_p3o.fields import fields_of
from ipmo_p3o.figures import adopted, reused
from ipmo_p3o.flows import lineage
from ipmo_p3o.maturity import maturity
from ipmo_p3o.offices import OPEN, day_of, office_model
from ipmo_p3o.roles import wanted
from ipmo_p3o.services import coverage
from ipmo_p3o.value import latest

__all__ = ["MEASURES", "OfficeMeasure", "adopted", "measured", "reused"]

OLD = 35.0
"""Days that a figure at the top may be old: a month, and the days that it takes to be put together."""


@attrs.frozen(kw_only=True)
class OfficeMeasure(Shown):
    """One figure of the office.

    Args:
        name: its name.
        area: standards, data, reporting, decisions or learning.
        section: the section of the blueprint that it belongs to.
        title: what is measured, in words.
        unit: of the value; empty for a number of things.
        value: the figure; None where nothing can be said.
        target: what an integrated office has.
        names: what stands in the way, by name.
    """

    name: str
    area: str
    section: str
    title: str
    unit: str
    value: float | None
    target: float
    names: tuple[str, ...] = attrs.field(default=(), repr=False)

    @property
    def gap(self) -> float | None:
        """How far the value is from its target, never below zero: shares and levels should be high, all else low; None without a value."""
        if self.value is None:
            return None
        return max(0.0, self.target - self.value if self.unit == "share" else self.value - self.target)


Found = tuple[float | None, Iterable[str]]


def _share(met: Iterable[tuple[str, bool]]) -> Found:
    rows = list(met)
    return (sum(good for _, good in rows) / len(rows) if rows else None), (name for name, good in rows if not good)


def _today(pf: Portfolio) -> date | None:
    return None if pf.status_date is None else day_of(pf.status_date)


def _missing(pf: Portfolio) -> Found:
    """None where nothing is mandatory: then nothing can be missing, whatever is given."""
    found = coverage(pf)
    return (None if found.share is None else float(len(found.gaps))), (f"{cell.service} for {cell.item}" for cell in found.gaps)


def _twice(pf: Portfolio) -> Found:
    """None where no service is stated."""
    found = coverage(pf)
    return (float(len(found.overlaps)) if found.services else None), (f"{cell.service} for {cell.item}" for cell in found.overlaps)


def _reach(pf: Portfolio) -> Found:
    model = office_model(pf)
    return _share((one.id, model.path(one.id).top) for one in model.initiatives)


def _hops(pf: Portfolio) -> Found:
    model = office_model(pf)
    paths = [model.path(one.id) for one in model.initiatives]
    lengths = {path.item: path.length for path in paths if path.length is not None}
    longest = max(lengths.values(), default=0)
    return (statistics.fmean(lengths.values()) if lengths else None), (item for item, n in lengths.items() if n == longest)


def _sources(pf: Portfolio) -> Found:
    systems: dict[str, set[str]] = {}
    for flow in pf.flows:
        systems.setdefault(flow.field, set()).update({flow.source_system} if flow.source_system else ())
    return _share((field, len(found) == 1) for field, found in systems.items())


def _age(pf: Portfolio) -> Found:
    """Over every way of every field; where the age of one is not known, only what is too old already can be said."""
    ways = lineage(pf)
    worst = max((way.oldest for way in ways if way.oldest is not None), default=None)
    if worst is None or (worst <= OLD and any(way.oldest is None for way in ways)):
        return None, ()
    return float(worst), dict.fromkeys(way.field for way in ways if way.oldest == worst)


def _variants(pf: Portfolio) -> Found:
    """How many variants beyond one there are of each control: of a standard its versions, of a method the sets of gates in use."""
    controls: dict[str, set[str]] = {}
    for project in pf.projects:
        if project.counted_as not in OPEN:
            continue
        for name, version in fields_of(project).standards.items():
            controls.setdefault(name, set()).add(version)
        if project.gates:
            method = project.methodology or pf.methodologies.get("project", "")
            gates = ", ".join(sorted(gate.name or gate.id for gate in project.gates))
            controls.setdefault(f"gates of {method}" if method else "gates", set()).add(gates)
    return (
        float(sum(len(found) - 1 for found in controls.values())) if controls else None,
        (f"{name}: {len(found)} variants" for name, found in controls.items() if len(found) > 1),
    )


def _latency(pf: Portfolio) -> Found:
    """Days from the day a decision was needed to the day on which it was taken, or to today; taken in time counts as none."""
    today, late = _today(pf), {}
    for one in pf.decisions:
        by = None if one.need_by is None else day_of(one.need_by)
        end = one.decided if one.state == "decided" else today if one.state == "open" else None
        if by is not None and end is not None and (one.state == "decided" or end > by):
            late[one.id] = max(0, (end - by).days)
    return (statistics.fmean(late.values()) if late else None), (name for name, days in late.items() if days)


def _lessons(pf: Portfolio) -> Found:
    taught = {pf.project_of(lesson.source) or lesson.source for lesson in pf.lessons if lesson.source}
    return _share((project.id, project.id in taught) for project in pf.projects if project.counted_as in ("closed", "cancelled"))


def _filled(pf: Portfolio) -> Found:
    return _share((f"{title} of {where}" if where else title, bool(who)) for _, title, where, who in wanted(pf))


def _valued(pf: Portfolio) -> Found:
    offices = office_model(pf).offices.values()
    return _share((office.id, any(latest(pf, kpi) is not None for kpi in fields_of(office).kpis)) for office in offices)


def _overscored(pf: Portfolio) -> Found:
    rows = [row for row in maturity(pf).rows if row.gap is not None]
    over = [row for row in rows if row.gap is not None and row.gap > 0]
    return (float(sum(row.gap or 0 for row in over)) if rows else None), (f"{row.perspective} of {row.model}s" for row in over)


MEASURES: tuple[tuple[str, str, str, str, str, float, Callable[[Portfolio], Found]], ...] = (
    (
        "adoption",
        "standards",
        "processes",
        "projects that follow the current version of each standard",
        "share",
        1.0,
        lambda pf: _share(adopted(pf)),
    ),
    ("variants", "standards", "processes", "variants of a control beyond one", "", 0.0, _variants),
    ("roles", "standards", "organisation", "mandatory roles that somebody holds", "share", 1.0, _filled),
    ("single-source", "data", "information", "reported fields with one system of record", "share", 1.0, _sources),
    ("age", "data", "information", "age of the oldest figure at the top", "days", OLD, _age),
    ("duplicates", "reporting", "organisation", "services that somebody gets twice", "", 0.0, _twice),
    ("missing", "reporting", "organisation", "mandatory services that nobody gives", "", 0.0, _missing),
    ("hops", "reporting", "organisation", "steps from an initiative to the board, on average", "steps", 3.0, _hops),
    ("reach", "decisions", "organisation", "initiatives that reach the top board", "share", 1.0, _reach),
    ("latency", "decisions", "processes", "days after the need that decisions are taken, on average", "days", 0.0, _latency),
    ("value", "decisions", "information", "offices whose value is measured", "share", 1.0, _valued),
    ("overscored", "decisions", "information", "levels of maturity scored beyond what the data show", "", 0.0, _overscored),
    ("lessons", "learning", "processes", "closed initiatives that left a lesson", "share", 1.0, _lessons),
    ("reuse", "learning", "processes", "lessons that were used", "share", 1.0, lambda pf: _share(reused(pf))),
)
"""(name, area, section, title, unit, target, how it is found): what an integrated office has is our own setting, open to change."""


def measured(portfolio: Portfolio) -> tuple[OfficeMeasure, ...]:
    """Every measure of a portfolio's office, in the order in which gaps are best closed."""
    out = []
    for name, area, section, title, unit, target, find in MEASURES:
        value, names = find(portfolio)
        out.append(
            OfficeMeasure(name=name, area=area, section=section, title=title, unit=unit, value=value, target=target, names=tuple(names))
        )
    return tuple(out)
