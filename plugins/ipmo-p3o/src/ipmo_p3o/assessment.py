"""Where the office stands, how far it is from an integrated one, and the way there: tranches in order, each with what it makes computable."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import attrs

from ipmo.model import Portfolio
from ipmo.plugin import Column, Shown, ShownAnswer, Table, UnitError, UnknownItemError, agree, counted
from ipmo_p3o.blueprint import blueprint
from ipmo_p3o.fields import fields_of
from ipmo_p3o.measures import OfficeMeasure, measured
from ipmo_p3o.offices import office_model
from ipmo_p3o.services import coverage
from ipmo_p3o.wording import in_currency

__all__ = ["EFFORT", "Assessment", "Step", "assess", "behind", "compare_offices", "layers"]

EFFORT: Mapping[str, float] = {
    "adoption": 2,
    "variants": 5,
    "roles": 3,
    "single-source": 15,
    "age": 10,
    "duplicates": 3,
    "missing": 8,
    "hops": 5,
    "reach": 2,
    "latency": 2,
    "value": 4,
    "overscored": 2,
    "lessons": 1,
    "reuse": 0.5,
}
"""Person-days that one thing in the way takes: our own guess to start from, to be replaced by your own (`assess(pf, effort=...)`)."""
AFTER: Mapping[str, tuple[str, ...]] = {
    "single-source": ("variants", "roles"),
    "age": ("single-source",),
    "duplicates": ("roles",),
    "missing": ("roles",),
    "hops": ("duplicates", "missing"),
    "reach": ("roles",),
    "latency": ("reach", "age"),
    "value": ("single-source", "roles"),
    "overscored": ("value",),
    "adoption": ("variants",),
    "lessons": ("adoption",),
    "reuse": ("lessons",),
}
"""What a gap waits for: standards, then data, then reporting, then decisions, and learning from what is alike."""
COMPUTABLE: Mapping[str, str] = {
    "adoption": "P3O-R13, and comparisons of projects that work alike",
    "variants": "gates and their evidence over all projects: ipmo.gates",
    "roles": "who answers: P3O-R10, GOV-R05",
    "single-source": "one figure for each field: ipmo.roll_up, ipmo.earned_value, P3O-R08",
    "age": "status of one day: ipmo.status, ipmo.snapshot, ipmo.trends, P3O-R12",
    "duplicates": "who serves whom: ipmo_p3o.coverage, P3O-R06",
    "missing": "who serves whom: ipmo_p3o.coverage, P3O-R05",
    "hops": "reporting lines: ipmo_p3o.reporting_paths, P3O-R09",
    "reach": "escalation of a breach to who may decide: ipmo.approver, P3O-R11",
    "latency": "what a day of waiting costs: ipmo.decisions_due, GOV-R08",
    "value": "what the office is worth: ipmo_p3o.kpi_table, P3O-R18",
    "overscored": "maturity by evidence: ipmo_p3o.maturity, MAT-R02",
    "lessons": "own reference classes, and lessons when they matter: ipmo_p3o.lessons_for",
    "reuse": "whether lessons help: P3O-R14",
}
"""What can be computed once a gap is closed."""


@attrs.frozen(kw_only=True)
class Step(Shown):
    """One gap on the way.

    Args:
        id: the measure, or the element of the blueprint.
        area: standards, data, reporting, decisions or learning; `blueprint` for an element of it.
        section: processes, organisation, technology or information.
        tranche: 1 for what waits for nothing that is open.
        text: what is to be done, with what is in the way.
        effort: person-days; None where nobody says.
        benefit: what it brings.
        computable: what can be computed then.
        after: steps that come first.
    """

    id: str
    area: str
    section: str
    tranche: int
    text: str
    effort: float | None
    benefit: str
    computable: str
    after: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Assessment(ShownAnswer):
    """The answer of `assess`.

    Args:
        measures: the office in figures.
        steps: gaps in the order of their tranches.
    """

    measures: tuple[OfficeMeasure, ...]
    steps: tuple[Step, ...] = attrs.field(repr=False)

    def __getitem__(self, name: str) -> OfficeMeasure:
        for row in self.measures:
            if row.name == name:
                return row
        raise UnknownItemError(name, [row.name for row in self.measures], "this assessment")

    def __repr__(self) -> str:
        return f"<Assessment: {self}>"

    @property
    def tranches(self) -> tuple[tuple[Step, ...], ...]:
        """The steps of each tranche, the first tranche first."""
        return tuple(tuple(s for s in self.steps if s.tranche == n) for n in range(1, max((s.tranche for s in self.steps), default=0) + 1))

    def table(self) -> Table:
        """area, measure, value, unit, target, gap, in_the_way (how many things)."""
        rows = self.measures
        return Table(
            [
                Column("area", "str", [r.area for r in rows]),
                Column("measure", "str", [r.title for r in rows]),
                Column("value", "float", [r.value for r in rows]),
                Column("unit", "str", [r.unit for r in rows]),
                Column("target", "float", [r.target for r in rows]),
                Column("gap", "float", [r.gap for r in rows]),
                Column("in_the_way", "int", [len(r.names) if r.gap else 0 for r in rows]),
            ]
        )

    def roadmap(self) -> Table:
        """tranche, step, section, what, effort (person-days), benefit, computable, after."""
        rows = self.steps
        return Table(
            [
                Column("tranche", "int", [s.tranche for s in rows]),
                Column("step", "str", [s.id for s in rows]),
                Column("section", "str", [s.section for s in rows]),
                Column("what", "str", [s.text for s in rows]),
                Column("effort", "float", [s.effort for s in rows], "pd"),
                Column("benefit", "str", [s.benefit for s in rows]),
                Column("computable", "str", [s.computable for s in rows]),
                Column("after", "str", [", ".join(s.after) for s in rows]),
            ]
        )

    def __str__(self) -> str:
        effort = sum(s.effort or 0 for s in self.steps)
        unknown = sum(s.effort is None for s in self.steps)
        rest = f" and {counted(unknown, 'step')} of unknown effort" if unknown else ""
        blind = sum(row.value is None for row in self.measures)
        dark = f"; {blind} of {counted(len(self.measures), 'measure')} {agree(blind, 'is', 'are')} not known" if blind else ""
        return f"{counted(len(self.steps), 'gap')} in {counted(len(self.tranches), 'tranche')}, about {effort:,.0f} person-days{rest}{dark}"


def assess(portfolio: Portfolio, *, effort: Mapping[str, float] | None = None) -> Assessment:
    """The office as it is measured from the data, the gap to an integrated one, and a roadmap of tranches.

    A gap comes after those that it rests on, standards before data before reporting before decisions; a tranche is what waits for nothing
    that is still open. Open elements of the blueprint stand in it with their own order and effort.

    Args:
        portfolio: the portfolio.
        effort: measure to the person-days that one thing in its way takes, where yours differ from `EFFORT`.

    Raises:
        UnitError: there is no such measure, or an effort is no number from 0 up.
    """
    each = {**EFFORT, **(effort or {})}
    if unknown := sorted(set(each) - set(EFFORT)):
        raise UnitError(f"there is no measure {unknown[0]!r}; there are {', '.join(EFFORT)}")
    if wrong := next((name for name, days in each.items() if not 0 <= days < math.inf), None):
        raise UnitError(f"the effort of {wrong!r} is {each[wrong]:g} person-days; write a number from 0 up")
    rows = measured(portfolio)
    open_ = {row.name: row for row in rows if row.gap}
    elements = {one.id: one for one in blueprint(portfolio).open}
    waits = {name: tuple(sorted(behind(name, set(open_)))) for name in open_}
    waits |= {f"blueprint: {name}": tuple(f"blueprint: {a}" for a in one.after if a in elements) for name, one in elements.items()}
    layer = layers(waits)
    steps = [
        Step(
            id=name,
            area=row.area,
            section=row.section,
            tranche=layer[name],
            text=f"{row.title}: {_said(row, row.value)}, to be {_said(row, row.target)}",
            effort=each[name] * max(1, len(row.names)),
            benefit=_benefit(row),
            computable=COMPUTABLE[name],
            after=waits[name],
        )
        for name, row in open_.items()
    ]
    steps += [
        Step(
            id=f"blueprint: {name}",
            area="blueprint",
            section=one.section,
            tranche=layer[f"blueprint: {name}"],
            text=f"{one.name or name}: from {one.as_is or 'nothing stated'} to {one.to_be or 'nothing stated'}",
            effort=one.effort,
            benefit=one.benefit,
            computable="",
            after=waits[f"blueprint: {name}"],
        )
        for name, one in elements.items()
    ]
    return Assessment(measures=rows, steps=tuple(sorted(steps, key=lambda step: step.tranche)))


def behind(name: str, open_: set[str]) -> set[str]:
    """The open gaps that a gap rests on, through those that are closed too."""
    found: set[str] = set()
    for one in AFTER.get(name, ()):
        found |= {one} if one in open_ else behind(one, open_)
    return found


def layers(waits: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """1 for what waits for nothing, else one more than the last it waits for; what waits in a circle comes last, together."""
    left, out, layer = {name: set(before) for name, before in waits.items()}, {}, 0
    while left:
        layer += 1
        free = [name for name, before in left.items() if not before & left.keys()] or list(left)
        for name in free:
            out[name] = layer
            del left[name]
    return out


def _said(row: OfficeMeasure, value: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:.0%}" if row.unit == "share" else f"{value:,.3g} {row.unit}".strip()


def _benefit(row: OfficeMeasure) -> str:
    names = ", ".join(row.names[:3]) + (f" and {len(row.names) - 3} more" if len(row.names) > 3 else "")
    gain = f"{_said(row, row.gap)} {'more' if row.unit == 'share' else 'fewer' if not row.unit or row.unit == 'steps' else 'less'}"
    return f"{gain}{f': {names}' if names else ''}"


# ------------------------------------------------------------------------------------------------ two models


def compare_offices(a: Portfolio, b: Portfolio) -> Table:
    """Two office models side by side: measure, unit, a, b, difference (b less a).

    The difference is None where either is not known, and where money is in two currencies.
    Beside what `assess` measures: how many offices there are, the most and the mean services times consumers of an office (its load), the
    mandatory services that are given, and what the offices cost a year, in the currency of each, where all of them state it. `better` names the model that is
    nearer to an integrated office, gives more of what is mandatory, or carries and costs less; nothing where they are alike or one is not known.
    """
    rows: list[tuple[str, str, float | None, float | None]] = []
    better: list[str | None] = []
    for one, other in zip(measured(a), measured(b), strict=True):
        rows.append((one.title, one.unit, one.value, other.value))
        better.append(_smaller(one.gap, other.gap))
    for title, unit, sign, find in (
        ("offices", "", 0, lambda pf: float(len(office_model(pf).offices))),
        ("mandatory services that are given or waived", "share", -1, lambda pf: coverage(pf).share),
        ("services times consumers of the busiest office", "", 1, lambda pf: max(_loads(pf).values(), default=None)),
        ("services times consumers of an office, on average", "", 1, _mean_load),
        ("what the offices cost a year", "money", 1, _cost),
    ):
        x, y = find(a), find(b)
        rows.append((title, unit, x, y))
        better.append(_smaller(x and sign * x, y and sign * y) if sign else None)
    alike = len({None if pf.money is None else pf.money.currency for pf in (a, b)}) == 1
    return Table(
        [
            Column("measure", "str", [title for title, *_ in rows]),
            Column("unit", "str", [unit for _, unit, _, _ in rows]),
            Column("a", "float", [x for *_, x, _ in rows]),
            Column("b", "float", [y for *_, y in rows]),
            Column("difference", "float", [_less(x, y) if unit != "money" or alike else None for _, unit, x, y in rows]),
            Column("better", "str", [one if unit != "money" or alike else None for one, (_, unit, _, _) in zip(better, rows, strict=True)]),
        ]
    )


def _smaller(a: float | None, b: float | None) -> str | None:
    """Which of two is smaller; None where they are alike or one is not known."""
    return None if a is None or b is None or a == b else "a" if a < b else "b"


def _less(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else b - a


def _loads(portfolio: Portfolio) -> dict[str, float]:
    """Services times consumers of each office: what it gives to whom, shared services counted with each that gives them."""
    out = dict.fromkeys(office_model(portfolio).offices, 0.0)
    for cell in coverage(portfolio).cells:
        for name in cell.providers:
            if name in out:
                out[name] += 1
    return out


def _mean_load(portfolio: Portfolio) -> float | None:
    loads = _loads(portfolio)
    return sum(loads.values()) / len(loads) if loads else None


def _cost(portfolio: Portfolio) -> float | None:
    """What the offices cost a year; None unless all that work state it."""
    amounts = [in_currency(portfolio, fields_of(office).cost) for office in office_model(portfolio).offices.values()]
    known = [amount for amount in amounts if amount is not None]
    return float(sum(known)) if known and len(known) == len(amounts) else None
